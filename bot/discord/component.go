package discord

import "encoding/json"

// Types of component, and the flags of a message.
const (
	typeRow        = 1
	typeButton     = 2
	typeSelect     = 3
	typeText       = 4
	typeUserSelect = 5
	typeDisplay    = 10
	typeLabel      = 18

	flagEphemeral  = 1 << 6
	flagLoading    = 1 << 7  // an answer that was promised has not come
	flagComponents = 1 << 15 // the message is made of components alone, and stays so

	stylePrimary   = 1
	styleSecondary = 2
	styleLink      = 5
)

// component is a part of a message or form. The vendor's types lack some of today's and send what today's refuse.
type component struct {
	Type        int         `json:"type"`
	ID          uint32      `json:"id,omitempty"`
	CustomID    string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	URL         string      `json:"url,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Content     string      `json:"content,omitempty"`
	Value       typed       `json:"value,omitempty"`
	Values      []string    `json:"values,omitempty"` // only in what comes back
	Options     []option    `json:"options,omitempty"`
	Defaults    []picked    `json:"default_values,omitempty"`
	Components  []component `json:"components,omitempty"`
	Component   *component  `json:"component,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	MinValues   *int        `json:"min_values,omitempty"`
	MaxValues   *int        `json:"max_values,omitempty"`
	Required    *bool       `json:"required,omitempty"`
}

// typed is what stands in an input: a text, but what comes back of a box that is ticked is true or false.
type typed string

// UnmarshalJSON takes whatever an input holds.
func (v *typed) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*v = typed(text)
		return nil
	}
	*v = typed(raw)
	return nil
}

type option struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

type picked struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// message is the body of a request that posts or edits.
type message struct {
	Content    string      `json:"content,omitempty"` // only without flagComponents
	Components []component `json:"components"`
	Flags      int         `json:"flags"`
	Allowed    mentions    `json:"allowed_mentions"`
	Nonce      string      `json:"nonce,omitempty"`
	Enforce    bool        `json:"enforce_nonce,omitempty"`
}

// mentions says who may be called. It is always sent: nobody, or the one user whom the bot calls.
type mentions struct {
	Parse []string `json:"parse"`
	Users []string `json:"users,omitempty"`
}

// modal is a form as Discord takes it.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

// answered is the answer to an interaction.
type answered struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// Types of answer.
const (
	answerPong       = 1
	answerMessage    = 4
	answerLater      = 5 // a message follows
	answerNothing    = 6 // the message that was acted on stays as it is
	answerSuggestion = 8
	answerModal      = 9
)
