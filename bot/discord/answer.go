package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// The times of an interaction. Discord wants an answer within three seconds; what takes longer than patience is answered
// without its outcome, and the outcome follows within the quarter of an hour that Discord allows.
const (
	patience  = 2 * time.Second
	handleMax = 25 * time.Second        // a Handler that takes longer has failed
	sayMax    = 3500 * time.Millisecond // how long another process that carried it out is left to say what came of it
)

// errPast means that an interaction has its answer, from a process that was given it before for instance, or that it is too
// late for one, of which Discord tells itself. Nothing is left to say.
var errPast = errors.New("answered already, or too late to be answered")

// reply gives the first answer to an interaction: over the REST API or, where it came over HTTP, as its response. It
// returns errPast when nobody waits for one.
type reply func(ctx context.Context, a answered) error

// exchange is one interaction on its way to its answer. first is given once.
type exchange struct {
	d     *Discord
	in    decoded
	first reply

	mu    sync.Mutex
	later bool // a message was promised
	done  bool // the first answer was given
}

// callback answers over the REST API.
func (d *Discord) callback(in decoded) reply {
	return func(ctx context.Context, a answered) error {
		err := d.answerBy(ctx, "interactions/"+in.id+"/"+in.token+"/callback", a)
		if c := code(err); c == codeAnswered || c == codeUnknownAction {
			return errPast
		}
		return wrap("answer an interaction", err)
	}
}

// interact carries out an interaction, and returns when that has ended. It is never owed: of one that has no answer
// Discord itself tells that it failed.
func (d *Discord) interact(ctx context.Context, in decoded, first reply) error {
	if err := d.exchange(ctx, in, first); !errors.Is(err, errPast) {
		return err
	}
	return nil
}

func (d *Discord) exchange(ctx context.Context, in decoded, first reply) error {
	if in.in.Place == "" {
		in.guild = d.guildOf(ctx, in.guild, in.in.User)
		if in.guild != "" {
			in.in.Place = place(in.guild)
		}
	}
	d.profiles.hear(in.in.User, in.in.Locale)
	x := &exchange{d: d, in: in, first: first}
	switch in.kind {
	case pinged:
		return first(ctx, answered{Type: answerPong})
	case completed:
		return first(ctx, answered{Type: answerSuggestion, Data: map[string]any{"choices": d.suggest(ctx, in)}})
	case ignored, written:
		return x.nothing(ctx)
	case clicked, submitted, owned:
	}
	if in.in.Place == "" {
		return x.tell(ctx, d.say(in.locale, "discord.no-server"))
	}
	if in.kind == owned {
		return x.own(ctx)
	}
	return x.carry(ctx, in.in)
}

// carry lets the Handler work and shows what came of it.
func (x *exchange) carry(ctx context.Context, in bot.Inbound) error {
	late := x.d.After(patience)
	done := x.d.ask(ctx, in)
	select {
	case out := <-done:
		return x.finish(ctx, in, out)
	case <-late:
	}
	err := x.promise(ctx)
	out := <-done // it goes on either way
	if err != nil {
		return err
	}
	return x.finish(ctx, in, out)
}

// promise says that the outcome follows.
func (x *exchange) promise(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.in.update && x.in.kind == clicked {
		_, err := x.begin(ctx, answered{Type: answerNothing})
		return err
	}
	_, err := x.begin(ctx, answered{Type: answerLater, Data: map[string]any{"flags": flagEphemeral}})
	x.later = err == nil
	return err
}

// begin gives the first answer. given is false, without an error, where another process has promised one and was killed
// before it came: what follows is it.
func (x *exchange) begin(ctx context.Context, a answered) (given bool, err error) {
	x.done = true
	err = x.first(ctx, a)
	if !errors.Is(err, errPast) {
		return err == nil, err
	}
	if promised, e := x.promised(ctx); e != nil || !promised {
		return false, err
	}
	x.later = true
	return false, nil
}

// promised reports whether the one who acted is shown that an answer follows.
func (x *exchange) promised(ctx context.Context) (bool, error) {
	var shown posted
	err := x.d.request(ctx, http.MethodGet, "webhooks/"+x.in.app+"/"+x.in.token+"/messages/@original", nil, &shown)
	return shown.Flags&flagLoading != 0, err
}

