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

// ErrMisfit means that a run and a flow do not belong together: another revision, or a node that is not there. Nothing
// that people do causes it.
var ErrMisfit = errors.New("the run does not fit the flow")
