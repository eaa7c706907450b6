package bot_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"convenor/bot"
	"convenor/flows"
	"convenor/flows/coalition"
)

// makes lets a coordinator change somebody's role by the picker of people and the picker of roles.
func (a *actor) makes(t *testing.T, user string, role coalition.Role) string {
	t.Helper()
	a.commands(t, "role", "")
	a.picks(t, flows.VerbRole, user)
	return whispered(t, a.does(t, a.press(t, flows.VerbRole, string(role))))
}

func TestARoleIsChangedFromChat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james, marcus := h.on("rosa"), h.on("james"), h.marcus()
	rosa.commands(t, "", "") // the first one coordinates
	james.commands(t, "", "")
	marcus.commands(t, "", "")
	mustSay(t, rosa.makes(t, "james", coalition.RoleObserver), "James Porter", "observer")
	mustSay(t, whispered(t, james.commands(t, "step", "")), "Any member can do it")
	mustSay(t, whispered(t, rosa.presses(t, flows.VerbRole, "member")), "James Porter", "member") // takes it back
	if got := james.person(t).Role; got != coalition.RoleMember {
		t.Errorf("James is %s after it was taken back", got)
	}
	mustSay(t, whispered(t, rosa.commands(t, "role", "marcus bell")), "Marcus Bell", "volunteer")
	rosa.picks(t, flows.VerbRole, string(coalition.RoleMember))
	marcus.commands(t, "step", "") // now he may
	if n := len(h.records(t, flows.KindRun)); n != 1 {
		t.Errorf("%d conversations, want that of Marcus", n)
	}
	mustSay(t, whispered(t, rosa.commands(t, "role", "nobody of that name")), "I do not see that person")
}

func TestARoleIsACoordinatorsToChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	rosa.commands(t, "", "")
	james.commands(t, "", "")
	mine := james.person(t)
	for _, role := range coalition.Roles() {
		in := james.inbound()
		in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbRole, Object: mine.ID, Node: string(mine.Role), Arg: string(role)}.String()}
		mustSay(t, whispered(t, james.does(t, in)), "A coordinator can do it with you")
	}
	mustSay(t, whispered(t, james.commands(t, "role", "")), "A coordinator can do it with you")
	if got := james.person(t).Role; got != coalition.RoleMember {
		t.Errorf("James made himself %s", got)
	}
	in := rosa.inbound()
	in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbRole, Object: mine.ID, Node: "member", Arg: "owner"}.String()}
	mustSay(t, whispered(t, rosa.does(t, in)), "I do not know this button")
	rosa.makes(t, "james", coalition.RoleScribe)
	in = rosa.inbound() // drawn when he was a member
	in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbRole, Object: mine.ID, Node: "member", Arg: "observer"}.String()}
	mustSay(t, whispered(t, rosa.does(t, in)), "has the role scribe now")
	if got := james.person(t).Role; got != coalition.RoleScribe {
		t.Errorf("a stale press made James %s", got)
	}
}

// TestTheCoalitionKeepsACoordinator lets two coordinators step down at the same moment, many times.
func TestTheCoalitionKeepsACoordinator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	rosa.commands(t, "", "")
	james.commands(t, "", "")
	mustSay(t, rosa.makes(t, "rosa", coalition.RoleMember), "at least one coordinator")
	const rounds = 50
	for i := range rounds {
		who := []*actor{rosa, james}
		for j, a := range who { // whoever is left makes the other a coordinator again
			if a.person(t).Role == coalition.RoleCoordinator && who[1-j].person(t).Role != coalition.RoleCoordinator {
				a.makes(t, who[1-j].user, coalition.RoleCoordinator)
			}
		}
		var both sync.WaitGroup
		for j, a := range who {
			in := a.inbound()
			in.Key += ":" + strconv.Itoa(i) + strconv.Itoa(j)
			in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbRole, Object: a.person(t).ID, Node: "coordinator", Arg: "member"}.String()}
			both.Go(func() {
				if _, err := h.Handle(t.Context(), in); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if left := strings.Count(string(rosa.person(t).Role)+string(james.person(t).Role), "coordinator"); left != 1 {
			t.Fatalf("%d coordinators after both stepped down", left)
		}
	}
}

// TestWhatWasAllowedAtFirst takes a role away while a conversation that ends in a record is under way.
func TestWhatWasAllowedAtFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa, james := h.on("rosa"), h.on("james")
	rosa.commands(t, "", "")
	james.commands(t, "step", "")
	james.types(t, "Call the clinic")
	james.types(t, "More beds")
	james.picks(t, flows.VerbAnswer, "rosa")
	rosa.makes(t, "james", coalition.RoleObserver)
	james.types(t, "in 8 days")
	mustSay(t, whispered(t, *james.last), "Any member can do it")
	if n := len(h.records(t, flows.KindStep)); n != 0 {
		t.Errorf("%d steps named by an observer", n)
	}
}

// TestAnotherCoalitionIsNotThere presses everything of one coalition as the coordinator of another.
func TestAnotherCoalitionIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := h.on("rosa")
	rosa.commands(t, "step", "")
	run := only[flows.Run](t, h, flows.KindRun)
	for _, words := range []string{"Call the clinic", "More beds", "rosa", "in 8 days"} {
		rosa.types(t, words)
	}
	step := h.records(t, flows.KindStep)[0]
	before := h.everything(t)
	stranger := h.on("rosa")
	stranger.place = "slack:T9"
	pressed := 0
	for _, verb := range append(runVerbs(), stepVerbs()...) {
		for _, id := range []string{run.ID, step.ID} {
			in := stranger.inbound()
			in.Press = &bot.Press{Token: flows.Token{Verb: verb, Object: id, Node: run.Node, Rev: run.Drawn}.String()}
			mustSay(t, whispered(t, stranger.does(t, in)), "not there any more")
			pressed++
		}
	}
	in := stranger.inbound()
	in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbRole, Object: rosa.person(t).ID, Node: "coordinator", Arg: "observer"}.String()}
	mustSay(t, whispered(t, stranger.does(t, in)), "not there any more")
	if after := h.everything(t); after != before {
		t.Errorf("a stranger changed something:\n%s\n%s", before, after)
	}
	t.Logf("%d presses", pressed+1)
}

func runVerbs() []flows.Verb {
	return []flows.Verb{
		flows.VerbAnswer, flows.VerbForm, flows.VerbUnknown, flows.VerbSkip, flows.VerbBack, flows.VerbChange,
		flows.VerbPause, flows.VerbResume, flows.VerbCancel, flows.VerbNext, flows.VerbMore, flows.VerbConfirm,
	}
}

func stepVerbs() []flows.Verb {
	return []flows.Verb{
		flows.VerbStepTake, flows.VerbStepNotMe, flows.VerbStepLater, flows.VerbStepDone, flows.VerbStepOK,
		flows.VerbStepHelp, flows.VerbStepHandOn, flows.VerbStepDate, flows.VerbStepSnooze, flows.VerbStepReport,
	}
}
