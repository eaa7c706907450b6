package flows

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"convenor/flows/when"
)

// personMax is the longest person id that is taken, in bytes. Ours have 16.
const personMax = 64

// shortMatch is how many letters of an option must at least be typed to mean it.
const shortMatch = 3

// refusal says why what was typed or picked cannot be taken. It never blames.
type refusal struct {
	why    string // key: what is wrong and what to do next
	args   map[string]Arg
	so     []Part  // lines after the reason
	offers []offer // what may be meant, to choose from
	other  string  // key: the button for none of those
	back   string  // what the button sends that takes the last step back, if there is one
	at     string  // the option whose field is wrong, when a form has a field for each
	ask    bool    // offers hold the answer: they are offered as buttons even when the input came from a form
}

// offer is something that can be pressed instead of writing again.
type offer struct {
	pick  string // what a press sends
	label Arg
}

func refuse(why string) *refusal { return &refusal{why: why} }

// read makes a value of what was typed or picked for node n. The text of a text answer comes beside it. One reader per
// kind serves button, menu, form, chat and paper.
func (n *node) read(e Event) (v Value, text string, no *refusal) {
	switch n.Field {
	case FieldText:
		text, no = readText(e.Input.Text, n.textMax())
		return Value{Kind: ValueText, TextID: e.TextID}, text, no
	case FieldChoice:
		v, no = n.readChoice(e.Input)
	case FieldMany:
		v, no = n.readMany(e.Input)
	case FieldDate:
		v, no = readDate(e)
	case FieldPerson:
		v, no = readPerson(e.Input)
	case FieldConsent:
		v, no = readConsent(e.Input)
	case FieldNumber:
		v, no = n.readNumber(e)
	case FieldTime:
		v, no = readTime(e)
	case FieldLink:
		text, no = readLink(e.Input.Text)
		return Value{Kind: ValueLink, TextID: e.TextID}, text, no
	case FieldRank:
		v, no = n.readRank(e.Input)
	case FieldPoints:
		v, no = n.readPoints(e.Input)
	case FieldScale:
		v, no = n.readScale(e.Input)
	}
	return v, "", no
}

func (n *node) textMax() int {
	if n.Max > 0 {
		return n.Max
	}
	return TextMax
}

func (n *node) picksMax() int {
	if n.Max > 0 {
		return n.Max
	}
	return len(n.Options)
}

// readText takes text that has something to read in it and is not longer than limit characters.
func readText(typed string, limit int) (string, *refusal) {
	text := cleaned(typed)
	if strings.IndexFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) < 0 {
		return "", refuse("run.refuse.empty")
	}
	if count := utf8.RuneCountInString(text); count > limit {
		return "", &refusal{why: "run.refuse.long", args: map[string]Arg{"count": {Number: &count}, "max": {Number: &limit}}}
	}
	return text, nil
}

// cleaned is text as it is kept: broken bytes replaced, ends of line alike, other control characters and the space
// around it gone.
func cleaned(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		default:
			return r
		}
	}, text)
	return strings.TrimSpace(text)
}

func (n *node) readChoice(in Input) (Value, *refusal) {
	ids, no := n.picked(in)
	switch {
	case no != nil:
		return Value{}, no
	case len(ids) > 1:
		return Value{}, refuse("run.refuse.one")
	}
	return Value{Kind: ValueChoice, Picks: ids}, nil
}

func (n *node) readMany(in Input) (Value, *refusal) {
	ids, no := n.picked(in)
	if no != nil {
		return Value{}, no
	}
	if count, limit := len(ids), n.picksMax(); count > limit {
		return Value{}, &refusal{why: "run.refuse.many", args: map[string]Arg{"count": {Number: &count}, "max": {Number: &limit}}}
	}
	return Value{Kind: ValueMany, Picks: ids}, nil
}

// picked returns the ids of the options that were picked or typed, each once, in the order of the definition.
func (n *node) picked(in Input) ([]string, *refusal) {
	chosen := map[string]bool{}
	for _, pick := range in.Picks {
		if !slices.ContainsFunc(n.Options, func(o Option) bool { return o.ID == pick }) {
			return nil, refuse("run.refuse.option")
		}
		chosen[pick] = true
	}
	if len(in.Picks) == 0 && strings.TrimSpace(in.Text) != "" && !n.typedOptions(in.Text, chosen) {
		return nil, refuse("run.refuse.option")
	}
	var ids []string
	for _, o := range n.Options {
		if chosen[o.ID] {
			ids = append(ids, o.ID)
		}
	}
	if len(ids) == 0 {
		return nil, refuse("run.refuse.nothing")
	}
	return ids, nil
}

// typedOptions finds the options that text names: one, or several with commas between. It reports whether all of text
// was understood.
func (n *node) typedOptions(text string, chosen map[string]bool) bool {
	if id, ok := n.option(text); ok {
		chosen[id] = true
		return true
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) })
	for _, part := range parts {
		if folded(part) == "" {
			continue
		}
		id, ok := n.option(part)
		if !ok {
			return false
		}
		chosen[id] = true
	}
	return true
}

