package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"convenor/bot"
	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/store"
	"convenor/store/redistest"
)

// porter lets a Handler hear of what people do, and holds back what ana does: it is heard and not saved.
type porter struct {
	Handler
	mu   sync.Mutex
	came map[string]int
	free chan struct{} // while she is held back; closed when she is let go
	why  error         // her things are not saved then either
	more chan struct{}
}

func newPorter(h Handler) *porter {
	return &porter{Handler: h, came: map[string]int{}, more: make(chan struct{})}
}

// hold holds back what ana does from now on. With why it fails when she is let go.
func (p *porter) hold(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free, p.why = make(chan struct{}), why
}

func (p *porter) letGo() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.free)
	p.free = nil
}

func (p *porter) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	p.mu.Lock()
	free, why := p.free, p.why
	p.came[in.User]++
	close(p.more)
	p.more = make(chan struct{})
	p.mu.Unlock()
	if free != nil && in.User == ana {
		select {
		case <-free:
		case <-ctx.Done():
			return bot.Answer{}, ctx.Err()
		}
		if why != nil {
			return bot.Answer{}, why
		}
	}
	return p.Handler.Handle(ctx, in)
}

// heard waits until n things of somebody's have come.
func (p *porter) heard(t *testing.T, user string, n int) {
	t.Helper()
	for {
		p.mu.Lock()
		have, more := p.came[user], p.more
		p.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-more:
		case <-patient(t).Done():
			t.Fatalf("%d of %d things of %s's were heard", have, n, user)
		}
	}
}

// relay is a server, and what its processes share.
type relay struct {
	*discordfake.Fake
	clock  *pretend
	people *tally
}

func newRelay(t *testing.T) relay {
	t.Helper()
	clock := newPretend()
	clock.steps = 10 * time.Second
	shared, err := store.Open(t.Context(), store.Options{URL: redistest.Start(t).URL()})
	must(t, err)
	t.Cleanup(func() { must(t, shared.Close()) })
	return relay{server(t, discordfake.Config{Now: clock.now, AnswerWait: time.Hour, Heartbeat: 24 * time.Hour}), clock, newTallyOf(shared, clock.now)}
}

func (r relay) begin(t *testing.T, h Handler) *process {
	t.Helper()
	return beginWith(t, r.Fake, r.clock, r.people.store, h)
}

// kept lets the leases be renewed, and the seats with them, and returns when they are.
func (r relay) kept(t *testing.T) {
	t.Helper()
	for range 2 { // one may be on its way already
		r.clock.waiting(t, 1, shardKeep)
		r.clock.fire(shardKeep)
	}
	r.clock.waiting(t, 1, shardKeep)
}

// killed ends a process with what it has under way.
func (r relay) killed(t *testing.T, p *process) {
	t.Helper()
	p.dead.Store(true)
	p.stop()
	r.clock.waiting(t, 1, drainMax)
	r.clock.fire(drainMax)
	<-p.done
	must(t, p.err)
	must(t, r.AwaitSockets(patient(t), 0))
}

// links waits until p has resumed n times.
func (r relay) links(t *testing.T, p *process, n int) {
	t.Helper()
	until(t, r.Fake, r.clock, p, func() bool {
		r.clock.early(againSoon) // the rest before the third connection in a row
		return len(r.ResumedFrom()) == n && r.Sockets() == 1
	})
}

// TestKilledBetweenHearingAndSaving: a process hears events and is killed before one of them is saved, while later ones
// are. The next resumes before that one, carries it out, and carries nothing out twice.
func TestKilledBetweenHearingAndSaving(t *testing.T) {
	t.Parallel()
	for what, act := range map[string]func(r relay) *discordfake.Act{
		"a command": func(r relay) *discordfake.Act { return r.Command(ana, general, "help", nil) },
		"a mention": func(r relay) *discordfake.Act {
			return r.Write(ana, general, "<@"+discordfake.BotUser+"> help")
		},
		"a direct message": func(r relay) *discordfake.Act { return r.Write(ana, "", "help") },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t)
			door := newPorter(r.people)
			door.hold(nil)
			first := r.begin(t, door)
			must(t, r.AwaitSockets(patient(t), 1))
			r.Write(ben, "", "help") // 3: READY and the server came before
			act := act(r)            // 4
			r.Write(ben, general, "<@"+discordfake.BotUser+"> help")
			r.Command(ben, general, "help", nil)
			door.heard(t, ana, 1)
			r.people.saved(t, 3)
			r.kept(t)
			r.killed(t, first)
			r.people.saved(t, 3)
			second := r.begin(t, r.people)
			until(t, r.Fake, r.clock, first, func() bool { return r.Sockets() == 1 })
			if n := r.people.took(t, r.Fake); n != 4 {
				t.Errorf("%d things reached it", n)
			}
			must(t, act.Wait(patient(t)))
			if from := r.ResumedFrom(); !slices.Equal(from, []int64{3}) {
				t.Errorf("resumed from %v", from)
			}
			second.stop()
			<-second.done
			must(t, second.err)
		})
	}
}