// finish shows what came of it.
func (x *exchange) finish(ctx context.Context, in bot.Inbound, out outcome) error {
	switch {
	case in.Submit != nil && out.Form != nil:
		return x.mend(ctx, in, *out.Form)
	case in.Submit != nil && out.err != nil && out.Whisper == nil:
		return x.sendAgain(ctx, in)
	case out.Form != nil && !x.done:
		return x.open(ctx, *out.Form)
	case out.Form != nil:
		return x.ready(ctx, *out.Form)
	case out.Whisper != nil:
		return x.tell(ctx, dress(*out.Whisper, x.in.guild, ""))
	case out.err != nil:
		return x.tell(ctx, x.d.say(x.in.locale, "discord.press-again"))
	default:
		return x.nothing(ctx)
	}
}

// open opens a form.
func (x *exchange) open(ctx context.Context, f bot.Form) error {
	given, err := x.begin(ctx, answered{Type: answerModal, Data: dressForm(f, x.in.guild)})
	if given || err != nil {
		return err
	}
	return x.ready(ctx, f)
}

// ready offers a form to be opened, where it could not be opened at once.
func (x *exchange) ready(ctx context.Context, f bot.Form) error {
	return x.tell(ctx, x.offer(f, x.d.say(f.Locale, "discord.ready"), "discord.open"))
}

// nothing acknowledges, and says nothing where nothing has to be said.
func (x *exchange) nothing(ctx context.Context) error {
	told := x.d.say(x.in.locale, "discord.done")
	if !x.done {
		first := answered{Type: answerNothing}
		if !x.in.update {
			told.Flags |= flagEphemeral
			first = answered{Type: answerMessage, Data: told}
		}
		if given, err := x.begin(ctx, first); given || err != nil {
			return err
		}
	}
	if !x.later {
		return nil
	}
	select { // another process may have carried it out, and be about to say more
	case <-x.d.After(sayMax):
	case <-ctx.Done():
		return ctx.Err()
	}
	if promised, err := x.promised(ctx); err == nil && !promised {
		return nil
	}
	return x.tell(ctx, told)
}

// tell says something to the one who acted and to nobody else.
func (x *exchange) tell(ctx context.Context, m message) error {
	m.Flags |= flagEphemeral
	path := "webhooks/" + x.in.app + "/" + x.in.token
	switch {
	case !x.done:
		if given, err := x.begin(ctx, answered{Type: answerMessage, Data: m}); given || err != nil {
			return err
		}
		return x.tell(ctx, m)
	case x.later:
		m.Flags &^= flagEphemeral // it is so already
		return wrap("answer later", x.d.speak(ctx, http.MethodPatch, path+"/messages/@original", m, nil))
	default:
		return wrap("whisper", x.d.speak(ctx, http.MethodPost, path, m, nil))
	}
}

// mend shows what has to be changed in a form that was sent, what was typed into it, and a button that opens it again
// with all that in it: Discord opens no form in answer to a form.
func (x *exchange) mend(ctx context.Context, in bot.Inbound, f bot.Form) error {
	m := bot.Message{Locale: f.Locale}
	for _, field := range f.Fields {
		if field.Error != "" {
			m.Blocks = append(m.Blocks, bot.Block{Style: flows.StyleBody, Text: field.Label + ": " + field.Error})
		}
	}
	if len(m.Blocks) == 0 {
		m.Blocks = append(m.Blocks, f.Intro...)
	}
	m.Blocks = append(m.Blocks, x.d.typed(f.Locale, in.Submit)...)
	return x.tell(ctx, x.offer(f, dress(m, x.in.guild, ""), "discord.mend"))
}

