package slackfake

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// View is a form (type "modal") or a home tab (type "home").
type View struct {
	ID              string
	Hash            string
	User            string
	Type            string
	CallbackID      string
	PrivateMetadata string
	Title           string
	Submit          string // label of the button; empty when there is none
	Close           string
	Blocks          []Block
	Values          map[string]Input  // what was typed or picked, by block id
	Errors          map[string]string // shown at a field, by block id
}

// Input is what stands in one field. Which part counts depends on its Type.
type Input struct {
	Type            string   `json:"type"`
	Value           string   `json:"value,omitempty"`
	SelectedOption  *Option  `json:"selected_option,omitempty"`
	SelectedOptions []Option `json:"selected_options,omitempty"`
	SelectedDate    string   `json:"selected_date,omitempty"`
	SelectedUser    string   `json:"selected_user,omitempty"`
}

// viewJSON is a view as the bot sends it and gets it back.
type viewJSON struct {
	Type            string  `json:"type"`
	CallbackID      string  `json:"callback_id,omitempty"`
	PrivateMetadata string  `json:"private_metadata,omitempty"`
	Title           *Words  `json:"title,omitempty"`
	Submit          *Words  `json:"submit,omitempty"`
	Close           *Words  `json:"close,omitempty"`
	Blocks          []Block `json:"blocks"`
}

// triggerLife is how long a trigger can open a form: Slack's three seconds.
const triggerLife = 3 * time.Second

// stackMax is how many forms may lie on one another.
const stackMax = 3

// trigger is a person's act that can open one form.
type trigger struct {
	user string
	till time.Time
	used bool
}