// TestASessionTakenUpByItsOwnProcess: when a process resumes its own session, what it has under way goes on and is not
// begun again; what could not be saved, with nobody told, is; and what its sender was told of is theirs to send again.
func TestASessionTakenUpByItsOwnProcess(t *testing.T) {
	t.Parallel()
	away := errors.New("the store is away")
	r := newRelay(t)
	door := newPorter(r.people)
	p := r.begin(t, door)
	must(t, r.AwaitSockets(patient(t), 1))
	mention := func(user string) { r.Write(user, general, "<@"+discordfake.BotUser+"> help") }

	door.hold(nil)
	mention(ana) // 3
	mention(ben)
	door.heard(t, ana, 1)
	r.people.saved(t, 1)
	r.CutSockets(4000)
	r.links(t, p, 1) // from 2; its RESUMED is 5
	mention(ben)     // 6, so that the replay before it was heard
	r.people.saved(t, 2)
	door.letGo()
	r.people.saved(t, 3)

	door.hold(away)
	refused := discordfake.Fault{Status: http.StatusInternalServerError}
	r.Fault("POST /users/@me/channels", refused)
	mention(ana) // 7
	door.heard(t, ana, 2)
	quiet := p.desk.quiet()
	door.letGo()
	<-quiet
	mention(ben)
	r.people.saved(t, 4)
	r.CutSockets(4000)
	r.links(t, p, 2)     // from 6; its RESUMED is 9
	r.people.saved(t, 5) // ana's is carried out after all

	door.hold(away)
	mention(ana) // 10
	door.heard(t, ana, 4)
	quiet = p.desk.quiet()
	door.letGo()
	<-quiet
	r.CutSockets(4000)
	r.links(t, p, 3) // from 10: she was told
	mention(ben)
	r.people.saved(t, 6)
	if from := r.ResumedFrom(); !slices.Equal(from, []int64{2, 6, 10}) {
		t.Errorf("resumed from %v", from)
	}
	told := r.Messages(discordfake.DMChannel(ana))
	if len(told) != 1 || !strings.Contains(told[0].Shown(), "discord.write-again") {
		t.Errorf("she was told %d times:\n%s", len(told), r.Picture())
	}
	p.stop()
	<-p.done
	must(t, p.err)
}

// TestToldToGoWithAnEventUnderWay: the next owner is given what was under way too, and it is carried out once, whoever
// is first.
func TestToldToGoWithAnEventUnderWay(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	door := newPorter(r.people)
	door.hold(nil)
	first := r.begin(t, door)
	must(t, r.AwaitSockets(patient(t), 1))
	second := r.begin(t, r.people)
	r.clock.waiting(t, 1, shardLook)
	act := r.Command(ana, general, "help", nil) // 3
	r.Write(ben, "", "help")
	door.heard(t, ana, 1)
	r.people.saved(t, 1)
	first.stop()
	until(t, r.Fake, r.clock, first, func() bool { return len(r.ResumedFrom()) == 1 })
	r.people.saved(t, 2)
	door.letGo()
	<-first.done
	must(t, first.err)
	must(t, act.Wait(patient(t)))
	r.people.took(t, r.Fake)
	if from := r.ResumedFrom(); !slices.Equal(from, []int64{2}) {
		t.Errorf("resumed from %v", from)
	}
	second.stop()
	<-second.done
	must(t, second.err)
}

// parrot answers what is written, and saves nothing.
type parrot struct{ Handler }

func (p parrot) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	if in.User != ben {
		return p.Handler.Handle(ctx, in)
	}
	return bot.Answer{Whisper: &bot.Message{Blocks: []bot.Block{{Style: flows.StyleBody, Text: "the answer"}}}}, nil
}

