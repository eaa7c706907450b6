package discord

import (
	"context"
	"log/slog"
	"slices"

	"convenor/bot"
)

// suggestMax is how many suggestions Discord shows.
const suggestMax = 25

// Suggester is a Handler that knows what somebody may mean by what they have typed so far. bot.Bot is one; without one
// nothing is suggested.
type Suggester interface {
	Suggest(ctx context.Context, in bot.Inbound, want bot.Wanted, typed string) ([]bot.Option, error)
}

// suggestion is one choice that an option offers while it is typed.
type suggestion struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// suggest lists what fits what was typed into an option. Whatever goes wrong there is a list, if only an empty one:
// somebody is typing, and what they type counts without it too.
func (d *Discord) suggest(ctx context.Context, in decoded) []suggestion {
	list := []suggestion{}
	s, ok := d.handler.(Suggester)
	command, known := findSub(in.verb)
	at := slices.IndexFunc(command.options, func(o opt) bool { return o.name == in.own && o.want != "" })
	if !ok || !known || at < 0 {
		return list
	}
	done := make(chan []bot.Option, 1)
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	go func() {
		defer close(done)
		defer d.guard(ctx)
		found, err := s.Suggest(limited, in.in, command.options[at].want, in.raw)
		if err != nil {
			d.Log.LogAttrs(ctx, slog.LevelWarn, "nothing could be suggested", slog.Any("error", err))
		}
		done <- found
	}()
	select {
	case found := <-done:
		for _, o := range found[:min(len(found), suggestMax)] {
			if name := cut(tidy(o.Text), optionMax); name != "" && len(o.ID) <= optionMax {
				list = append(list, suggestion{Name: name, Value: o.ID})
			}
		}
	case <-d.After(patience):
	}
	return list
}
