package bottest

import (
	"strings"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// Piece is one thing that people are shown, as a platform gets it. Exactly one of Message and Form is set.
type Piece struct {
	Name    string // unique in its list, and fit to name a file
	Message *bot.Message
	Form    *bot.Form
}

// Locales are the languages that a corpus is in.
func Locales() []flows.Locale { return []flows.Locale{flows.English, flows.Spanish} }

// Styles are all styles of a paragraph.
func Styles() []flows.Style {
	return []flows.Style{flows.StyleHeading, flows.StyleBody, flows.StyleSmall, flows.StyleItem, flows.StyleQuote}
}

// Controls are all kinds of control.
func Controls() []flows.ControlKind {
	return []flows.ControlKind{flows.ControlButton, flows.ControlSelect, flows.ControlPerson, flows.ControlLink}
}

// Vocabulary is a piece for each word of the neutral language, in each language: each style of paragraph, each kind of
// control, each kind of field (blank, filled and refused), and what many of them make together. No word of a pack is in
// it, so that it changes only when the neutral language does. What Talk adds are a pack's own words.
func Vocabulary() []Piece {
	var list []Piece
	for _, locale := range Locales() {
		s := sayer{locale}
		for _, style := range Styles() {
			list = append(list, s.message("style-"+string(style), []bot.Block{s.block(style), s.block(flows.StyleBody), s.block(style), s.block(style)}))
		}
		for _, kind := range Controls() {
			list = append(list, s.message("control-"+string(kind), []bot.Block{s.block(flows.StyleBody)}, s.controls(kind)...))
		}
		list = append(list, s.message("instant", s.instants("", "")), s.message("instant-beside", s.instants("*Bo* <t:1:F> ", " <!date^1^{date}|then>")))
		list = append(list, s.message("all", s.all(), s.everyControl()...), s.message("long", s.long(), s.everyControl()...))
		for _, kind := range flows.FieldKinds() {
			blank, filled, refused := s.field(kind), s.field(kind), s.field(kind)
			filled.Value = value(kind)
			refused.Value, refused.Error = value(kind), s.say("That did not work. Please try it this way.", "Eso no funcionó. Prueba así, por favor.")
			refused.Optional = true
			list = append(list, s.form("field-"+string(kind), blank), s.form("field-"+string(kind)+"-filled", filled), s.form("field-"+string(kind)+"-refused", refused))
		}
		list = append(list, s.form("page", s.field(flows.FieldText), s.field(flows.FieldChoice), s.field(flows.FieldMany), s.field(flows.FieldPerson), s.field(flows.FieldDate)))
	}
	return list
}

// sayer speaks one language.
type sayer struct{ locale flows.Locale }

func (s sayer) say(english, spanish string) string {
	if s.locale == flows.Spanish {
		return spanish
	}
	return english
}

func (s sayer) message(name string, blocks []bot.Block, controls ...bot.Control) Piece {
	return Piece{Name: name + "." + string(s.locale), Message: &bot.Message{Locale: s.locale, Blocks: blocks, Controls: controls}}
}

func (s sayer) form(name string, fields ...bot.Field) Piece {
	return Piece{Name: name + "." + string(s.locale), Form: &bot.Form{
		Locale: s.locale, Title: s.say("Your answer", "Tu respuesta"),
		Intro:  []bot.Block{{Style: flows.StyleBody, Text: s.say("Who can carry the message?", "¿Quién puede llevar el mensaje?")}, {Style: flows.StyleSmall, Text: s.say("Question 1 of 3", "Pregunta 1 de 3")}},
		Fields: fields, Token: flows.Token{Verb: flows.VerbAnswer, Object: "runrunrunrunrunr", Rev: 7, Node: "who"}.String(),
		Submit: s.say("Send", "Enviar"), Close: s.say("Close", "Cerrar"),
	}}
}

// block is a paragraph with everything in it that a platform could take for markup.
func (s sayer) block(style flows.Style) bot.Block {
	text := s.say("Ask Rosa & *Bo* at 5 > 3, <@U1> or @everyone: \"ready?\"", "Pregunta a Rosa y a *Bo*: 5 > 3, <@U1> o @everyone. ¿Listo?")
	if style != flows.StyleHeading && style != flows.StyleItem {
		text += "\n" + s.say("Then write it _down_.", "Luego _anótalo_.")
	}
	return bot.Block{Style: style, Text: text}
}

// Worded is what somebody in UTC reads of a piece on a platform that shows instants by each reader's own clock, with the
// piece's own words in place of what their clock shows.
func (p Piece) Worded(shown string) string {
	if p.Message == nil {
		return shown
	}
	for _, b := range p.Message.Blocks {
		for _, at := range b.Instants {
			shown = strings.ReplaceAll(shown, time.Unix(at.At, 0).UTC().Format("2 January 2006 15:04 UTC"), at.Words)
		}
	}
	return shown
}

// instants are paragraphs of each style that tell an instant, with before and after beside it.
func (s sayer) instants(before, after string) (list []bot.Block) {
	words := s.say("Friday, June 5, 3:00 PM (America/New_York)", "viernes, 5 de junio, 3:00 p.m. (America/New_York)")
	for _, style := range Styles() {
		list = append(list, bot.Block{
			Style: style, Text: before + s.say("We move on: ", "Avanzamos: ") + words + "." + after,
			Instants: []bot.Instant{{At: 1780686000, Words: words}},
		})
	}
	return list
}

func (s sayer) all() (list []bot.Block) {
	for _, style := range Styles() {
		list = append(list, s.block(style), s.block(style))
	}
	return list
}

// long is as much as package bot ever says in one message.
func (s sayer) long() (list []bot.Block) {
	total := 0
	for i := range bot.BlocksMax {
		b := s.block([]flows.Style{flows.StyleBody, flows.StyleItem, flows.StyleQuote}[i%3])
		if total += len([]rune(b.Text)); total > bot.MessageMax {
			break
		}
		list = append(list, b)
	}
	return list
}

func (s sayer) everyControl() (list []bot.Control) {
	for _, kind := range Controls() {
		list = append(list, s.controls(kind)...)
	}
	return list
}

// controls are a plain one of a kind and one that is as much as it may be.
func (s sayer) controls(kind flows.ControlKind) []bot.Control {
	token := flows.Token{Verb: flows.VerbAnswer, Object: "runrunrunrunrunr", Rev: 7, Node: "who", Arg: "plain-" + string(kind)}
	plain := bot.Control{Kind: kind, Label: s.say("Answer", "Responder"), Token: token.String(), Primary: kind == flows.ControlButton}
	token.Arg = "full-" + string(kind)
	full := bot.Control{Kind: kind, Label: s.say("I don't know – who would, and by when?", "No lo sé: ¿quién lo sabría, y para cuándo?"), Token: token.String()}
	switch kind {
	case flows.ControlSelect:
		plain.Options = s.options(3)
		full.Options = s.options(flows.ChoiceMax)
	case flows.ControlLink:
		plain.Token, full.Token = "", ""
		plain.URL, full.URL = "https://example.org", "https://example.org/page?a=1&b=2#part"
	case flows.ControlButton, flows.ControlPerson:
	}
	return []bot.Control{plain, full}
}

func (s sayer) options(n int) (list []bot.Option) {
	for i := range n {
		id := string(rune('a' + i))
		list = append(list, bot.Option{ID: id, Text: s.say("A choice called ", "Una opción llamada ") + id})
	}
	return list
}

// field is a blank one of a kind.
func (s sayer) field(kind flows.FieldKind) bot.Field {
	f := bot.Field{
		ID: "node-" + string(kind), Field: kind, Label: s.say("What we name it", "Cómo lo llamamos"), Hint: s.say("In your own words", "Con tus propias palabras"),
	}
	switch kind {
	case flows.FieldChoice, flows.FieldScale:
		f.Options = s.options(4)
	case flows.FieldConsent:
		f.Options = []bot.Option{{ID: flows.Yes, Text: s.say("Yes", "Sí")}, {ID: flows.No, Text: "No"}}
	case flows.FieldMany:
		f.Options, f.Max = s.options(flows.ManyMax), 3
	case flows.FieldText:
		f.Max = flows.TextMax
	case flows.FieldLink:
		f.Max = flows.LinkMax
	case flows.FieldRank, flows.FieldPoints:
		f.Max = 300
	case flows.FieldNumber, flows.FieldTime:
		f.Max = 40
	case flows.FieldDate, flows.FieldPerson:
	}
	return f
}

// value is something that was filled in before. A person is left blank: whose id it is differs with the platform.
func value(kind flows.FieldKind) flows.Input {
	switch kind {
	case flows.FieldChoice, flows.FieldScale:
		return flows.Input{Picks: []string{"b"}}
	case flows.FieldConsent:
		return flows.Input{Picks: []string{flows.Yes}}
	case flows.FieldMany:
		return flows.Input{Picks: []string{"a", "c"}}
	case flows.FieldDate:
		return flows.Input{Picks: []string{"2026-12-01"}}
	case flows.FieldText:
		return flows.Input{Text: "Ask <Rosa> & *Bo*\n@everyone"}
	case flows.FieldNumber:
		return flows.Input{Text: "1200.5"}
	case flows.FieldTime:
		return flows.Input{Text: "15:30"}
	case flows.FieldLink:
		return flows.Input{Text: "https://example.org/page?a=1"}
	case flows.FieldRank:
		return flows.Input{Text: "3 1 2"}
	case flows.FieldPoints:
		return flows.Input{Text: "5 3 2"}
	case flows.FieldPerson:
	}
	return flows.Input{}
}