// TestARepeatThatSavesNothingIsAnsweredOnce: what changed nothing leaves no mark in the store. When it comes to the next
// process too, its sender is answered once all the same.
func TestARepeatThatSavesNothingIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	door := newPorter(parrot{r.people})
	door.hold(nil)
	first := r.begin(t, door)
	must(t, r.AwaitSockets(patient(t), 1))
	r.Command(ana, general, "help", nil)
	r.Write(ben, "", "help")
	r.Write(ben, general, "<@"+discordfake.BotUser+"> help")
	pressed := r.Command(ben, general, "help", nil)
	door.heard(t, ana, 1)
	must(t, pressed.Wait(patient(t)))
	answers := func() (n int) {
		for _, m := range r.Messages(discordfake.DMChannel(ben)) {
			if m.Author == discordfake.BotUser {
				n++
			}
		}
		return n + len(r.Whispers(ben))
	}
	r.clock.rest(t.Context(), time.Second) // for Discord's limits
	must(t, r.Await(patient(t), "three answers", func() bool { return answers() == 3 }))
	r.kept(t)
	r.killed(t, first)
	next := newPorter(parrot{r.people})
	second := r.begin(t, next)
	until(t, r.Fake, r.clock, first, func() bool { return r.Sockets() == 1 })
	r.people.saved(t, 1)
	next.heard(t, ben, 3)
	second.stop()
	<-second.done // with all that it had under way
	must(t, second.err)
	if n := answers(); n != 3 {
		t.Errorf("%d answers to three things:\n%s", n, r.Picture())
	}
}

// crier saves what somebody does, and answers it.
type crier struct{ Handler }

func (c crier) Handle(ctx context.Context, in bot.Inbound) (bot.Answer, error) {
	if _, err := c.Handler.Handle(ctx, in); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Whisper: &bot.Message{Blocks: []bot.Block{{Style: flows.StyleBody, Text: "the answer"}}}}, nil
}

// follows lets the answer that was promised follow, as another process would.
func (r relay) follows(t *testing.T, d *Discord, words string) {
	t.Helper()
	given := r.Calls("POST /interactions/{id}/{token}/callback")
	promise := slices.IndexFunc(given, func(c discordfake.Call) bool { return strings.Contains(c.Body, `"type":5`) })
	token := strings.Split(given[promise].Path, "/")[5]
	must(t, d.request(t.Context(), http.MethodPatch, "webhooks/"+discordfake.BotUser+"/"+token+"/messages/@original", d.say(flows.English, words), nil))
}

// TestPromisedByAProcessThatWasKilled: a process has told somebody that their answer follows and is killed before it comes.
// The next gives it, also where it has nothing to tell; one that was given before, or meanwhile, is left as it is.
func TestPromisedByAProcessThatWasKilled(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		next      func(Handler) Handler
		meanwhile string
		told      string
	}{
		"an answer":       {func(h Handler) Handler { return crier{h} }, "", "the answer"},
		"no words":        {func(h Handler) Handler { return h }, "", "discord.done"},
		"others' answers": {func(h Handler) Handler { return h }, "discord.ready", "discord.ready"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t)
			door := newPorter(crier{r.people})
			door.hold(nil)
			first := r.begin(t, door)
			must(t, r.AwaitSockets(patient(t), 1))
			waits := r.Command(ana, general, "help", nil)
			door.heard(t, ana, 1)
			r.clock.waiting(t, 1, patience)
			r.clock.fire(patience)
			must(t, waits.Wait(patient(t)))
			must(t, r.Command(ben, general, "help", nil).Wait(patient(t)))
			if said := r.Whispers(ana); len(said) != 0 {
				t.Fatalf("she was told %v", said)
			}
			r.kept(t)
			r.killed(t, first)
			second := r.begin(t, c.next(r.people))
			until(t, r.Fake, r.clock, first, func() bool { return r.Sockets() == 1 })
			if c.told != "the answer" {
				r.clock.waiting(t, 1, sayMax)
				if c.meanwhile != "" {
					r.follows(t, second.Discord, c.meanwhile)
				}
				r.clock.fire(sayMax)
			}
			must(t, r.Await(patient(t), "the answer", func() bool { return len(r.Whispers(ana)) == 1 }))
			second.stop()
			<-second.done
			must(t, second.err)
			for user, told := range map[string]string{ana: c.told, ben: "the answer"} {
				if said := r.Whispers(user); len(said) != 1 || !strings.Contains(said[0].Shown(), told) {
					t.Errorf("%s was told:\n%s", user, r.Picture())
				}
			}
		})
	}
}
