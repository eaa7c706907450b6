package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"convenor/bot"
)

// arrival is what Discord tells of a server that Convenor is on, or has just come to.
type arrival struct {
	ID      string `json:"id"`
	Joined  string `json:"joined_at"`
	Locale  string `json:"preferred_locale"`
	System  string `json:"system_channel_id"` // where Discord itself greets newcomers
	Members []struct {
		User  person   `json:"user"`
		Roles []string `json:"roles"`
	} `json:"members"`
	Roles []struct {
		ID          string `json:"id"`
		Permissions string `json:"permissions"`
	} `json:"roles"`
	Channels []placedRoom `json:"channels"`
}

// placedRoom is a channel and where it stands in the list.
type placedRoom struct {
	ID       string `json:"id"`
	Position int    `json:"position"`
	room
}

// decodeArrival reads that Convenor is on a server. ok is false where it may write in no channel: then it waits to be
// spoken to. Whoever added it is not told.
func decodeArrival(raw []byte, self string) (in bot.Inbound, ok bool, err error) {
	var a arrival
	if err := json.Unmarshal(raw, &a); err != nil {
		return in, false, fmt.Errorf("read a server: %w", err)
	}
	base, roles := a.standing(self)
	slices.SortStableFunc(a.Channels, func(x, y placedRoom) int {
		return cmp.Or(cmp.Compare(a.rank(x), a.rank(y)), cmp.Compare(x.Position, y.Position))
	})
	for _, c := range a.Channels {
		if c.Type == channelText && len(lacking(c.allows(base, a.ID, roles, self))) == 0 {
			return bot.Inbound{
				Key: name + ":added:" + a.ID + ":" + a.Joined, Platform: name, Place: place(a.ID), Channel: c.ID,
				Locale: baseLocale(a.Locale), Opened: &bot.Opened{Added: true},
			}, a.ID != "", nil
		}
	}
	return in, false, nil
}

// rank puts the channel where newcomers are greeted before all others.
func (a arrival) rank(r placedRoom) int {
	if r.ID == a.System {
		return 0
	}
	return 1
}

// standing is what all roles of ours together allow, and which they are.
func (a arrival) standing(self string) (base uint64, roles []string) {
	for _, m := range a.Members {
		if m.User.ID == self {
			roles = m.Roles
		}
	}
	for _, r := range a.Roles {
		if r.ID == a.ID || slices.Contains(roles, r.ID) { // everybody's role has the server's id
			base |= number(r.Permissions)
		}
	}
	return base, roles
}

// arrive is that the Handler greets a server; nil when it cannot. Discord tells of every server at the start of every
// session: it is the Handler that knows which are new.
func (d *Discord) arrive(raw []byte) (work func(context.Context) error, err error) {
	in, ok, err := decodeArrival(raw, d.self())
	if err != nil || !ok {
		return nil, err
	}
	return func(ctx context.Context) error {
		out := <-d.ask(ctx, in)
		return out.told(out.err) // there is nobody to tell
	}, nil
}
