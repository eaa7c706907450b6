package slack

import (
	"encoding/json"
	"fmt"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

// The types of an envelope that mean something to us.
const (
	kindEvent       = "events_api"
	kindCommand     = "slash_commands"
	kindInteraction = "interactive"
)

// envelope is one message of Socket Mode, or one request over HTTP in the same form. Its id is a request's signature.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// kind says how an envelope must be answered.
type kind int

const (
	ignored    kind = iota // nothing to do: acknowledge
	happened               // an event: unacknowledged it is sent again
	clicked                // a press or a command: someone waits
	submitted              // a form: someone waits, with what they typed at stake
	homeOpened             // an event after which the home tab is drawn
)

// decoded is an envelope as the rest of this package wants it.
type decoded struct {
	kind kind
	in   bot.Inbound

	raw     string       // what was typed, as Slack sent it
	named   []string     // user ids that raw names without their name
	locale  flows.Locale // language of the message or form that was acted on
	channel string       // where to whisper; unlike in.Channel also a direct message's
	thread  string       // ts of the thread that a mention stands in
	respond string       // response URL
	trigger string       // opens a form once, within three seconds
	view    view         // the form or home tab that was acted on
}

// view is a form or home tab as Slack hands it back.
type view struct {
	ID       string `json:"id"`
	Hash     string `json:"hash"`
	Type     string `json:"type"`
	Metadata string `json:"private_metadata"`
	Callback string `json:"callback_id"`
	State    struct {
		Values map[string]map[string]input `json:"values"`
	} `json:"state"`
	Title  *words            `json:"title"`
	Close  *words            `json:"close"`
	Blocks []json.RawMessage `json:"blocks"`
}

type words struct {
	Text string `json:"text"`
}

// input is what stands in one field of a form.
type input struct {
	Type     string   `json:"type"`
	Value    string   `json:"value"`
	Date     string   `json:"selected_date"`
	User     string   `json:"selected_user"`
	Option   *option  `json:"selected_option"`
	Options  []option `json:"selected_options"`
	ActionID string   `json:"action_id"` // only in an action
}

type option struct {
	Value string `json:"value"`
}

// decode reads an envelope. It is total: whatever Slack sends and we do not know is ignored. An error means that what
// we do know cannot be read.
func decode(me self, e envelope) (decoded, error) {
	switch e.Type {
	case kindEvent:
		return decodeEvent(me, e)
	case kindCommand:
		return decodeCommand(me, e)
	case kindInteraction:
		return decodeInteraction(me, e)
	default:
		return decoded{}, nil
	}
}

func read(e envelope, into any) error {
	if err := json.Unmarshal(e.Payload, into); err != nil {
		return fmt.Errorf("read %s: %w", e.Type, err)
	}
	return nil
}

// inbound starts an Inbound. Everything that reaches us belongs to the one workspace we are installed in, also what a
// guest of another does in a shared channel. Of several ids of Slack's the first that is given is the key, together with
// the workspace: other servers than Slack's may count from one in each.
func inbound(me self, user, channel string, ids ...string) bot.Inbound {
	in := bot.Inbound{Key: me.place() + ":" + first(ids...), Platform: name, Place: me.place(), User: user}
	if !direct(channel) {
		in.Channel = channel
	}
	return in
}

// direct reports whether a channel is a direct message.
func direct(channel string) bool { return strings.HasPrefix(channel, "D") }

func decodeEvent(me self, e envelope) (decoded, error) {
	var p struct {
		EventID string `json:"event_id"`
		Event   struct {
			Type        string `json:"type"`
			Subtype     string `json:"subtype"`
			User        string `json:"user"`
			BotID       string `json:"bot_id"`
			Text        string `json:"text"`
			Channel     any    `json:"channel"` // an id, but in some events an object
			ChannelType string `json:"channel_type"`
			Thread      string `json:"thread_ts"`
			Tab         string `json:"tab"`
			Inviter     string `json:"inviter"`
		} `json:"event"`
	}
	if err := read(e, &p); err != nil {
		return decoded{}, err
	}
	ev := p.Event
	channel, _ := ev.Channel.(string)
	d := decoded{kind: happened, channel: channel, thread: ev.Thread, in: inbound(me, ev.User, channel, p.EventID, e.ID)}
	byPerson := ev.User != "" && ev.User != me.user && ev.User != "USLACKBOT" && ev.BotID == ""
	plain := ev.Subtype == "" || ev.Subtype == "file_share" || ev.Subtype == "thread_broadcast"
	switch {
	case ev.Type == eventMessage && ev.ChannelType == "im" && byPerson && plain,
		ev.Type == eventMention && !direct(channel) && byPerson && plain:
		return d.typed(me, ev.Text, ev.Thread), nil
	case ev.Type == eventHome && ev.Tab != "messages" && byPerson:
		d.kind, d.in.Opened = homeOpened, &bot.Opened{}
		return d, nil
	case ev.Type == eventJoined && ev.User == me.user && ev.Inviter != "":
		d.in.User, d.in.Opened = ev.Inviter, &bot.Opened{Added: true}
		return d, nil
	default:
		return decoded{}, nil
	}
}

// typed adds a text. A text without words, a picture for instance, asks for nothing. thread is where in a channel it
// stands.
func (d decoded) typed(me self, raw, thread string) decoded {
	d.raw, d.named = raw, mentioned(raw, me.user)
	d.in.Typed = &bot.Typed{Text: readable(raw, me.user, nil)}
	if d.in.Channel != "" {
		d.in.Typed.Thread = thread
	}
	if d.in.Typed.Text == "" && d.in.Channel == "" {
		return decoded{}
	}
	return d
}

func decodeCommand(me self, e envelope) (decoded, error) {
	var p struct {
		User    string `json:"user_id"`
		Channel string `json:"channel_id"`
		Called  string `json:"channel_name"`
		Text    string `json:"text"`
		Trigger string `json:"trigger_id"`
		Respond string `json:"response_url"`
	}
	if err := read(e, &p); err != nil {
		return decoded{}, err
	}
	if p.User == "" {
		return decoded{}, nil
	}
	d := decoded{
		kind: clicked, channel: p.Channel, respond: p.Respond, trigger: p.Trigger, raw: p.Text,
		named: mentioned(p.Text, me.user), in: inbound(me, p.User, p.Channel, p.Trigger, e.ID),
	}
	d.in.Command = command(readable(p.Text, me.user, nil))
	d.in = named(d.in, p.Channel, p.Called)
	return d, nil
}

// named adds what people call the channel. Of a private one Slack tells no name but a word of its own.
func named(in bot.Inbound, channel, called string) bot.Inbound {
	switch {
	case in.Channel == "" || in.Channel != channel || called == "directmessage" || strings.HasPrefix(called, "mpdm-"):
	case called == "privategroup":
		in.Private = true
	default:
		in.ChannelName = called
	}
	return in
}

// command takes what follows /coalition apart.
func command(text string) *bot.Command {
	verb, rest := text, ""
	if at := strings.IndexAny(text, " \t\n"); at >= 0 {
		verb, rest = text[:at], strings.TrimSpace(text[at:])
	}
	return &bot.Command{Verb: strings.ToLower(verb), Rest: rest}
}

// interaction is what all interactions have in common.
type interaction struct {
	Type string `json:"type"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Trigger   string `json:"trigger_id"`
	Respond   string `json:"response_url"`
	Container struct {
		Channel string `json:"channel_id"`
	} `json:"container"`
	Channel struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"channel"`
	View     view    `json:"view"`
	Actions  []input `json:"actions"`
	Callback string  `json:"callback_id"`
	Team     struct {
		Domain string `json:"domain"`
	} `json:"team"`
	Message struct {
		Text string `json:"text"`
		TS   string `json:"ts"`
	} `json:"message"`
}

func decodeInteraction(me self, e envelope) (decoded, error) {
	var p interaction
	if err := read(e, &p); err != nil {
		return decoded{}, err
	}
	d := decoded{trigger: p.Trigger, respond: p.Respond, channel: first(p.Channel.ID, p.Container.Channel), view: p.View}
	switch {
	case p.User.ID == "":
		return decoded{}, nil
	case p.Type == "block_actions" && len(p.Actions) > 0:
		d = d.press(me, p, e.ID)
		d.in = named(d.in, p.Channel.ID, p.Channel.Name)
		return d, nil
	case p.Type == "view_submission":
		return d.submit(me, p, e.ID), nil
	case p.Type == shortcutGlobal && p.Callback == callbackAdd:
		d.kind, d.in = clicked, inbound(me, p.User.ID, "", p.Trigger, e.ID)
		d.in.Press = &bot.Press{Token: flows.Token{Verb: flows.VerbStart, Object: "step"}.String()}
		return d, nil
	case p.Type == shortcutMessage && p.Callback == callbackSave:
		d.kind, d.in = clicked, inbound(me, p.User.ID, d.channel, p.Trigger, e.ID)
		d.raw, d.named = p.Message.Text, mentioned(p.Message.Text, me.user)
		d.in.Saved = &bot.Saved{Text: cut(readable(d.raw, me.user, nil), sectionMax), Link: permalink(p)}
		return d, nil
	default:
		return decoded{}, nil
	}
}

// permalink is the address of the message that a shortcut was used on, as Slack writes it; "" when it cannot be told.
func permalink(p interaction) string {
	if p.Team.Domain == "" || p.Channel.ID == "" || p.Message.TS == "" {
		return ""
	}
	return "https://" + p.Team.Domain + ".slack.com/archives/" + p.Channel.ID + "/p" + strings.ReplaceAll(p.Message.TS, ".", "")
}

// press reads a click. Slack sends one action at a time; of several the last is what the person ended on.
func (d decoded) press(me self, p interaction, envelopeID string) decoded {
	a := p.Actions[len(p.Actions)-1]
	kind, locale, token := splitAction(a.ActionID)
	press := &bot.Press{Token: first(a.Value, token), Pick: a.User}
	if a.Option != nil {
		press.Pick = a.Option.Value
	}
	picks := kind == actionSelect || kind == actionPerson
	if kind == actionLink || press.Token == "" || picks && press.Pick == "" {
		return decoded{} // a link opens by itself; an emptied menu asks for nothing
	}
	if _, channel := splitMetadata(p.View.Metadata); d.channel == "" {
		d.channel = channel
	}
	d.kind, d.locale = clicked, locale
	d.in = inbound(me, p.User.ID, d.channel, p.Trigger, envelopeID)
	d.in.Press = press
	return d
}

func (d decoded) submit(me self, p interaction, envelopeID string) decoded {
	token, channel := splitMetadata(p.View.Metadata)
	if token == "" {
		return decoded{}
	}
	fields := map[string]flows.Input{}
	for block, actions := range p.View.State.Values {
		for _, in := range actions {
			fields[block] = in.answer()
		}
	}
	d.kind, d.channel, d.locale = submitted, channel, callbackLocale(p.View.Callback)
	d.in = inbound(me, p.User.ID, channel, p.Trigger, p.View.ID+"."+p.View.Hash, envelopeID)
	d.in.Submit = &bot.Submit{Token: token, Fields: fields}
	return d
}

// answer is a field's content in neutral form.
func (i input) answer() flows.Input {
	out := flows.Input{Text: clean(i.Value)}
	if i.Option != nil {
		out.Picks = append(out.Picks, i.Option.Value)
	}
	for _, o := range i.Options {
		out.Picks = append(out.Picks, o.Value)
	}
	for _, pick := range []string{i.Date, i.User} {
		if pick != "" {
			out.Picks = append(out.Picks, pick)
		}
	}
	return out
}
