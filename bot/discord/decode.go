package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"convenor/bot"
	"convenor/flows"
)

// kind says how something must be answered.
type kind int

const (
	ignored   kind = iota // nothing to do
	pinged                // Discord asks over HTTP whether we are there
	clicked               // a press or a command: someone waits
	submitted             // a form: someone waits, with what they typed at stake
	completed             // somebody types into an option: suggestions are wanted
	owned                 // a press of a control of the adapter's own
	written               // a message
)

// decoded is an interaction or a message as the rest of this package wants it.
type decoded struct {
	kind kind
	in   bot.Inbound

	id, token string       // of an interaction: with them it is answered
	app       string       // whose interaction it is
	guild     string       // server; "" in a direct message that tells nothing of one
	channel   string       // where it happened; unlike in.Channel also a direct message's
	locale    flows.Locale // language of the message or form that was acted on, else of the client
	update    bool         // there is a message to leave as it is
	own       string       // what a control of the adapter's own names in the drawer; completed: the option
	verb      string       // completed: the subcommand
	raw       string       // written: the text as Discord sent it; completed: what was typed so far
	names     map[string]string
}

// interaction is what Discord sends of one: only what is read here.
type interaction struct {
	ID      string `json:"id"`
	App     string `json:"application_id"`
	Type    int    `json:"type"`
	Token   string `json:"token"`
	Guild   string `json:"guild_id"`
	Channel string `json:"channel_id"`
	Where   struct {
		Type   int    `json:"type"`
		Parent string `json:"parent_id"`
	} `json:"channel"`
	Locale string `json:"locale"`
	User   person `json:"user"`
	Member struct {
		User person `json:"user"`
	} `json:"member"`
	Message *json.RawMessage `json:"message"`
	Data    struct {
		Name     string          `json:"name"`
		Kind     int             `json:"type"` // of a command
		Target   string          `json:"target_id"`
		Options  []commandOption `json:"options"`
		Resolved struct {
			Messages map[string]struct {
				Content  string   `json:"content"`
				Mentions []person `json:"mentions"`
			} `json:"messages"`
		} `json:"resolved"`
		CustomID   string      `json:"custom_id"`
		Type       int         `json:"component_type"`
		Values     []string    `json:"values"`
		Components []component `json:"components"`
	} `json:"data"`
}

type person struct {
	ID         string `json:"id"`
	Name       string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

func (p person) called() string { return tidy(first(p.GlobalName, p.Name)) }

type commandOption struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []commandOption `json:"options"`
}

func (o commandOption) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return clean(s)
	}
	return string(o.Value) // a number
}

// Types of interaction.
const (
	interactPing     = 1
	interactCommand  = 2
	interactPress    = 3
	interactComplete = 4
	interactSubmit   = 5
)

// onMessage is the type of a command in the menu of a message.
const onMessage = 3

// decodeInteraction reads an interaction, whichever way it came. It is total: what we do not know is ignored. An error
// means that it cannot be read.
func decodeInteraction(raw []byte) (decoded, error) {
	var p interaction
	if err := json.Unmarshal(raw, &p); err != nil {
		return decoded{}, fmt.Errorf("read an interaction: %w", err)
	}
	d := decoded{
		id: p.ID, token: p.Token, app: p.App, guild: p.Guild, channel: p.Channel, locale: baseLocale(p.Locale), update: p.Message != nil,
	}
	user := p.User
	if p.Member.User.ID != "" {
		user = p.Member.User
	}
	if p.Type == interactPing {
		d.kind = pinged
		return d, nil
	}
	if user.ID == "" || user.Bot || p.ID == "" {
		return decoded{}, nil
	}
	d.in = bot.Inbound{Key: name + ":" + p.ID, Platform: name, User: user.ID, Locale: d.locale}
	switch p.Type {
	case interactCommand, interactComplete:
		d.command(p)
	case interactPress:
		d.press(p)
	case interactSubmit:
		d.submit(p)
	default:
		return decoded{}, nil
	}
	d.settle(p)
	return d, nil
}

// settle says where it happened. What is done in a thread is done in the channel that the thread hangs on.
func (d *decoded) settle(p interaction) {
	if p.Guild != "" {
		d.guild = p.Guild
		d.in.Channel = p.Channel
		if isThread(p.Where.Type) && p.Where.Parent != "" {
			d.in.Channel = p.Where.Parent
		}
	}
	if d.guild != "" {
		d.in.Place = place(d.guild)
	}
}

func place(guild string) string { return name + ":" + guild }

