package discord

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// What a message of the old kind takes (resources/message).
const (
	plainText = 2000
	plainRows = 5
	// plainLife is how long messages are made the old way after Discord took one only so.
	plainLife = 24 * time.Hour
)

// plain is the message as Discord took it before it was made of components alone: less of the text, and what does not fit
// shows as cut. Its first row carries the mark.
func (m message) plain() message {
	if m.Flags&flagComponents == 0 || len(m.Components) == 0 {
		return m
	}
	out := m
	out.Flags &^= flagComponents
	out.Content = cut(m.Components[0].Content, plainText)
	out.Components = append([]component{}, m.Components[1:min(len(m.Components), 1+plainRows)]...)
	if len(out.Components) > 0 {
		out.Components[0].ID = m.Components[0].ID
	}
	return out
}

// speak sends the body of a message. What Discord refuses as it is made it may take the old way: where it does, others are
// made so for a day. An edit says nothing about others: one that was made the old way may have to stay so.
func (d *Discord) speak(ctx context.Context, method, path string, m message, into any) error {
	return d.eitherWay(ctx, method != http.MethodPatch, func(plain bool) error {
		if plain {
			return d.request(ctx, method, path, m.plain(), into)
		}
		return d.request(ctx, method, path, m, into)
	})
}

// eitherWay does something with a message, and when Discord refuses how it is made once more the other way. A new message
// tells how others are to be made.
func (d *Discord) eitherWay(ctx context.Context, tells bool, do func(plain bool) error) error {
	plain := d.plainly()
	err := do(plain)
	if code(err) != codeInvalid {
		return err
	}
	if do(!plain) != nil {
		return err // it is something else
	}
	if !plain && tells {
		d.plain.Store(d.Machine().Add(plainLife).UnixNano())
		d.Log.LogAttrs(ctx, slog.LevelWarn, "Discord does not take messages as they are made today; they are made the old way for a day")
	}
	return nil
}

// plainly reports whether messages are made the old way now.
func (d *Discord) plainly() bool { return d.Machine().UnixNano() < d.plain.Load() }

// answerBy gives the first answer to an interaction over the REST API.
func (d *Discord) answerBy(ctx context.Context, path string, a answered) error {
	m, is := a.Data.(message)
	if !is {
		return d.request(ctx, http.MethodPost, path, a, nil)
	}
	return d.eitherWay(ctx, true, func(plain bool) error {
		if a.Data = m; plain {
			a.Data = m.plain()
		}
		return d.request(ctx, http.MethodPost, path, a, nil)
	})
}
