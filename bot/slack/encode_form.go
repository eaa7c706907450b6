package slack

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// Limits of a form.
const (
	titleMax     = 24
	viewBlocks   = 100
	inputMax     = 3000
	lineMax      = 150 // our own: a shorter answer gets a box of one line
	fieldMax     = 2000
	boxesMax     = 10
	introMax     = 20 // our own: blocks before the first field
	metadataMax  = 3000
	viewMax      = 240_000 // bytes; Slack's 250 KB with room for what it adds
	optionMin    = 12      // our own: shorter than that an option says too little
	fieldsMax    = 40      // our own: each may need two blocks, its error and its input
	blockIDMax   = 255
	callbackForm = "form"
)

// appName is the title of a form that has none of its own. It is a name and reads the same in every language.
const appName = "Convenor"

// formMetadata is what a form carries along unseen: its token and where it was opened.
func formMetadata(token, channel string) string { return token + "\n" + channel }

func splitMetadata(s string) (token, channel string) {
	token, channel, _ = strings.Cut(s, "\n")
	return token, channel
}

// callbackLocale is the language of a form, which stands in its callback_id.
func callbackLocale(id string) flows.Locale {
	_, locale, _ := strings.Cut(id, ".")
	return flows.Locale(locale)
}

// modal dresses a form. channel is where it was opened. typed says whether to put in what f's fields hold already. A
// form that would be too large says its options in fewer words, and asks less as the last resort.
func modal(f bot.Form, channel string, typed bool) slackgo.ModalViewRequest {
	v := dressForm(f, channel, typed)
	for words := optionMax; tooLarge(v) && len(f.Fields) > 1; words /= 2 {
		if words < optionMin {
			f.Fields = f.Fields[:len(f.Fields)/2]
		}
		f.Fields = slices.Clone(f.Fields)
		for i := range f.Fields {
			f.Fields[i].Options = slices.Clone(f.Fields[i].Options)
			for j := range f.Fields[i].Options {
				o := &f.Fields[i].Options[j]
				o.Text = cut(strings.TrimSpace(clean(o.Text)), max(words, optionMin))
			}
		}
		v = dressForm(f, channel, typed)
	}
	return v
}

// tooLarge reports whether Slack would refuse a form for its size.
func tooLarge(v slackgo.ModalViewRequest) bool {
	raw, err := json.Marshal(v)
	return err == nil && len(raw) > viewMax
}

func dressForm(f bot.Form, channel string, typed bool) slackgo.ModalViewRequest {
	v := frame(f.Locale, f.Title, f.Close)
	v.PrivateMetadata = cut(formMetadata(f.Token, channel), metadataMax)
	if submit := strings.TrimSpace(clean(f.Submit)); submit != "" {
		v.Submit = plainText(cut(submit, titleMax))
	}
	blocks := textBlocks(f.Intro, introMax, blocksTextMax, "")
	seen := map[string]bool{}
	for _, field := range f.Fields[:min(len(f.Fields), fieldsMax)] {
		if field.ID == "" || len(field.ID) > blockIDMax || seen[field.ID] {
			continue
		}
		seen[field.ID] = true
		if !typed {
			field.Value = flows.Input{}
		}
		in := slackgo.NewInputBlock(field.ID, plainText(cut(first(strings.TrimSpace(clean(field.Label)), "…"), fieldMax)), nil, nil)
		if !equip(in, field) {
			continue
		}
		if field.Error != "" {
			blocks = append(blocks, textBlocks([]bot.Block{{Style: flows.StyleBody, Text: field.Error}}, 1, sectionMax, "")...)
		}
		if hint := strings.TrimSpace(clean(field.Hint)); hint != "" {
			in.Hint = plainText(cut(hint, fieldMax))
		}
		in.Optional = field.Optional
		blocks = append(blocks, in)
	}
	v.Blocks.BlockSet = blocks
	if v.Submit == nil && len(seen) > 0 {
		v.Submit = plainText("OK")
	}
	return v
}

// frame is a form without content.
func frame(locale flows.Locale, title, closing string) slackgo.ModalViewRequest {
	v := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: callbackForm + "." + string(locale),
		Title:  plainText(cut(first(strings.TrimSpace(clean(title)), appName), titleMax)),
		Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{}},
	}
	if closing = strings.TrimSpace(clean(closing)); closing != "" {
		v.Close = plainText(cut(closing, titleMax))
	}
	return v
}

