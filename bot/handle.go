package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

// tries bounds how often one event starts over because a record was changed meanwhile. Inside one process the events of
// a run wait for each other, so only another replica can be faster, and each time that an event loses, another one was
// committed: among 200 people who press at once nobody can lose more often than the 199 others win. So this is no guess
// at luck but twice the largest crowd, for a fault that would go round for ever. Time runs out before: the context of an
// event ends when its platform no longer waits.
const tries = 400

// profileLimit bounds how long a platform may take to tell about somebody seen for the first time: an interaction must
// be answered within 3 s, and a person can do without a name.
const profileLimit = time.Second

// errPanic means that handling an event broke off. What it was about is in the log, without content.
var errPanic = errors.New("broke off")

// visit is one inbound event and the work it makes. It is begun anew for each try.
type visit struct {
	*work
	in       Inbound
	at       time.Time
	profiles map[string]told // by identity: asked for once, however often a try starts over

	home   coalition.Coalition
	person coalition.Person // who acted
	space  string           // id of the channel it came from; empty in a direct message
	timed  bool             // days or hours come of it: whose zone is not known is asked
}

// Handle carries out one inbound event: it loads what the event needs, lets the pure code decide, and commits once.
// An event handled before (by Key) changes nothing and is answered with an empty Answer.
//
// When it returns an error, nothing was changed, and the Answer still says so to the one who acted, with what they
// typed in a form given back. An adapter must then not acknowledge an event that its platform would send again.
func (b *Bot) Handle(ctx context.Context, in Inbound) (Answer, error) {
	if in.User == "" {
		if in.Opened != nil {
			return Answer{}, b.greet(ctx, in) // Convenor was added by somebody whom the platform does not tell
		}
		return Answer{}, errors.New("handle: an event without a person")
	}
	v := &visit{in: in, at: b.Now(), profiles: map[string]told{}}
	answer, outcome, err := b.handle(ctx, v)
	b.Observer.Handled(in.Platform, in.kind(), outcome, b.Now().Sub(v.at))
	return answer, err
}

// handle carries out one event and says, in a word for the Observer, how it went.
func (b *Bot) handle(ctx context.Context, v *visit) (answer Answer, outcome string, err error) {
	if refusal, over, err := b.bounded(v); over {
		return refusal, limited, err
	}
	_ = b.guard(ctx, func() error { return b.introduce(ctx, v) }) // what it could not find out, meet asks for again
	leave, err := b.lanes.enter(ctx, lane(v.in))
	if err != nil {
		return b.apology(v), failed, fmt.Errorf("handle: wait for a turn: %w", err)
	}
	defer leave()
	for range tries {
		err = b.guard(ctx, func() (err error) {
			answer, err = b.try(ctx, v)
			return err
		})
		switch {
		case err == nil:
			return answer, saved, nil
		case errors.Is(err, flows.ErrSeen):
			return Answer{}, again, nil
		case !errors.Is(err, flows.ErrConflict):
			return b.apology(v), failed, fmt.Errorf("handle: %w", err)
		}
	}
	return b.apology(v), failed, fmt.Errorf("handle, %d times: %w", tries, err)
}

// lane names the queue in which an event waits: those of one run follow each other, and so do those of one person.
func lane(in Inbound) string {
	if t, ok := token(in); ok && runVerb(t.Verb) {
		return "run." + t.Object
	}
	return coalition.Identity(in.Place, in.User)
}

// token is the decoded token of a press or a submit.
func token(in Inbound) (flows.Token, bool) {
	var encoded string
	switch {
	case in.Press != nil:
		encoded = in.Press.Token
	case in.Submit != nil:
		encoded = in.Submit.Token
	default:
		return flows.Token{}, false
	}
	t, err := flows.ParseToken(encoded)
	return t, err == nil
}

