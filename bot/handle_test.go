package bot_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

func TestFirstSight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, ana, marcus := h.on("rosa"), h.on("james"), h.on("ana"), h.marcus()
	for _, a := range []*actor{rosa, james, ana, marcus} {
		a.types(t, "hello")
	}
	want := map[*actor]coalition.Person{
		rosa:   {Role: coalition.RoleCoordinator, Zone: "America/Chicago", Locale: flows.English, Name: "Rosa Delgado"},
		james:  {Role: coalition.RoleMember, Zone: "America/New_York", Locale: flows.English, Name: "James Porter"},
		ana:    {Role: coalition.RoleMember, Zone: "America/Chicago", Locale: flows.Spanish, Name: "Ana Reyes"},
		marcus: {Role: coalition.RoleVolunteer, Zone: "", Locale: flows.English, Name: "Marcus Bell"},
	}
	for a, w := range want {
		if p := a.person(t); p.Role != w.Role || p.Zone != w.Zone || p.Locale != w.Locale || p.Name != w.Name {
			t.Errorf("%s is %+v, want %+v", a.user, p, w)
		}
	}
	home := only[coalition.Coalition](t, h, flows.KindCoalition)
	if home.Zone != "America/Chicago" || !slices.Equal(home.Places, []string{slackPlace, discordPlace}) {
		t.Errorf("the coalition is %+v", home)
	}
	mustSay(t, whispered(t, *ana.last), "¿Qué quieres hacer?")
}

func TestPlaceNeverSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := bot.Inbound{Key: "slack:1", Platform: "slack", Place: "slack:T9", User: "kim", Command: &bot.Command{}}
	if _, err := h.Handle(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	id, err := h.store.Place(t.Context(), "slack:T9")
	if err != nil || id == "" || id == "home" {
		t.Fatal(id, err)
	}
	all, err := h.store.Everything(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Kind == flows.KindPerson {
			if p := decoded[coalition.Person](t, r); p.Role != coalition.RoleCoordinator {
				t.Errorf("the first person is %s", p.Role)
			}
		}
	}
}

func TestLanguageFollowsThePlatformUntilChosen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	in := rosa.inbound()
	in.Locale, in.Typed = "es-MX", &bot.Typed{Text: "hola"}
	mustSay(t, whispered(t, rosa.does(t, in)), "¿Qué quieres hacer?")
	mustSay(t, whispered(t, rosa.commands(t, "language", "English")), "From now on I speak English")
	in.Key = h.key()
	mustSay(t, whispered(t, rosa.does(t, in)), "What would you like to do?")
	if p := rosa.person(t); !p.LocaleChosen || p.Locale != flows.English {
		t.Errorf("%+v", p)
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.types(t, "hi there") // with a mention
	mustSay(t, whispered(t, *rosa.last), "This is what I can do")
	rosa.presses(t, flows.VerbAsk)
	rosa.picks(t, flows.VerbAsk, "2-3-3")
	mustSay(t, whispered(t, *rosa.last), "Put messengers to work", "You have not done this one yet", "Who leads?")
	rosa.presses(t, flows.VerbAsk, "lead") // the third click
	mustSay(t, rosa.sees(), "[Answer]")

	rosa.presses(t, flows.VerbForm)
	rosa.submits(t, "Our clerk")
	james.presses(t, flows.VerbForm)
	james.submits(t, "The library")
	james.presses(t, flows.VerbForm, "q1")
	if form := james.last.Form; form == nil || form.Fields[0].Value.Text != "The library" {
		t.Errorf("to change an answer, its words are not in the form: %+v", form)
	}
	james.submits(t, "The library on Main Street") // changed: still one answer
	if n := len(h.records(t, flows.KindAnswer)); n != 2 {
		t.Fatalf("%d answers, want 2", n)
	}

	james.types(t, "some words among people")
	mustSay(t, whispered(t, *james.last), "A question is open in this channel")
	james.commands(t, "ask", "2.2.3")
	mustSay(t, whispered(t, *james.last), "This channel has questions open already", "Rosa Delgado")

	james.presses(t, flows.VerbNext) // a member who did not start the round
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "q1" {
		t.Fatalf("the round went on to %s", run.Node)
	}
	rosa.presses(t, flows.VerbNext)
	mustSay(t, rosa.sees(), "Our clerk", "The library on Main Street")
	james.presses(t, flows.VerbUnknown, "q2")
	james.submits(t, "Ask the mayor")
	rosa.presses(t, flows.VerbNext, "q2")
	rosa.presses(t, flows.VerbNext, "q3")
	run := only[flows.Run](t, h, flows.KindRun)
	if run.State != flows.StateDone || run.Tally["q1"].Answers != 2 || run.Tally["q2"].Unknown != 1 {
		t.Errorf("the round is %+v", run)
	}
	if s := only[coalition.Space](t, h, flows.KindSpace); s.Run != "" {
		t.Error("the space still has an open round")
	}
	if r := only[flows.Request](t, h, flows.KindRequest); r.Node != "q2" {
		t.Errorf("data request %+v", r)
	}
	rosa.commands(t, "ask", "2.2.3") // a new round may begin
	if n := len(h.records(t, flows.KindRun)); n != 2 {
		t.Errorf("%d runs, want 2", n)
	}
}

