package bot

import "convenor/flows"

// Inbound is one thing a person did on a platform, decoded. Exactly one of Press, Submit, Typed, Command, Opened and
// Saved is set.
type Inbound struct {
	Key      string // the platform's own id of the event, unique over all platforms: "slack:Ev123"
	Platform string
	Place    string // "slack:T1", "discord:G1"
	Channel  string // platform's channel id; empty in a direct message
	// ChannelName is what people call the channel, if the event tells.
	ChannelName string `json:",omitempty"`
	// Private means that only its members see the channel, and that its name is not told.
	Private bool         `json:",omitempty"`
	User    string       // platform's user id
	Locale  flows.Locale // what the event itself tells, if anything

	Press   *Press
	Submit  *Submit
	Typed   *Typed
	Command *Command
	Opened  *Opened
	Saved   *Saved

	// Given is what came in one go with a Command whose verb starts a conversation, by the question that it answers. What
	// can be read is taken; the rest is asked for.
	Given map[string]flows.Input `json:",omitempty"`
}

// kind is a word for what was done.
func (in Inbound) kind() string {
	switch {
	case in.Press != nil:
		return "press"
	case in.Submit != nil:
		return "submit"
	case in.Typed != nil:
		return "typed"
	case in.Command != nil:
		return "command"
	case in.Saved != nil:
		return "saved"
	default:
		return "opened"
	}
}

// Press is a click on a control. For a select or a person picker Pick holds the choice (option id; platform user id).
type Press struct {
	Token string
	Pick  string
}

// Submit is a sent form. A person field's pick is a platform user id.
type Submit struct {
	Token  string
	Fields map[string]flows.Input
}

// Typed is text typed to Convenor: in a direct message, or mentioning it in a channel.
type Typed struct {
	Text string
	// Thread is the platform's id of the message in whose thread it was written; "" when it was not, or in a direct
	// message.
	Thread string `json:",omitempty"`
}

// Command is the slash command. Verb is its first word, lower case, "" for the bare form; Rest is what follows.
type Command struct {
	Verb string
	Rest string
}

// Opened means that a person opened the place where Convenor lives (a home tab), or that Convenor was added to a
// channel.
type Opened struct{ Added bool }

// Saved is a message that somebody wants to make an action step of: its words, and an address that leads back to it.
type Saved struct {
	Text string
	Link string
}

// Answer is what goes back inside the interaction. Both may be nil: then the click is just acknowledged.
type Answer struct {
	Whisper *Message // seen by the one who acted only
	Form    *Form    // opened; or, in answer to a submit, shown again with errors and what was typed
}
