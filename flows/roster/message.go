package roster

import (
	"slices"

	"convenor/flows"
)

// confirmation says what was kept and what comes next.
func (m Messenger) confirmation(words string) flows.Message {
	c := confirmation{}
	c.say(flows.StyleBody, words, "", flows.Arg{})
	c.typed("signup.name", m.Name)
	c.typed("signup.reach", m.Reach)
	if slices.Contains([]string{"follow", "show-up", "share", "speak", "organise", "co-lead"}, m.Level) {
		c.say(flows.StyleItem, "signup.level", "level", flows.Arg{Words: "signup.level." + m.Level})
	}
	var methods []flows.Arg
	for _, id := range m.Methods {
		if slices.Contains([]string{"direct", "education", "in-person", "social", "media"}, id) {
			methods = append(methods, flows.Arg{Words: "signup.method." + id})
		}
	}
	if len(methods) > 0 {
		c.say(flows.StyleItem, "signup.methods", "methods", flows.Arg{List: methods})
	}
	c.typed("signup.area", m.Area)
	c.say(flows.StyleBody, "signup.messenger-next", "", flows.Arg{})
	return c.message()
}

// confirmation says what was kept and what comes next. The seat's own words belong to the flow; "see it" shows them.
func (s Stakeholder) confirmation(words string) flows.Message {
	c := confirmation{}
	c.say(flows.StyleBody, words, "", flows.Arg{})
	c.typed("signup.name", s.Name)
	c.typed("signup.organisation", s.Organisation)
	if slices.Contains([]string{"yes", "no", "unsure"}, s.Voting) {
		c.say(flows.StyleItem, "signup.voting", "voting", flows.Arg{Words: "signup.voting." + s.Voting})
	}
	c.typed("signup.alternate", s.Alternate)
	c.say(flows.StyleBody, "signup.stakeholder-next", "", flows.Arg{})
	return c.message()
}

// confirmation collects the lines of a message.
type confirmation struct{ parts []flows.Part }

func (c *confirmation) say(style flows.Style, words, name string, arg flows.Arg) {
	p := flows.Part{Style: style, Words: words}
	if name != "" {
		p.Args = map[string]flows.Arg{name: arg}
	}
	c.parts = append(c.parts, p)
}

// typed shows what was typed, if anything was.
func (c *confirmation) typed(words, text string) {
	if text != "" {
		c.say(flows.StyleItem, words, "text", flows.Arg{TextID: text})
	}
}

func (c *confirmation) message() flows.Message {
	return flows.Message{Parts: c.parts, Controls: []flows.Control{{
		Kind: flows.ControlButton, Words: "signup.button.me", Token: flows.Token{Verb: flows.VerbMe},
	}}}
}