func TestStopARound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa").in(council), h.on("james").in(council)
	rosa.commands(t, "ask", "2.3.3")
	james.commands(t, "ask", "2.3.1")
	if said := whispered(t, *james.last); strings.Contains(said, "[Stop them for everyone]") {
		t.Errorf("a member who does not lead may stop it:\n%s", said)
	}
	rosa.commands(t, "ask", "2.3.1") // the other one was meant
	mustSay(t, whispered(t, *rosa.last), "[Go on with them]", "[Stop them for everyone]")
	rosa.presses(t, flows.VerbCancel)
	rosa.presses(t, flows.VerbConfirm)
	if run := only[flows.Run](t, h, flows.KindRun); run.State != flows.StateCancelled {
		t.Fatalf("the round is %s", run.State)
	}
	mustSay(t, rosa.sees(), "This round was stopped")
	rosa.commands(t, "ask", "2.3.1")
	if n := len(h.records(t, flows.KindRun)); n != 2 {
		t.Errorf("%d runs, want 2", n)
	}
}

func TestEnoughAnswersCloseAQuestion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	rosa.commands(t, "ask", "2.3.3")
	for _, user := range []string{"rosa", "james", "ana", "lee", "kim"} {
		a := h.on(user).in(council)
		a.presses(t, flows.VerbForm, "q1")
		a.submits(t, "words of "+user)
	}
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "q2" || !run.Tally["q1"].Closed {
		t.Errorf("after five answers the round is at %s", run.Node)
	}
	mustSay(t, rosa.sees(), "words of rosa", "words of james", "words of ana", "words of lee", "words of kim")
}

func TestStep(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, marcus := h.on("rosa"), h.marcus()
	rosa.types(t, "hello")
	marcus.types(t, "hello")
	rosa.in(council).commands(t, "step", "")
	rosa.types(t, "Ask the county clerk for data")
	rosa.types(t, "Know how many people come home")
	rosa.picks(t, flows.VerbAnswer, "discord:G1:marcus") // somebody of the other platform
	rosa.types(t, "in 8 days")
	mustSay(t, rosa.in(council).sees(), "Ask the county clerk for data", "Marcus Bell")
	if n := len(h.discord.Posts(bot.Address{})); n != 0 {
		t.Errorf("Marcus got %d messages about a step he has not taken", n)
	}

	// He cannot see the channel in Slack: his own menu leads him to the offer.
	mustSay(t, whispered(t, marcus.commands(t, "help", "")), "1 action step is waiting")
	marcus.presses(t, flows.VerbMe)
	mustSay(t, whispered(t, *marcus.last), "Ask the county clerk for data")
	h.on("james").in(council).presses(t, flows.VerbStepTake)
	marcus.presses(t, flows.VerbStepTake)
	step := only[map[string]any](t, h, flows.KindStep)
	if step["status"] != "taken" || step["lead"] != marcus.person(t).ID || step["due"] != "2026-03-10" {
		t.Fatalf("the step is %v", step)
	}
	pending, err := h.store.Pending(t.Context())
	if err != nil || pending.Timers < 3 {
		t.Errorf("%+v %v: the ladder is not armed", pending, err)
	}

	rosa.in(council).types(t, "me")
	marcus.presses(t, flows.VerbStepDate)
	marcus.types(t, "in 2 weeks")
	if step = only[map[string]any](t, h, flows.KindStep); step["due"] != "2026-03-16" {
		t.Errorf("a new date was asked for, and the step is due %v", step["due"])
	}
	marcus.presses(t, flows.VerbStepHelp)
	marcus.presses(t, flows.VerbStepDone)
	if step = only[map[string]any](t, h, flows.KindStep); step["status"] != "done" {
		t.Errorf("the step is %v", step["status"])
	}
	in := marcus.inbound()
	in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbStepReport, Object: step["id"].(string)}.String()}
	marcus.does(t, in) // from a list of before
	if whispered(t, *marcus.last); len(h.records(t, flows.KindOpen)) != 0 {
		t.Error("a report was begun about a step that is over")
	}
}

func TestLeadTypedByName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.types(t, "hello")
	h.marcus().types(t, "hello")
	rosa.presses(t, flows.VerbStart, "step")
	rosa.types(t, "Write to the clerk")
	rosa.types(t, "Know more")
	rosa.types(t, "somebody nobody knows")
	if run := only[flows.Run](t, h, flows.KindRun); run.Node != "lead" {
		t.Fatalf("an unknown name was taken: %s", run.Node)
	}
	rosa.types(t, "@márcus  BELL")
	run := only[flows.Run](t, h, flows.KindRun)
	if got := run.Values()["lead"].Person; got != h.marcus().person(t).ID {
		t.Errorf("the lead is %q", got)
	}
}

