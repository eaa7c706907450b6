package web

import (
	"convenor/bot"
	"convenor/flows"
)

// The shapes that the page and the journal know. They follow those of package bot one by one; the names of their JSON
// fields are what a journal already on disk relies on.

type message struct {
	Locale   flows.Locale `json:"locale,omitempty"`
	Calls    string       `json:"calls,omitempty"` // user id of whom it calls; the first block begins with their name
	Blocks   []block      `json:"blocks"`
	Controls []control    `json:"controls,omitempty"`
}

type block struct {
	Style flows.Style `json:"style"`
	Text  string      `json:"text"`
}

type control struct {
	Kind    flows.ControlKind `json:"kind"`
	Label   string            `json:"label"`
	Token   string            `json:"token,omitempty"`
	Options []option          `json:"options,omitempty"`
	URL     string            `json:"url,omitempty"`
	Primary bool              `json:"primary,omitempty"`
}

type option struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type form struct {
	Locale flows.Locale `json:"locale,omitempty"`
	Title  string       `json:"title"`
	Intro  []block      `json:"intro,omitempty"`
	Fields []field      `json:"fields"`
	Token  string       `json:"token"`
	Submit string       `json:"submit"`
	Close  string       `json:"close"`
}

type field struct {
	ID       string          `json:"id"`
	Field    flows.FieldKind `json:"field"`
	Label    string          `json:"label"`
	Hint     string          `json:"hint,omitempty"`
	Options  []option        `json:"options,omitempty"`
	Max      int             `json:"max,omitempty"`
	Optional bool            `json:"optional,omitempty"`
	Value    flows.Input     `json:"value"`
	Error    string          `json:"error,omitempty"`
}

func viewMessage(m bot.Message) message {
	v := message{Locale: m.Locale, Blocks: viewBlocks(m.Blocks)}
	if who, ok := persona(m.Calls); ok && len(v.Blocks) > 0 {
		v.Calls, v.Blocks[0].Text = who.User, "@"+who.Name+" "+v.Blocks[0].Text
	}
	for _, c := range m.Controls {
		v.Controls = append(v.Controls, control{
			Kind: c.Kind, Label: c.Label, Token: c.Token, Options: viewOptions(c.Options), URL: c.URL, Primary: c.Primary,
		})
	}
	return v
}

func viewForm(f bot.Form) form {
	v := form{
		Locale: f.Locale, Title: f.Title, Intro: viewBlocks(f.Intro), Token: f.Token, Submit: f.Submit, Close: f.Close,
	}
	for _, in := range f.Fields {
		v.Fields = append(v.Fields, field{
			ID: in.ID, Field: in.Field, Label: in.Label, Hint: in.Hint, Options: viewOptions(in.Options),
			Max: in.Max, Optional: in.Optional, Value: in.Value, Error: in.Error,
		})
	}
	return v
}

func viewBlocks(blocks []bot.Block) []block {
	v := make([]block, 0, len(blocks))
	for _, b := range blocks {
		v = append(v, block{Style: b.Style, Text: b.Text})
	}
	return v
}

func viewOptions(options []bot.Option) []option {
	var v []option
	for _, o := range options {
		v = append(v, option(o))
	}
	return v
}