// command reads /coalition or an entry in the menu of a message.
func (d *decoded) command(p interaction) {
	if p.Data.Kind == onMessage {
		d.save(p)
		return
	}
	verb, given := homeCommand, []commandOption(nil)
	for _, s := range p.Data.Options {
		verb, given = s.Name, s.Options
	}
	if p.Type == interactComplete {
		d.kind, d.verb = completed, verb
		for _, o := range given {
			if o.Focused {
				d.own, d.raw = o.Name, o.text()
			}
		}
		return
	}
	c := bot.Command{Verb: strings.ToLower(verb)}
	fields := map[string]flows.Input{}
	known, _ := findSub(verb)
	var rest []string
	for _, o := range given {
		text := strings.TrimSpace(o.text())
		at := slices.IndexFunc(known.options, func(k opt) bool { return k.name == o.Name && k.field != "" })
		switch {
		case text == "":
		case at >= 0:
			fields[known.options[at].field] = flows.Input{Text: text}
			d.in.Given = fields
		default:
			rest = append(rest, text)
		}
	}
	if c.Rest = strings.Join(rest, " "); verb == homeCommand {
		c.Verb = ""
	}
	d.kind, d.in.Command = clicked, &c
}

// save reads which message somebody wants to make an action step of.
func (d *decoded) save(p interaction) {
	m, there := p.Data.Resolved.Messages[p.Data.Target]
	if p.Data.Name != saveCommand || !there {
		return
	}
	names := map[string]string{}
	for _, u := range m.Mentions {
		names[u.ID] = u.called()
	}
	d.kind = clicked
	d.in.Saved = &bot.Saved{
		Text: readable(m.Content, p.App, names),
		Link: "https://discord.com/channels/" + first(p.Guild, "@me") + "/" + p.Channel + "/" + p.Data.Target,
	}
}

func (d *decoded) press(p interaction) {
	guild, locale, own, token := splitID(p.Data.CustomID)
	menu := p.Data.Type == typeSelect || p.Data.Type == typeUserSelect
	if token == "" || menu && len(p.Data.Values) == 0 {
		d.kind = ignored // an emptied menu asks for nothing
		return
	}
	d.guild = guild
	if own {
		d.kind, d.own = owned, token
		return
	}
	d.kind, d.locale = clicked, locale
	d.in.Press = &bot.Press{Token: token}
	if menu {
		d.in.Press.Pick = p.Data.Values[0]
	}
}

func (d *decoded) submit(p interaction) {
	guild, locale, own, token := splitID(p.Data.CustomID)
	if token == "" || own {
		return
	}
	d.kind, d.guild, d.locale = submitted, guild, locale
	fields := map[string]flows.Input{}
	for _, c := range p.Data.Components {
		inputs := c.Components // an action row, as forms had them once
		if c.Component != nil {
			inputs = []component{*c.Component}
		}
		for _, in := range inputs {
			if in.CustomID != "" {
				fields[in.CustomID] = flows.Input{Text: clean(string(in.Value)), Picks: in.Values}
			}
		}
	}
	d.in.Submit = &bot.Submit{Token: token, Fields: fields}
}

// decodeMessage reads a message. One counts when it is a direct message or mentions Convenor, and is a person's.
func decodeMessage(raw []byte, self string) (decoded, error) {
	var p struct {
		ID       string   `json:"id"`
		Type     int      `json:"type"`
		Guild    string   `json:"guild_id"`
		Channel  string   `json:"channel_id"`
		Content  string   `json:"content"`
		Author   person   `json:"author"`
		Webhook  string   `json:"webhook_id"`
		Mentions []person `json:"mentions"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return decoded{}, fmt.Errorf("read a message: %w", err)
	}
	const plain, reply = 0, 19
	if p.Author.ID == "" || p.Author.Bot || p.Webhook != "" || p.Type != plain && p.Type != reply {
		return decoded{}, nil
	}
	d := decoded{kind: written, guild: p.Guild, channel: p.Channel, raw: p.Content, id: p.ID, names: map[string]string{}}
	called := false
	for _, m := range p.Mentions {
		called = called || m.ID == self
		d.names[m.ID] = m.called()
	}
	if p.Guild != "" && !called {
		return decoded{}, nil
	}
	d.in = bot.Inbound{Key: name + ":" + p.ID, Platform: name, User: p.Author.ID}
	if p.Guild != "" {
		d.in.Place, d.in.Channel = place(p.Guild), p.Channel
	}
	d.in.Typed = &bot.Typed{Text: readable(p.Content, self, d.names)}
	if d.in.Typed.Text == "" && p.Guild == "" {
		return decoded{}, nil // a picture for instance asks for nothing
	}
	return d, nil
}