func TestTypedText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.types(t, "answer")
	rosa.picks(t, flows.VerbStart, "2-3-3")
	rosa.types(t, "help") // a verb alone is a command, also while a question waits
	mustSay(t, whispered(t, *rosa.last), "What would you like to do?")
	rosa.types(t, "Help from the clerk") // an answer
	run := only[flows.Run](t, h, flows.KindRun)
	if run.Node != "q2" || len(run.Log) != 1 {
		t.Errorf("the run is at %s with %d answers", run.Node, len(run.Log))
	}
}

func TestUnknownVerb(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	for typed, meant := range map[string]string{"singup": "signup", "hlep": "help", "ayda": "help", "rezume": "resume"} {
		answer := rosa.commands(t, typed, "")
		mustSay(t, whispered(t, answer), "Did you mean")
		token, err := flows.ParseToken(answer.Whisper.Controls[0].Token)
		if err != nil || token.Verb != flows.VerbMenu || token.Object != meant {
			t.Errorf("%s: offered %+v, want %s", typed, token, meant)
		}
	}
	answer := rosa.commands(t, "gobbledygook", "")
	if text := whispered(t, answer); strings.Contains(text, "Did you mean") || len(answer.Whisper.Controls) < 5 {
		t.Errorf("%s %+v", text, answer.Whisper.Controls)
	}
	rosa.commands(t, "hlep", "")
	mustSay(t, whispered(t, rosa.presses(t, flows.VerbMenu, "help")), "What would you like to do?")
}

func TestEveryVerbAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := regexp.MustCompile(`\b(menu|me|error|command)\.[a-z]|[{}]`) // words that the catalogue lacks
	for _, user := range []string{"rosa", "ana"} {
		a := h.on(user)
		for _, verb := range []string{"", "help", "ask", "answer", "signup", "activities", "me", "resume", "language", "nudges", "role", "log"} {
			for _, where := range []*actor{a, a.in(council)} {
				answer := where.commands(t, verb, "")
				text := whispered(t, answer)
				if key.MatchString(text) {
					t.Errorf("%s %s: %s", user, verb, text)
				}
				if answer.Whisper.Locale != a.person(t).Locale {
					t.Errorf("%s %s is answered in %s: %s", user, verb, answer.Whisper.Locale, text)
				}
			}
		}
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	rosa.types(t, "First words")
	rosa.commands(t, "signup", "messenger")
	rosa.types(t, "Rosa")
	rosa.commands(t, "resume", "")
	mustSay(t, whispered(t, *rosa.last), "Which one")
	steps := h.records(t, flows.KindRun)
	first := decoded[flows.Run](t, steps[0])
	rosa.presses(t, flows.VerbResume, first.ID) // now typed text goes to the other conversation
	rosa.types(t, "Second words")
	for _, r := range h.records(t, flows.KindRun) {
		if run := decoded[flows.Run](t, r); run.ID == first.ID && len(run.Values()) != len(first.Values())+1 {
			t.Errorf("the resumed run has %d answers, want %d", len(run.Values()), len(first.Values())+1)
		}
	}
	rosa.presses(t, flows.VerbPause, first.ID)
	rosa.types(t, "Nothing is under way")
	mustSay(t, whispered(t, *rosa.last), "What would you like to do?")
}

func TestOnlyTheirs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa"), h.on("james"), h.marcus()
	rosa.commands(t, "step", "")
	run := only[flows.Run](t, h, flows.KindRun)
	for _, verb := range []flows.Verb{flows.VerbForm, flows.VerbCancel, flows.VerbMore} {
		in := james.inbound()
		in.Press = &bot.Press{Token: flows.Token{Verb: verb, Object: run.ID, Node: "what", Rev: run.Drawn}.String()}
		mustSay(t, whispered(t, james.does(t, in)), "for someone else")
	}
	mustSay(t, whispered(t, marcus.commands(t, "step", "")), "Your role here")
	mustSay(t, whispered(t, marcus.in("volunteers").commands(t, "ask", "2.3.3")), "Your role here")
	in := marcus.inbound()
	for _, bad := range []string{"", "|||", "no-such-verb", "start|round-2.3.3", "start|report", "answer|nothing", "step.take|nothing", strings.Repeat("x", 500)} {
		in.Key, in.Press = h.key(), &bot.Press{Token: bad}
		whispered(t, marcus.does(t, in))
	}
	if n := len(h.records(t, flows.KindRun)); n != 1 {
		t.Errorf("%d runs, want Rosa's alone", n)
	}
}

func TestAddedToAChannel(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa").in(council)
	in := rosa.inbound()
	in.Opened = &bot.Opened{Added: true}
	rosa.does(t, in)
	rosa.does(t, in) // the platform tells it again
	if n := len(h.slack.Posts(bot.Address{})); n != 1 {
		t.Errorf("%d messages, want one greeting in the channel", n)
	}
	want := []string{"Try a two-minute sample", "Set up our coalition", "What will it store?"}
	if got := choices(h.slack.Posts(bot.Address{})[0].Message); !slices.Equal(got, want) {
		t.Errorf("the greeting offers %q", got)
	}
	home := h.on("rosa").inbound()
	home.Opened = &bot.Opened{}
	mustSay(t, whispered(t, h.on("rosa").does(t, home)), "What is next for you")
}