// option finds the option that text means: its words in any language, its id, the beginning of one option's words, or
// its place in the list.
func (n *node) option(text string) (id string, ok bool) {
	typed := folded(text)
	var begun []string
	for _, o := range n.Options {
		for _, l := range locales() {
			words := folded(o.Text[l])
			if words == typed {
				return o.ID, true
			}
			if utf8.RuneCountInString(typed) >= shortMatch && strings.HasPrefix(words, typed) && !slices.Contains(begun, o.ID) {
				begun = append(begun, o.ID)
			}
		}
		if o.ID == typed {
			return o.ID, true
		}
	}
	if len(begun) == 1 {
		return begun[0], true
	}
	if place, err := strconv.Atoi(typed); err == nil && place >= 1 && place <= len(n.Options) {
		return n.Options[place-1].ID, true
	}
	return "", false
}

// readDate reads a picked or typed date. Two readings are no answer yet: the person chooses.
func readDate(e Event) (Value, *refusal) {
	text := strings.TrimSpace(e.Input.Text)
	switch {
	case len(e.Input.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case len(e.Input.Picks) == 1:
		text = e.Input.Picks[0]
	case text == "":
		return Value{}, refuse("run.refuse.nothing")
	}
	if len(e.Input.Picks) == 1 && when.Takes(text, e.Today) {
		return Value{Kind: ValueDate, Date: text}, nil
	}
	reading, err := when.Date(text, e.Today, string(e.Locale))
	switch {
	case err != nil:
		return Value{}, cmp.Or(timedDate(text, e), refuseDate(err))
	case len(reading.Dates) > 1:
		return Value{}, whichDate("run.refuse.two-dates", reading.Dates)
	}
	return Value{Kind: ValueDate, Date: reading.Dates[0]}, nil
}

// timedDate offers the days of a text that names a time of day, too: "friday 3pm". It says why such a
// day cannot be taken, and is nil for any other text.
func timedDate(text string, e Event) *refusal {
	if _, err := when.Times(text); err == nil {
		return nil // no day is in it
	}
	moments, err := when.Moments(text, when.Moment{Date: e.Today, Clock: "00:00"}, string(e.Locale))
	switch {
	case errors.Is(err, when.ErrUnreadable):
		return nil
	case err != nil:
		return refuseDate(err)
	}
	var days []string
	for _, m := range moments {
		if !slices.Contains(days, m.Date) {
			days = append(days, m.Date)
		}
	}
	return whichDate("run.refuse.timed", days)
}

// refuseDate says why a text is no date to take, and offers the dates that may be meant.
func refuseDate(err error) *refusal {
	if past, ok := errors.AsType[*when.PastError](err); ok {
		args := map[string]Arg{"date": {Date: past.Date}}
		if past.Next == "" {
			return &refusal{why: "run.refuse.past", args: args}
		}
		args["next"] = Arg{Date: past.Next}
		return &refusal{why: "run.refuse.past-next", args: args, offers: dateOffers(past.Next), other: "run.other-date"}
	}
	if none, ok := errors.AsType[*when.ImpossibleError](err); ok {
		return whichDate("run.refuse.no-day", none.Offers)
	}
	if far, ok := errors.AsType[*when.FarError](err); ok {
		args := map[string]Arg{"date": {Date: far.Date}}
		if far.Beyond {
			return &refusal{why: "run.refuse.too-far", args: args}
		}
		return &refusal{why: "run.refuse.far", args: args, offers: dateOffers(far.Date), other: "run.other-date", ask: true}
	}
	if near, ok := errors.AsType[*when.CloseError](err); ok {
		return whichDate("run.refuse.close-date", near.Dates)
	}
	return refuse("run.refuse.date")
}

func dateOffers(dates ...string) []offer {
	var offers []offer
	for _, d := range dates {
		offers = append(offers, offer{pick: d, label: Arg{Date: d}})
	}
	return offers
}

// whichDate asks which of the dates is meant, by buttons. They are in the words too, for a form that has no buttons.
func whichDate(why string, dates []string) *refusal {
	var list []Arg
	for _, d := range dates {
		list = append(list, Arg{Date: d})
	}
	return &refusal{why: why, args: map[string]Arg{"dates": {List: list}}, offers: dateOffers(dates...), other: "run.other-date", ask: true}
}

// readPerson takes a picked person. Who a typed name means is found before the event is made: what still is text here
// led to nobody.
func readPerson(in Input) (Value, *refusal) {
	switch {
	case len(in.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case len(in.Picks) == 0 || in.Picks[0] == "" || len(in.Picks[0]) > personMax:
		return Value{}, refuse("run.refuse.person")
	}
	return Value{Kind: ValuePerson, Person: in.Picks[0]}, nil
}

func readConsent(in Input) (Value, *refusal) {
	said := folded(in.Text)
	if len(in.Picks) > 0 {
		said = in.Picks[0]
	}
	switch yes, no := saysYes(said), saysNo(said); {
	case len(in.Picks) > 1:
		return Value{}, refuse("run.refuse.one")
	case yes:
		return Value{Kind: ValueConsent, Picks: []string{Yes}}, nil
	case no:
		return Value{Kind: ValueConsent, Picks: []string{No}}, nil
	}
	return Value{}, refuse("run.refuse.yes-no")
}

// saysYes reports whether folded text is a yes in English or Spanish.
func saysYes(text string) bool { return text == Yes || text == "y" || text == "si" || text == "s" }

// saysNo reports whether folded text is a no in English or Spanish.
func saysNo(text string) bool { return text == No || text == "n" }

// folded is text as it is compared: small letters without accents, single spaces, no mark at the end.
func folded(text string) string {
	return when.Unaccented(strings.Join(strings.Fields(strings.ToLower(strings.TrimRight(text, ".!? \n"))), " "))
}
