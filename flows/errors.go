package flows

import "errors"

// Errors of the store that its callers decide on.
var (
	// ErrConflict means that a record was changed by someone else since it was read: load again and retry.
	ErrConflict = errors.New("a record was changed meanwhile")
	// ErrSeen means that the commit's Key was committed before: the event is a duplicate and nothing was changed.
	ErrSeen = errors.New("the event was handled before")
	// ErrLost means that the lease has passed to someone else: stop working on the delivery, mark nothing.
	ErrLost = errors.New("the lease has passed on")
)