// notice dresses a message as a form without fields.
func notice(m bot.Message, closing, channel string) slackgo.ModalViewRequest {
	v := frame(m.Locale, appName, closing)
	v.PrivateMetadata = formMetadata("", channel)
	v.Blocks.BlockSet = messageBlocks(m, "")
	return v
}

// home dresses a message as a home tab.
func home(m bot.Message) slackgo.HomeTabViewRequest {
	return slackgo.HomeTabViewRequest{
		Type: slackgo.VTHomeTab, CallbackID: callbackForm + "." + string(m.Locale),
		Blocks: slackgo.Blocks{BlockSet: messageBlocks(m, "")},
	}
}

// equip gives an input the widget for its field; false when there is nothing to choose from. The widget's action_id is
// the same for the same kind of field, so that Slack keeps what was typed when the form is shown again.
func equip(in *slackgo.InputBlock, f bot.Field) bool {
	id := string(f.Field)
	switch f.Field {
	case flows.FieldDate:
		e := slackgo.NewDatePickerBlockElement(id)
		if _, err := time.Parse(time.DateOnly, pick(f.Value)); err == nil {
			e.InitialDate = pick(f.Value)
		}
		in.Element = e
	case flows.FieldPerson:
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeUser, nil, id)
		if isUser(pick(f.Value)) {
			e.InitialUser = pick(f.Value)
		}
		in.Element = e
	case flows.FieldChoice, flows.FieldConsent, flows.FieldScale:
		equipChoice(in, id, options(f.Options), pick(f.Value))
	case flows.FieldMany:
		equipMany(in, id, options(f.Options), f.Value.Picks)
	case flows.FieldText, flows.FieldNumber, flows.FieldTime, flows.FieldLink, flows.FieldRank, flows.FieldPoints:
		// Slack's own inputs for numbers, times and addresses refuse what one parser of ours reads.
		in.Element = textElement(id, f)
	}
	return in.Element != nil
}

func textElement(id string, f bot.Field) *slackgo.PlainTextInputBlockElement {
	limit := inputMax
	if f.Max > 0 {
		limit = min(f.Max, inputMax)
	}
	e := slackgo.NewPlainTextInputBlockElement(nil, id)
	e.MaxLength, e.Multiline = limit, limit > lineMax
	e.InitialValue = cut(clean(f.Value.Text), limit)
	return e
}

// equipChoice shows few options one below the other and many as a menu.
func equipChoice(in *slackgo.InputBlock, id string, opts []*slackgo.OptionBlockObject, picked string) {
	if len(opts) == 0 {
		return
	}
	opts = opts[:min(len(opts), optionsMax)]
	var start *slackgo.OptionBlockObject
	if at := slices.IndexFunc(opts, func(o *slackgo.OptionBlockObject) bool { return o.Value == picked }); at >= 0 {
		start = opts[at]
	}
	if len(opts) <= boxesMax {
		e := slackgo.NewRadioButtonsBlockElement(id, opts...)
		e.InitialOption = start
		in.Element = e
		return
	}
	e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, id, opts...)
	e.InitialOption = start
	in.Element = e
}

// equipMany shows few options as boxes and many as a menu.
func equipMany(in *slackgo.InputBlock, id string, opts []*slackgo.OptionBlockObject, picked []string) {
	if len(opts) == 0 {
		return
	}
	opts = opts[:min(len(opts), optionsMax)]
	var start []*slackgo.OptionBlockObject
	for _, o := range opts {
		if slices.Contains(picked, o.Value) {
			start = append(start, o)
		}
	}
	if len(opts) <= boxesMax {
		e := slackgo.NewCheckboxGroupsBlockElement(id, opts...)
		e.InitialOptions = start
		in.Element = e
		return
	}
	e := slackgo.NewOptionsMultiSelectBlockElement(slackgo.MultiOptTypeStatic, nil, id, opts...)
	e.InitialOptions = start
	in.Element = e
}

// pick is the one thing picked in a field.
func pick(v flows.Input) string {
	if len(v.Picks) == 1 {
		return v.Picks[0]
	}
	return ""
}

// isUser reports whether s looks like a user id of Slack's: a form that starts with anything else is refused.
func isUser(s string) bool { return regexp.MustCompile(`^[UW][A-Z0-9]{1,20}$`).MatchString(s) }
