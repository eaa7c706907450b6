package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Submit lets a person fill in their open form and send it. values holds what to type or pick, by a field's label or
// block id: a text, a date like 2026-12-04, a user id, or options by their text or value. Fields not named keep what
// stands in them. It is refused, as Slack's client does, while a field that must be filled is empty.
func (f *Fake) Submit(user string, values map[string][]string) *Act {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.top(user)
	if v == nil {
		return f.impossible("%s has no form open", user)
	}
	if v.Submit == "" {
		return f.impossible("the form cannot be sent:\n%s", v.Shown())
	}
	if err := v.typeIn(values); err != nil {
		return f.impossible("%w", err)
	}
	for _, in := range v.Values {
		f.typing(in.Value)
	}
	v.Errors = nil
	f.wake()
	payload := f.interaction(user, "view_submission")
	payload["view"] = v.json(f.config.Team)
	payload["response_urls"] = []any{}
	id := v.ID
	return f.send("interactive", payload, func(raw json.RawMessage) { f.submitted(user, id, raw) })
}

// typeIn fills fields by their labels.
func (v *View) typeIn(values map[string][]string) error {
	left := map[string]bool{}
	for label := range values {
		left[label] = true
	}
	for _, b := range v.Blocks {
		if b.Element == nil || b.Label == nil {
			continue
		}
		called := b.Label.Text
		if _, byID := values[b.BlockID]; byID {
			called = b.BlockID
		}
		if typed, named := values[called]; named {
			delete(left, called)
			in, err := enter(*b.Element, typed)
			if err != nil {
				return fmt.Errorf("field %q: %w", b.Label.Text, err)
			}
			v.Values[b.BlockID] = in
		}
		if !b.Optional && len(v.Values[b.BlockID].words()) == 0 {
			return fmt.Errorf("field %q must be filled:\n%s", b.Label.Text, v.Shown())
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("the form has no field %q:\n%s", sortedKeys(left)[0], v.Shown())
	}
	return nil
}

// enter types or picks in one field.
func enter(e Element, typed []string) (Input, error) {
	in := Input{Type: e.Type}
	for _, s := range typed {
		switch e.Type {
		case "plain_text_input":
			if e.MaxLength > 0 && utf8.RuneCountInString(s) > e.MaxLength {
				return in, fmt.Errorf("more than %d characters", e.MaxLength)
			}
			in.Value = s
		case "datepicker":
			in.SelectedDate = s
		case "users_select":
			in.SelectedUser = s
		default:
			at := slices.IndexFunc(e.Options, func(o Option) bool { return o.name() == s || o.Value == s })
			if at < 0 {
				return in, fmt.Errorf("there is no option %q: %s", s, e.shown())
			}
			if e.Type == "checkboxes" || e.Type == "multi_static_select" {
				in.SelectedOptions = append(in.SelectedOptions, e.Options[at])
			} else {
				in.SelectedOption = &e.Options[at]
			}
		}
	}
	return in, nil
}

// submitted does what the app answered to a submission: nothing said closes the form. The caller holds f.mu.
func (f *Fake) submitted(user, id string, raw json.RawMessage) {
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &answer)
	}
	v := f.views[id]
	if v == nil {
		return
	}
	switch answer.Action {
	case "":
		if top := f.top(user); top != nil && top.ID == id {
			f.pop(user)
		}
	case "clear":
		for f.top(user) != nil {
			f.pop(user)
		}
	case "errors":
		for block := range answer.Errors {
			if !slices.ContainsFunc(v.Blocks, func(b Block) bool { return b.BlockID == block && b.Type == "input" }) {
				v.Errors = map[string]string{block: "We had some trouble connecting. Try again?"} // Slack's answer to an error at no field
				return
			}
		}
		v.Errors = answer.Errors
	case "update":
		changed, refused := parseView(string(answer.View), "modal")
		if refused != nil {
			v.Errors = map[string]string{"": fmt.Sprint(refused)}
			return
		}
		f.replace(v, changed)
	}
}
