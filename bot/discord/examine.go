package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Finding is one thing that was looked at, in words that say what is and, unless it is well, what to do.
type Finding struct {
	Well  bool
	Stops bool // Convenor cannot do its work with it
	Words string
}

func well(format string, args ...any) Finding {
	return Finding{Well: true, Words: fmt.Sprintf(format, args...)}
}

// Flags of an application that let it hear more than Convenor needs (resources/application#application-object-application-flags).
const privileged = 1<<12 | 1<<13 | 1<<14 | 1<<15 | 1<<18 | 1<<19

// Types of channel that people write in.
const (
	channelText = 0
	channelNews = 5
)

// Examine looks at everything that Discord must allow, changes nothing, and says of each what it is like. Check must have
// succeeded.
func (d *Discord) Examine(ctx context.Context) ([]Finding, error) {
	var list []Finding
	for _, look := range []func(ctx context.Context) ([]Finding, error){d.examineApp, d.examineCommands, d.examineServers} {
		found, err := look(ctx)
		if err != nil {
			return list, refusal(err)
		}
		list = append(list, found...)
	}
	return list, nil
}

func (d *Discord) examineApp(ctx context.Context) ([]Finding, error) {
	app, err := d.application(ctx)
	if err != nil {
		return nil, err
	}
	var list []Finding
	if app.Flags&privileged == 0 {
		list = append(list, well("it hears no more than it needs."))
	} else {
		list = append(list, Finding{Words: "it may hear more than it needs. Open the application's page, Bot, and switch the three Privileged Gateway Intents off."})
	}
	switch {
	case len(d.key) > 0 && app.URL == "":
		list = append(list, Finding{Words: "DISCORD_PUBLIC_KEY is set, and Discord knows no address to call, so commands still come over the gateway. " +
			"Enter https://…/discord/interactions as Interactions Endpoint URL on the application's page, or remove DISCORD_PUBLIC_KEY."})
	case len(d.key) > 0:
		list = append(list, well("it calls the address that is entered as Interactions Endpoint URL."))
	}
	return list, nil
}

func (d *Discord) examineCommands(ctx context.Context) ([]Finding, error) {
	if d.Pack == nil {
		return nil, nil // without words nobody can say what they should be
	}
	there, err := d.commandsThere(ctx)
	switch {
	case err != nil:
		return nil, err
	case sum(there) != sum(d.commands()):
		return []Finding{well("its commands are not written yet, or are an older version's; serve writes them.")}, nil
	}
	return []Finding{well("its commands are written.")}, nil
}

// placed is a server as far as Convenor's place in it goes.
type placed struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"` // of all its roles together
}

// room is a channel with what it changes about permissions.
type room struct {
	Name       string      `json:"name"`
	Type       int         `json:"type"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

type overwrite struct {
	ID    string `json:"id"` // of a role, of a member, or of the server for everybody
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

func (d *Discord) examineServers(ctx context.Context) ([]Finding, error) {
	var servers []placed
	if err := d.request(ctx, http.MethodGet, "users/@me/guilds", nil, &servers); err != nil {
		return nil, err
	}
	if len(servers) == 0 {
		return []Finding{{Words: "it is on no server yet. To add it, open " + InviteLink(d.ApplicationID)}}, nil
	}
	var list []Finding
	for _, s := range servers {
		found, err := d.examineServer(ctx, s)
		if err != nil {
			return list, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// examineServer looks into every channel of a server that Convenor sees.
func (d *Discord) examineServer(ctx context.Context, s placed) ([]Finding, error) {
	me, err := d.member(ctx, s.ID, d.self())
	if err != nil {
		return nil, err
	}
	var rooms []room
	if err := d.request(ctx, http.MethodGet, "guilds/"+s.ID+"/channels", nil, &rooms); err != nil {
		return nil, err
	}
	var list []Finding
	open := 0
	for _, r := range rooms {
		if r.Type != channelText && r.Type != channelNews {
			continue
		}
		can := r.allows(number(s.Permissions), s.ID, me.Roles, d.self())
		lack := lacking(can)
		switch {
		case can&(1<<10) == 0: // a channel that it is kept out of is nobody's mistake
		case len(lack) == 0:
			open++
		default:
			list = append(list, Finding{Words: fmt.Sprintf("in #%s on the server %s it lacks %s. Open the channel's settings, Permissions, add Convenor and allow that; "+
				"or keep it out of the channel by denying View Channel.", tidy(r.Name), tidy(s.Name), strings.Join(lack, ", "))})
		}
	}
	if open == 0 {
		return append(list, Finding{Stops: true, Words: fmt.Sprintf("on the server %s there is no channel where it can do its work. Open the server's settings, Roles, Convenor, "+
			"and allow %s.", tidy(s.Name), strings.Join(lacking(0), ", "))}), nil
	}
	return append(list, well("on the server %s it can do its work; channels: %d.", tidy(s.Name), open)), nil
}

// allows computes what a member may do in a channel, as Discord does (topics/permissions#permission-overwrites).
func (r room) allows(base uint64, everyone string, roles []string, member string) uint64 {
	const administrator = 1 << 3
	if base&administrator != 0 {
		return ^uint64(0)
	}
	for _, of := range []func(id string) bool{
		func(id string) bool { return id == everyone },
		func(id string) bool { return slices.Contains(roles, id) },
		func(id string) bool { return id == member },
	} {
		var allow, deny uint64
		for _, o := range r.Overwrites {
			if of(o.ID) {
				allow, deny = allow|number(o.Allow), deny|number(o.Deny)
			}
		}
		base = base&^deny | allow
	}
	return base
}

// lacking names what of Permissions is not in can.
func lacking(can uint64) (names []string) {
	for _, p := range Permissions() {
		if can&p.Bit == 0 {
			names = append(names, p.Name)
		}
	}
	return names
}

// number reads a set of permissions; what is none is empty.
func number(s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