// guard turns a panic into an error, so that one event never ends the process.
func (b *Bot) guard(ctx context.Context, do func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			// The panic's value may hold what a person typed; its type and the stack do not.
			b.Log.LogAttrs(ctx, slog.LevelError, "handling an event broke off",
				slog.String("type", fmt.Sprintf("%T", broken)), slog.String("stack", string(debug.Stack())))
			b.Observer.Panicked()
			err = errPanic
		}
	}()
	return do()
}

// try handles the event once, from the state as it is now.
func (b *Bot) try(ctx context.Context, v *visit) (Answer, error) {
	if err := v.meet(ctx, b); err != nil {
		return Answer{}, err
	}
	if err := v.route(ctx); err != nil {
		no, ok := errors.AsType[*refusedError](err)
		if !ok {
			return Answer{}, err
		}
		v.work = b.work(v.coalition)
		if err := v.refused(no.why); err != nil {
			return Answer{}, err
		}
	}
	if err := v.askZone(ctx); err != nil {
		return Answer{}, err
	}
	v.inside()
	unchanged := v.empty()
	if err := b.commit(ctx, v.work); err != nil {
		return Answer{}, err
	}
	b.freshen(ctx, v)
	answer, err := v.answer(ctx)
	if err != nil && !unchanged {
		// It is saved and must not be called unsaved; only the words for it are missing.
		b.Log.LogAttrs(ctx, slog.LevelWarn, "a saved event could not be answered", slog.Any("error", err))
		return Answer{}, nil
	}
	return answer, err
}

// route lets the part that the event belongs to decide.
func (v *visit) route(ctx context.Context) error {
	switch {
	case v.in.Press != nil:
		v.audit.Verb = "press"
		return v.press(ctx, v.in.Press.Pick)
	case v.in.Submit != nil:
		v.audit.Verb = "submit"
		return v.submit(ctx, v.in.Submit.Fields)
	case v.in.Typed != nil:
		v.audit.Verb = "type"
		return v.typed(ctx, *v.in.Typed)
	case v.in.Command != nil:
		v.audit.Verb = "command"
		return v.command(ctx, *v.in.Command)
	case v.in.Saved != nil:
		v.audit.Verb = "save"
		return v.save(ctx, *v.in.Saved)
	case v.in.Opened != nil:
		v.audit.Verb = "open"
		return v.opened(ctx, *v.in.Opened)
	default:
		return errors.New("an event without content")
	}
}

// press carries out a click on a control.
func (v *visit) press(ctx context.Context, pick string) error {
	t, ok := token(v.in)
	if !ok {
		return v.unknownControl()
	}
	return v.carryOut(ctx, t, pick)
}

// carryOut does what a control's token asks for, if the person may.
func (v *visit) carryOut(ctx context.Context, t flows.Token, pick string) error {
	v.audit.Verb, v.audit.Object = string(t.Verb), t.Object
	if pick != "" {
		t.Arg = pick
	}
	switch {
	case runVerb(t.Verb):
		return v.runPress(ctx, t)
	case stepVerb(t.Verb):
		return v.stepPress(ctx, t)
	case t.Verb == flows.VerbWaiting:
		return v.waitingPress(ctx, t)
	}
	if why := v.may(t.Verb, coalition.Object{}); why != coalition.Yes {
		return v.refused(why)
	}
	if do, ok := menuVerbs()[t.Verb]; ok {
		return do(v, ctx, t)
	}
	return v.unknownControl()
}

// answer renders what goes back inside the interaction.
func (v *visit) answer(ctx context.Context) (Answer, error) {
	var a Answer
	if v.whisper != nil {
		m, err := v.b.render(ctx, v.coalition, v.person.Locale, v.zoneName(v.person), *v.whisper)
		if err != nil {
			return Answer{}, err
		}
		a.Whisper = &m
	}
	if v.form != nil {
		f, err := v.b.renderForm(ctx, v.coalition, v.person.Locale, v.zoneName(v.person), *v.form)
		if err != nil {
			return Answer{}, err
		}
		v.b.shown.keep(f)
		a.Form = &f
	}
	return a, nil
}