// Shown is what a person reads in a form or a home tab: its title, its blocks with what is typed in, its errors, its
// buttons.
func (v View) Shown() string {
	lines := []string{v.Title}
	for _, b := range v.Blocks {
		if typed, ok := v.Values[b.BlockID]; ok && b.Element != nil {
			e := *b.Element
			e.InitialValue, e.InitialOption, e.InitialOptions = typed.Value, typed.SelectedOption, typed.SelectedOptions
			e.InitialDate, e.InitialUser = typed.SelectedDate, typed.SelectedUser
			b.Element = &e
		}
		lines = append(lines, shown([]Block{b}))
		if e := v.Errors[b.BlockID]; e != "" {
			lines = append(lines, "! "+e)
		}
	}
	for _, label := range []string{v.Submit, v.Close} {
		if label != "" {
			lines = append(lines, "["+label+"]")
		}
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// Typed returns what stands in the field with this label, one entry for each pick.
func (v View) Typed(label string) []string {
	for _, b := range v.Blocks {
		if b.Label != nil && b.Label.Text == label {
			return v.Values[b.BlockID].words()
		}
	}
	return nil
}

// View returns a person's open form, the top one when several lie on one another.
func (f *Fake) View(user string) (View, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.top(user)
	if v == nil {
		return View{}, false
	}
	return v.copy(), true
}

// Home returns a person's home tab as it was last published.
func (f *Fake) Home(user string) (View, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.views[f.homes[user]]
	if v == nil {
		return View{}, false
	}
	return v.copy(), true
}

// CloseView closes a person's open form, as its close button does.
func (f *Fake) CloseView(user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pop(user)
}

func (v *View) copy() View {
	c := *v
	c.Values, c.Errors = maps.Clone(v.Values), maps.Clone(v.Errors)
	return c
}

func (f *Fake) top(user string) *View {
	stack := f.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return f.views[stack[len(stack)-1]]
}

func (f *Fake) pop(user string) {
	stack := f.stacks[user]
	if len(stack) == 0 {
		return
	}
	delete(f.views, stack[len(stack)-1])
	f.stacks[user] = stack[:len(stack)-1]
	f.wake()
}

// parseView reads a view, or the answer that refuses it.
func parseView(raw, wantType string) (View, answer) {
	var j viewJSON
	if err := json.Unmarshal([]byte(raw), &j); err != nil {
		return View{}, refuse("invalid_arguments")
	}
	v := View{
		Type: j.Type, CallbackID: j.CallbackID, PrivateMetadata: j.PrivateMetadata, Blocks: j.Blocks,
		Title: text(j.Title), Submit: text(j.Submit), Close: text(j.Close),
	}
	if v.Type != wantType {
		return v, refuse("view_type_mismatch")
	}
	if err := CheckView(v); err != nil {
		return v, answer{"ok": false, "error": "invalid_arguments", "response_metadata": map[string]any{"messages": []string{"[ERROR] " + err.Error()}}}
	}
	return v, nil
}

func text(w *Words) string {
	if w == nil {
		return ""
	}
	return w.Text
}

func plain(s string) *Words {
	if s == "" {
		return nil
	}
	return &Words{Type: "plain_text", Text: s}
}

// fill puts into each field what was typed before, when field and element are the same as before; else what the view
// says it starts with. It is what Slack does when a view is updated.
func (v *View) fill(before *View) {
	v.Values = map[string]Input{}
	for _, b := range v.Blocks {
		if b.Element == nil {
			continue
		}
		v.Values[b.BlockID] = initial(*b.Element)
		if before == nil {
			continue
		}
		for _, old := range before.Blocks {
			if old.Element != nil && old.BlockID == b.BlockID && old.Element.ActionID == b.Element.ActionID && old.Element.Type == b.Element.Type {
				v.Values[b.BlockID] = before.Values[b.BlockID]
			}
		}
	}
}

// initial is what an element starts with.
func initial(e Element) Input {
	return Input{
		Type: e.Type, Value: e.InitialValue, SelectedOption: e.InitialOption, SelectedOptions: e.InitialOptions,
		SelectedDate: e.InitialDate, SelectedUser: e.InitialUser,
	}
}

// words is the input in words, one entry for each pick.
func (i Input) words() []string {
	var list []string
	for _, s := range []string{i.Value, i.SelectedDate, i.SelectedUser} {
		if s != "" {
			list = append(list, s)
		}
	}
	options := slices.Clone(i.SelectedOptions)
	if i.SelectedOption != nil {
		options = append(options, *i.SelectedOption)
	}
	for _, o := range options {
		list = append(list, o.name())
	}
	return list
}

// newTrigger makes a trigger for a person. The caller holds f.mu.
func (f *Fake) newTrigger(user string) string {
	id := f.id("") + ".trigger." + user
	f.triggers[id] = &trigger{user: user, till: f.config.Now().Add(triggerLife)}
	return id
}

func (f *Fake) openView(args map[string]string) answer {
	t := f.triggers[args["trigger_id"]]
	switch {
	case t == nil:
		return refuse("invalid_trigger_id")
	case t.used:
		return refuse("exchanged_trigger_id")
	case f.config.Now().After(t.till):
		return refuse("expired_trigger_id")
	case len(f.stacks[t.user]) >= stackMax:
		return refuse("push_limit_reached")
	}
	v, refused := parseView(args["view"], "modal")
	if refused != nil {
		return refused
	}
	t.used = true
	v.ID, v.Hash, v.User = f.id("V"), f.id("h"), t.user
	v.fill(nil)
	f.views[v.ID] = &v
	f.stacks[v.User] = append(f.stacks[v.User], v.ID)
	f.wake()
	return answer{"view": v.json(f.config.Team)}
}

func (f *Fake) updateView(args map[string]string) answer {
	old := f.views[args["view_id"]]
	if old == nil {
		return refuse("not_found")
	}
	if h := args["hash"]; h != "" && h != old.Hash {
		return refuse("hash_conflict")
	}
	v, refused := parseView(args["view"], "modal")
	if refused != nil {
		return refused
	}
	return answer{"view": f.replace(old, v).json(f.config.Team)}
}

// replace puts a view in another's place. The caller holds f.mu.
func (f *Fake) replace(old *View, v View) *View {
	v.ID, v.User, v.Hash = old.ID, old.User, f.id("h")
	v.fill(old)
	f.views[v.ID] = &v
	f.wake()
	return &v
}

func (f *Fake) publishView(args map[string]string) answer {
	user := args["user_id"]
	if _, known := f.users[user]; !known {
		return refuse("user_not_found")
	}
	v, refused := parseView(args["view"], "home")
	if refused != nil {
		return refused
	}
	v.ID, v.Hash, v.User = f.homes[user], f.id("h"), user
	if v.ID == "" {
		v.ID = f.id("V")
		f.homes[user] = v.ID
	}
	v.fill(nil)
	f.views[v.ID] = &v
	f.wake()
	return answer{"view": v.json(f.config.Team)}
}

// json is the view as Slack hands it to the app.
func (v *View) json(team string) answer {
	raw, _ := json.Marshal(viewJSON{
		Type: v.Type, CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, Blocks: v.Blocks,
		Title: plain(v.Title), Submit: plain(v.Submit), Close: plain(v.Close),
	})
	out := answer{}
	_ = json.Unmarshal(raw, &out)
	out["id"], out["hash"], out["team_id"], out["app_id"], out["bot_id"] = v.ID, v.Hash, team, AppID, BotID
	out["root_view_id"], out["previous_view_id"] = v.ID, nil
	state := map[string]map[string]Input{}
	for _, b := range v.Blocks {
		if b.Element != nil {
			state[b.BlockID] = map[string]Input{b.Element.ActionID: v.Values[b.BlockID]}
		}
	}
	out["state"] = answer{"values": state}
	return out
}
