package bot

import (
	"context"
	"errors"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

// What one event may carry at most. A platform's own limits are lower (Slack: 40,000 characters of a message, 3,000 of a
// field); these hold whatever an adapter lets through.
const (
	typedMax  = 40_000  // bytes of a typed text or command
	fieldsMax = 25      // fields of a form
	formMax   = 100_000 // bytes of all that was typed and picked in a form
	idMax     = 300     // bytes of an id that a platform made
)

// openMost is how many conversations a person may have open: as many as one message offers to go on with.
const openMost = 5

// tellEvery is how often somebody who sends too much is told so; in between there is silence.
const tellEvery = time.Minute

// typingShare is how many more times somebody may be helped as they type than they may send events.
const typingShare = 4

// errOversize means that an event was too large to be looked at.
var errOversize = errors.New("an event with an id that no platform makes")

// errBusy means that a place sent more than its share.
var errBusy = errors.New("too much at once from one place")

// Limits say how much may come in and go out: so many at once, and one more after each interval. Zero means no bound. They
// hold in one process: with several replicas each has its own.
type Limits struct {
	Person      int           // events of one person at once
	PersonEvery time.Duration // and then one each
	Place       int           // events of one workspace or server at once
	PlaceEvery  time.Duration
	Posts       int // messages to one workspace or server at once
	PostsEvery  time.Duration
}

// limits keep count.
type limits struct {
	person, place *pace // nil: no bound
	told          *pace
	typing        *pace // what is suggested while somebody types
	posts         *ceiling
}

func newLimits(l Limits) limits {
	made := limits{told: &pace{every: tellEvery, burst: 1}}
	if l.Person > 0 && l.PersonEvery > 0 {
		made.person = &pace{every: l.PersonEvery, burst: l.Person}
		made.typing = &pace{every: l.PersonEvery / typingShare, burst: l.Person * typingShare}
	}
	if l.Place > 0 && l.PlaceEvery > 0 {
		made.place = &pace{every: l.PlaceEvery, burst: l.Place}
	}
	if l.Posts > 0 && l.PostsEvery > 0 {
		made.posts = &ceiling{pace: pace{every: l.PostsEvery, burst: l.Posts}}
	}
	return made
}

// bounded refuses an event that is too large or comes too fast, before anything is read for it. A form comes back as it
// was typed. Somebody who goes too fast is told once and then met with silence, so that an answer is not a way to make
// Convenor work. A place that is over its share gets an error, so that its platform sends the event again.
func (b *Bot) bounded(v *visit) (answer Answer, over bool, err error) {
	who := coalition.Identity(v.in.Place, v.in.User)
	switch {
	case oddIDs(v.in):
		return Answer{}, true, errOversize
	case oversize(v.in):
		return b.notNow(v, "error.too-much"), true, nil
	case b.limits.person != nil && b.limits.person.take(who, v.at) > 0:
		if v.in.Submit == nil && b.limits.told.take(who, v.at) > 0 {
			return Answer{}, true, nil
		}
		return b.notNow(v, "error.too-fast"), true, nil
	case b.limits.place != nil && b.limits.place.take(v.in.Place, v.at) > 0:
		return b.notNow(v, "error.busy"), true, errBusy
	}
	return Answer{}, false, nil
}

func oddIDs(in Inbound) bool {
	for _, id := range []string{in.Key, in.Platform, in.Place, in.Channel, in.User, string(in.Locale)} {
		if len(id) > idMax {
			return true
		}
	}
	return in.Press != nil && (len(in.Press.Token) > formMax || len(in.Press.Pick) > idMax)
}

func oversize(in Inbound) bool {
	switch {
	case in.Typed != nil:
		return len(in.Typed.Text) > typedMax
	case in.Saved != nil:
		return len(in.Saved.Text) > typedMax || len(in.Saved.Link) > idMax
	case in.Command != nil:
		return len(in.Command.Verb)+len(in.Command.Rest) > typedMax || large(in.Given)
	case in.Submit != nil:
		return large(in.Submit.Fields)
	default:
		return false
	}
}

func large(fields map[string]flows.Input) bool {
	size := 0
	for id, input := range fields {
		size += len(id) + len(input.Text)
		for _, pick := range input.Picks {
			size += len(pick)
		}
	}
	return len(fields) > fieldsMax || size > formMax
}

// tooManyOpen asks somebody with many open conversations to finish one before another begins. A report is short and
// ends by itself.
func (v *visit) tooManyOpen(ctx context.Context, flow string) (full bool, err error) {
	open, err := all[flows.Open](ctx, v.work, flows.KindOpen, v.person.ID)
	count := len(open)
	if err != nil || count < openMost || flow == flowReport {
		return false, err
	}
	v.whisper = &flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, "menu.open-many", map[string]flows.Arg{"count": {Number: &count}})},
		Controls: v.goOns(open),
	}
	return true, nil
}
