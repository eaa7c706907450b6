package bot

import (
	"context"
	"fmt"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/when"
)

// What a rendered message may hold at most. The numbers are the smallest that Slack and Discord allow, so that no
// adapter ever has to cut. A count is of characters.
const (
	LabelMax      = 75   // a button's or an option's label: Slack
	FormTitleMax  = 24   // Slack
	FormLabelMax  = 45   // Discord
	FormHintMax   = 100  // Discord
	BlockMax      = 3000 // one paragraph: Slack's section
	BlocksMax     = 40   // paragraphs: Slack takes 50 blocks, of which controls need some
	MessageMax    = 9000 // all paragraphs: Slack refuses a message somewhere near 13,000
	FormBlocksMax = 20   // paragraphs before the first field
)

// nameMax is how many characters of a person's name are shown: so many that a nudge that names someone is at most 300
// characters long.
const nameMax = 30

// Reader is the one whom a message is rendered for.
type Reader struct {
	Locale flows.Locale
	Today  string            // civil date where the reader is, YYYY-MM-DD; dates of another year are shown with it
	Zone   *time.Location    // in which instants are told; nil is UTC
	Texts  map[string]string // typed texts by id; one that is missing was withdrawn
	Names  map[string]string // what people go by, by person id
}

// Voice turns messages that are data into words. One message speaks one language: when any part of it lacks the
// reader's, all of it is English. A Voice holds no state.
type Voice struct{ Pack Pack }

// Message renders m for r. Nothing in the result is longer than this package's limits; what is cut ends in "…", and
// paragraphs that do not fit are counted in a last line, never dropped in silence.
func (v Voice) Message(m flows.Message, r Reader) Message {
	s := v.speak(r, r.Locale)
	out := s.message(m)
	if s.gap && s.locale != flows.English {
		s = v.speak(r, flows.English)
		out = s.message(m)
	}
	return out
}

// Form renders f for r, in one language like a Message. What a person had typed already is handed on untouched.
func (v Voice) Form(f flows.Form, r Reader) Form {
	s := v.speak(r, r.Locale)
	out := s.form(f)
	if s.gap && s.locale != flows.English {
		s = v.speak(r, flows.English)
		out = s.form(f)
	}
	return out
}

// Word is one phrase of the catalogue that has no placeholders, in English when locale lacks it.
func (v Voice) Word(locale flows.Locale, key string) string {
	if words, ok := v.Pack.Word(locale, key, -1); ok {
		return words
	}
	if words, ok := v.Pack.Word(flows.English, key, -1); ok {
		return words
	}
	return key
}

func (v Voice) speak(r Reader, locale flows.Locale) *speaker {
	if locale == "" {
		locale = flows.English
	}
	return &speaker{pack: v.Pack, reader: r, locale: locale}
}

// References names the records that rendering m needs: typed texts and persons, each once.
func References(m flows.Message) []flows.Ref {
	var c refs
	c.parts(m.Parts)
	for _, control := range m.Controls {
		c.args(control.Args)
	}
	return c.list
}

// FormReferences names the records that rendering f needs.
func FormReferences(f flows.Form) []flows.Ref {
	var c refs
	c.args(f.Title.Args)
	c.parts(f.Intro)
	for _, field := range f.Fields {
		c.arg(flows.Arg{TextID: field.TextID})
		c.args(field.Label.Args)
		if field.Hint != nil {
			c.args(field.Hint.Args)
		}
		if field.Error != nil {
			c.args(field.Error.Args)
		}
	}
	return c.list
}

// refs collects references without repeats, in a stable order.
type refs struct {
	list []flows.Ref
	seen map[flows.Ref]bool
}

func (c *refs) parts(parts []flows.Part) {
	for _, p := range parts {
		c.args(p.Args)
	}
}

func (c *refs) args(args map[string]flows.Arg) {
	for _, name := range sortedKeys(args) {
		c.arg(args[name])
	}
}

func (c *refs) arg(a flows.Arg) {
	if a.TextID != "" {
		c.add(flows.Ref{Kind: flows.KindText, ID: a.TextID})
	}
	if a.Person != "" {
		c.add(flows.Ref{Kind: flows.KindPerson, ID: a.Person})
	}
	for _, item := range a.List {
		c.arg(item)
	}
}

func (c *refs) add(r flows.Ref) {
	if c.seen[r] {
		return
	}
	if c.seen == nil {
		c.seen = map[flows.Ref]bool{}
	}
	c.seen[r] = true
	c.list = append(c.list, r)
}

// Fill adds what records tell to r: the words of typed texts and the names of persons. Other kinds are passed over, so
// that one Load can serve a use case and its words.
func (r *Reader) Fill(records []flows.Record) error {
	if r.Texts == nil {
		r.Texts = map[string]string{}
	}
	if r.Names == nil {
		r.Names = map[string]string{}
	}
	for _, rec := range records {
		switch rec.Kind {
		case flows.KindText:
			var t flows.Typed
			if err := decode(rec.Ref, rec.Data, &t); err != nil {
				return err
			}
			r.Texts[rec.ID] = t.Text
		case flows.KindPerson:
			var p coalition.Person
			if err := decode(rec.Ref, rec.Data, &p); err != nil {
				return err
			}
			r.Names[rec.ID] = p.Name
		}
	}
	return nil
}

// reader loads, in one round trip, what rendering needs beside what was read, for someone who reads locale in zone.
func (b *Bot) reader(ctx context.Context, tenant string, locale flows.Locale, zone string, needed []flows.Ref, read ...flows.Record) (Reader, error) {
	r := Reader{Locale: locale, Today: b.today(zone), Zone: b.zone(zone)}
	if err := r.Fill(read); err != nil || len(needed) == 0 {
		return r, err
	}
	records, err := b.Ledger.Load(ctx, tenant, needed...)
	if err != nil {
		return r, fmt.Errorf("load the words of a message: %w", err)
	}
	return r, r.Fill(records)
}

// render loads what m names and renders it for someone who reads locale in zone.
func (b *Bot) render(ctx context.Context, tenant string, locale flows.Locale, zone string, m flows.Message) (Message, error) {
	r, err := b.reader(ctx, tenant, locale, zone, References(m))
	if err != nil {
		return Message{}, err
	}
	return Voice{b.Pack}.Message(m, r), nil
}

// renderForm loads what f names and renders it for someone who reads locale in zone.
func (b *Bot) renderForm(ctx context.Context, tenant string, locale flows.Locale, zone string, f flows.Form) (Form, error) {
	r, err := b.reader(ctx, tenant, locale, zone, FormReferences(f))
	if err != nil {
		return Form{}, err
	}
	return Voice{b.Pack}.Form(f, r), nil
}

// today is the civil date in a zone now.
func (b *Bot) today(zone string) string { return when.Today(b.Now(), b.zone(zone)) }