// typed is what somebody typed into a form, to be read again and copied should nothing else be left of it.
func (d *Discord) typed(locale flows.Locale, s *bot.Submit) []bot.Block {
	var list []bot.Block
	for _, id := range sortedKeys(s.Fields) {
		if text := strings.TrimSpace(s.Fields[id].Text); text != "" {
			list = append(list, bot.Block{Style: flows.StyleQuote, Text: text})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return append([]bot.Block{{Style: flows.StyleSmall, Text: d.word(locale, "discord.typed")}}, list...)
}

func sortedKeys(m map[string]flows.Input) []string {
	list := make([]string, 0, len(m))
	for id := range m {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// offer adds a button to m that opens a form.
func (x *exchange) offer(f bot.Form, m message, word string) message {
	key := x.d.drawer.put(kept{user: x.in.in.User, at: x.d.Now(), form: &f})
	return x.with(m, x.d.word(f.Locale, word), key)
}

func (x *exchange) with(m message, label, key string) message {
	button := component{Type: typeButton, Style: stylePrimary, Label: cut(label, buttonMax), CustomID: ownID(x.in.guild, key)}
	m.Components = append(m.Components, component{Type: typeRow, Components: []component{button}})
	return m
}

// sendAgain says that a form was not saved, shows what was typed, and offers to send the very same once more.
func (x *exchange) sendAgain(ctx context.Context, in bot.Inbound) error {
	key := x.d.drawer.put(kept{user: in.User, at: x.d.Now(), again: &in})
	m := bot.Message{Locale: x.in.locale, Blocks: []bot.Block{{Style: flows.StyleBody, Text: x.d.word(x.in.locale, "discord.not-saved")}}}
	m.Blocks = append(m.Blocks, x.d.typed(x.in.locale, in.Submit)...)
	return x.tell(ctx, x.with(dress(m, x.in.guild, ""), x.d.word(x.in.locale, "discord.again"), key))
}

// own carries out a press of a control of the adapter's own.
func (x *exchange) own(ctx context.Context) error {
	k, ok := x.d.drawer.get(x.in.own, x.in.in.User, x.d.Now())
	switch {
	case !ok:
		return x.tell(ctx, x.d.say(x.in.locale, "discord.forgotten"))
	case k.form != nil:
		return x.open(ctx, *k.form)
	case k.whisper != nil:
		return x.tell(ctx, dress(*k.whisper, x.in.guild, ""))
	}
	x.d.drawer.drop(x.in.own)
	in := *k.again
	in.Key = x.in.in.Key // another event: the one before was not saved
	x.in.kind = submitted
	return x.carry(ctx, in)
}

// write carries out a text. What it is answered with in private goes into direct messages; where they are closed, a line
// in the channel that tells nothing offers to show it. The answer carries the text's id: should the text come to another
// process too, Discord takes the answer once.
func (d *Discord) write(ctx context.Context, in decoded) error {
	if in.in.Place == "" {
		if in.guild = d.guildOf(ctx, "", in.in.User); in.guild == "" {
			return nil
		}
		in.in.Place = place(in.guild)
	}
	in.in.Locale = d.profiles.locale(in.in.User)
	if in.in.Channel != "" {
		in.in.Channel, in.in.Typed.Thread = d.stands(ctx, in.channel)
	}
	out := <-d.ask(ctx, in.in)
	x := &exchange{d: d, in: in}
	locale := in.in.Locale
	var m message
	switch {
	case out.Form != nil:
		locale = out.Form.Locale
		m = x.offer(*out.Form, d.say(locale, "discord.ready"), "discord.open")
	case out.Whisper != nil:
		locale = out.Whisper.Locale
		m = dress(*out.Whisper, in.guild, "")
	case out.err != nil:
		m = d.say(locale, "discord.write-again")
	default:
		return nil
	}
	m = once(m, in.id, out.err != nil)
	if in.in.Channel == "" {
		return out.told(wrap("answer a message", d.create(ctx, in.channel, m, nil)))
	}
	err := d.direct(ctx, in.in.User, m)
	if _, gone := errors.AsType[*bot.GoneError](err); !gone {
		return out.told(err)
	}
	k := kept{user: in.in.User, at: d.Now(), whisper: out.Whisper, form: out.Form}
	if k.form == nil && k.whisper == nil {
		return out.told(err)
	}
	m = once(x.with(d.say(locale, "discord.look"), d.word(locale, "discord.show"), d.drawer.put(k)), in.id, out.err != nil)
	return out.told(wrap("answer in a channel", d.create(ctx, in.channel, m, nil)))
}

// once lets Discord take an answer to a message once within some minutes. That it could not be saved is another answer
// than what came of it when it came again.
func once(m message, id string, failed bool) message {
	sort := "a"
	if failed {
		sort = "f"
	}
	m.Nonce, m.Enforce = sort+id, true
	return m
}

// say is a message of the adapter's own.
func (d *Discord) say(locale flows.Locale, key string) message {
	return dress(bot.Message{Locale: locale, Blocks: []bot.Block{{Style: flows.StyleBody, Text: d.word(locale, key)}}}, "", "")
}

// word is one of the adapter's own phrases.
func (d *Discord) word(locale flows.Locale, key string) string {
	if locale == "" {
		locale = flows.English
	}
	return d.voice.Word(locale, key)
}
