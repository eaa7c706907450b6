package bot

import (
	"context"
	"errors"
	"strings"

	"convenor/flows"
	"convenor/flows/coalition"
)

// role asks whose role changes, or with a name after the word, for the new role at once.
func (v *visit) role(ctx context.Context, rest string) error {
	if rest == "" {
		return v.say("role.whose", flows.Control{
			Kind: flows.ControlPerson, Words: "role.pick-person", Token: flows.Token{Verb: flows.VerbRole},
		})
	}
	who := flows.Input{Text: rest}
	if err := v.resolve(ctx, &who); err != nil {
		return err
	}
	return v.offerRoles(ctx, strings.Join(who.Picks, ""))
}

// rolePress goes on with changing a role: the first press names the person, the second their new role. The same kind of
// token takes it back.
func (v *visit) rolePress(ctx context.Context, t flows.Token) error {
	if t.Object != "" {
		return v.setRole(ctx, t)
	}
	id, ok, err := v.someone(ctx, t.Arg)
	if err != nil {
		return err
	}
	if !ok {
		id = ""
	}
	return v.offerRoles(ctx, id)
}

// offerRoles shows a person's role and offers the others.
func (v *visit) offerRoles(ctx context.Context, id string) error {
	p, ok, err := find[coalition.Person](ctx, v.work, personRef(id))
	if err != nil {
		return err
	}
	if !ok || id == "" {
		return v.say("role.nobody", button("role.again", flows.Token{Verb: flows.VerbMenu, Object: "role"}))
	}
	pick := flows.Control{
		Kind: flows.ControlSelect, Words: "role.pick", Token: flows.Token{Verb: flows.VerbRole, Object: p.ID, Node: string(p.Role)},
	}
	for _, r := range coalition.Roles() {
		if r == p.Role {
			continue
		}
		voice, text := Voice{v.b.Pack}, flows.Text{}
		for _, l := range []flows.Locale{flows.English, flows.Spanish} {
			text[l] = voice.Word(l, "role.can."+string(r))
		}
		pick.Options = append(pick.Options, flows.Option{ID: string(r), Text: text})
	}
	v.whisper = &flows.Message{
		Parts:    []flows.Part{said(flows.StyleBody, "role.which", roleArgs(p))},
		Controls: []flows.Control{pick},
	}
	return nil
}

// setRole gives a person the role that was picked, if theirs is still the one that the picker saw.
func (v *visit) setRole(ctx context.Context, t flows.Token) error {
	role := coalition.Role(t.Arg)
	p, ok, err := find[coalition.Person](ctx, v.work, personRef(t.Object))
	switch {
	case err != nil:
		return err
	case !ok:
		return v.say("error.gone")
	case coalition.Can(coalition.Actor{Coalition: v.coalition, Role: role}, flows.VerbMenu, coalition.Object{Coalition: v.coalition}) != coalition.Yes:
		return v.unknownControl()
	case string(p.Role) != t.Node && p.Role != role:
		return v.offerRoles(ctx, p.ID)
	case p.Role == role:
		return v.roleSet(p, "")
	}
	people, err := all[coalition.Person](ctx, v.work, flows.KindPerson, "")
	if err != nil {
		return err
	}
	before := p.Role
	v.audit.Verb = string(flows.VerbRole) + "." + string(role)
	change, err := coalition.SetRole(p, role, coalition.Coordinators(people))
	if errors.Is(err, coalition.ErrLastCoordinator) {
		return v.say("role.last", button("role.again", flows.Token{Verb: flows.VerbMenu, Object: "role"}))
	}
	if err := v.wish(ctx, change); err != nil {
		return err
	}
	// Two coordinators who step down at the same moment both write this record, so one of them comes second and sees
	// that they are the last.
	if err := v.put(flows.Ref{Kind: flows.KindCoalition, ID: v.coalition}, v.home); err != nil {
		return err
	}
	p.Role = role
	return v.roleSet(p, before)
}

// roleSet says which role a person has now, with a way back to the one before.
func (v *visit) roleSet(p coalition.Person, before coalition.Role) error {
	m := flows.Message{Parts: []flows.Part{said(flows.StyleBody, "role.set", roleArgs(p))}}
	if before != "" && v.roleMay(v.person.Role, flows.VerbRole) {
		m.Controls = []flows.Control{button("role.undo", flows.Token{
			Verb: flows.VerbRole, Object: p.ID, Node: string(p.Role), Arg: string(before),
		})}
	}
	v.whisper = &m
	return nil
}

func roleArgs(p coalition.Person) map[string]flows.Arg {
	return map[string]flows.Arg{"name": {Person: p.ID}, "role": {Words: "me.role." + string(p.Role)}}
}
