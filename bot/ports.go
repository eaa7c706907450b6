package bot

import (
	"context"
	"time"

	"convenor/flows"
)

// Ledger is the store as Handle sees it.
type Ledger interface {
	// Place returns the coalition that a place ("slack:T1", "discord:G1") belongs to, or "" when none does.
	Place(ctx context.Context, place string) (string, error)
	// Claim binds a place to a coalition unless it is bound already, and returns the coalition it is bound to.
	Claim(ctx context.Context, place, coalition string) (string, error)
	// Load reads records in one round trip. Refs that do not exist are left out. A Ref without an ID stands for all
	// records of its kind and owner, sorted by ID.
	Load(ctx context.Context, coalition string, refs ...flows.Ref) ([]flows.Record, error)
	// Commit applies all of c or nothing. It returns flows.ErrConflict or flows.ErrSeen (wrapped); a repeat of a commit that
	// was applied returns nil. A nil means durable.
	Commit(ctx context.Context, c flows.Commit) error
	// History returns the newest n audit lines of a coalition, the newest first.
	History(ctx context.Context, coalition string, n int) ([]flows.Audit, error)
}

// Outbox is the store as Deliver and Sweep see it. Instants are the caller's clock; nothing here reads one.
type Outbox interface {
	// ClaimDeliveries leases the first delivery of at most n conversations that are ready at now, and says of an edit
	// whether a later one supersedes it.
	ClaimDeliveries(ctx context.Context, now, until time.Time, n int) ([]flows.Lease, error)
	// Intend records, before the platform is asked, that a post is about to happen. flows.ErrLost when the lease is over
	// or has passed on.
	Intend(ctx context.Context, l flows.Lease, now time.Time) error
	// Complete takes the delivery off its conversation, applies writes (receipt, posted) and adds timers with it, unless
	// they are armed or have fired. First wins: a repeat, or a late one, returns flows.ErrLost and changes nothing.
	Complete(ctx context.Context, l flows.Lease, writes []flows.Write, timers ...flows.Timer) error
	// Fail gives the delivery back until retry. unclear keeps the intent standing, so that the next try looks
	// first; otherwise the intent is taken back.
	Fail(ctx context.Context, l flows.Lease, retry time.Time, unclear bool) error
	// ClaimTimers returns at most n timers due at now and holds them back from others until the given instant. A
	// timer ends only when a Commit names it in Fired.
	ClaimTimers(ctx context.Context, now, until time.Time, n int) ([]flows.Timer, error)
}

// Attic is the store as Tidy sees it.
type Attic interface {
	// Coalitions lists the coalitions that have records.
	Coalitions(ctx context.Context) ([]string, error)
	// Page returns about n records of a coalition, and where the next page begins; "" begins, and "" as next ends. Each
	// record that is there all the time comes at least once, whatever is written meanwhile.
	Page(ctx context.Context, coalition, after string, n int) (records []flows.Record, next string, err error)
	// Unarmed returns those of a coalition's timers that are neither armed at now nor have fired.
	Unarmed(ctx context.Context, coalition string, now time.Time, timers []flows.Timer) ([]flows.Timer, error)
	// Mend looks through about n deliveries and timers of a coalition, and makes those findable again that damage from
	// outside has hidden. It is paged like Page: each that is there all the time comes at least once.
	Mend(ctx context.Context, coalition, after string, now time.Time, n int) (flows.Mended, error)
}

// Pack is the content as the bot sees it.
type Pack interface {
	// Flow returns the current definition of a flow; ok is false when there is none.
	Flow(id string) (flows.Definition, bool)
	// Activities lists the activities that a space can be asked about, in the toolkit's order.
	Activities() []flows.Activity
	// Word returns the catalogue's words for a key in a locale, in the plural form that count asks for (a count below
	// zero means that nothing is counted); ok is false when that language lacks the key.
	Word(locale flows.Locale, key string, count int) (words string, ok bool)
	// Advise looks at words that somebody typed for others to read.
	Advise(locale flows.Locale, text string) flows.Advice
}

// Platform is one chat service. Every implementation passes bottest.TestPlatform.
type Platform interface {
	Poster
	// Name is the platform's word in identities and places: "slack", "discord".
	Name() string
	// Profile returns what the platform tells about a user. Unknown fields are empty.
	Profile(ctx context.Context, place, user string) (Profile, error)
}

// Poster puts messages on a platform.
type Poster interface {
	// Send posts m and returns where it stands. key marks the message so that Find can recognise it; it is opaque
	// and carries nothing personal. Errors are Unclear, Busy or Gone; any other error means nothing was posted.
	Send(ctx context.Context, to Address, key string, m Message) (flows.Posted, error)
	// Edit replaces a message. Repeating it is harmless.
	Edit(ctx context.Context, at flows.Posted, m Message) error
	// Find looks for a message marked key, other than those in but, posted to an address at or after since. ok is false
	// when there is surely none. since is an instant of the bot's clock, which a rehearsal moves on: where the platform stamps
	// messages by a clock of its own, look back by now minus since, or over everything.
	Find(ctx context.Context, to Address, key string, since time.Time, but ...flows.Posted) (at flows.Posted, ok bool, err error)
	// Retract removes a message. That it is not there any more is Gone.
	Retract(ctx context.Context, at flows.Posted) error
}

// Address is where on a platform a message goes. Exactly one of User and Channel is set.
type Address struct {
	Place   string // "slack:T1"
	User    string // platform's user id: a direct message
	Channel string // platform's channel id
	// Thread is the platform's id of a message in Channel, if this goes into the thread below it. A platform without
	// threads, or without that message, takes it for the channel itself.
	Thread string
}

// Profile is what a platform tells about a person.
type Profile struct {
	Name   string
	Zone   string // IANA name
	Locale flows.Locale
}

// UnclearError means that the platform may or may not have posted: look before sending again.
type UnclearError struct{ Err error }

// Error says what happened.
func (e *UnclearError) Error() string { return "unclear whether posted: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *UnclearError) Unwrap() error { return e.Err }

// BusyError means that the platform asks to wait; nothing was posted.
type BusyError struct{ After time.Duration }

// Error says how long to wait.
func (e *BusyError) Error() string { return "the platform asks to wait " + e.After.String() }

// GoneError means that this target can never be reached this way: archived, closed, left. It is not tried again.
type GoneError struct{ Reason string } // a stable word such as "archived", "closed", "left"

// Error gives the reason.
func (e *GoneError) Error() string { return "cannot be reached: " + e.Reason }
