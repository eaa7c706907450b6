package bot

import (
	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
)

// may asks the one table whether the person may use a verb on something of this coalition, as things are now.
func (v *visit) may(verb flows.Verb, o coalition.Object) coalition.Verdict {
	o.Coalition = v.coalition
	return coalition.Can(coalition.Actor{Coalition: v.coalition, Person: v.person.ID, Role: v.person.Role}, verb, o)
}

// roleMay asks the same for a role, about what is nobody's alone: to draw the buttons that make sense for it.
func (v *visit) roleMay(role coalition.Role, verb flows.Verb, records ...string) bool {
	actor := coalition.Actor{Coalition: v.coalition, Role: role}
	return coalition.Can(actor, verb, coalition.Object{Coalition: v.coalition, Records: records}) == coalition.Yes
}

// refused says kindly why not, and who can.
func (v *visit) refused(why coalition.Verdict) error {
	v.b.Observer.Refused()
	if why == coalition.Undecided {
		return v.unknownControl()
	}
	return v.say("error.denied."+string(why), button("menu.open", flows.Token{Verb: flows.VerbMenu}))
}

// refusedError ends an event of which nothing may be kept.
type refusedError struct{ why coalition.Verdict }

func (e *refusedError) Error() string { return "refused: " + string(e.why) }

// ofRun is a run as the table sees it.
func ofRun(run flows.Run) coalition.Object {
	return coalition.Object{Owner: run.Person, Group: run.Group, Shared: run.Nobody}
}

// ofStep is a step as the table sees it: it is its lead's, or free.
func ofStep(s plan.Step) coalition.Object { return coalition.Object{Owner: s.Lead} }

// ofFlow is what starting a flow would bring into being.
func ofFlow(d flows.Definition) coalition.Object {
	o := coalition.Object{Group: d.Group}
	for _, n := range d.Nodes {
		if n.Kind == flows.NodeRecord {
			o.Records = append(o.Records, n.Record)
		}
	}
	return o
}
