package slack

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	slackgo "github.com/slack-go/slack"

	"convenor/bot"
	"convenor/flows"
)

// submit carries out a sent form. It is acknowledged with what the form shows next: nothing when it is done, itself
// again with what to mend, or, when it could not be saved in time, itself with "Send again". What was typed is never
// lost.
func (s *Slack) submit(ctx context.Context, d decoded, ack acker) error {
	late := s.After(patience)
	done := s.ask(ctx, d.in)
	select {
	case out := <-done:
		return s.submitted(ctx, d, out, ack)
	case <-late:
	}
	if err := ack(s.sendAgain(d)); err != nil {
		if err := ack(s.plainError(d, "slack.not-saved")); err != nil {
			return err
		}
	}
	if out := <-done; !out.saved() {
		return nil // they see "Send again" already
	}
	// It was saved after all: nobody should have to send it twice. Sent again meanwhile, it is refused as a repeat.
	m := s.say(d.locale, "slack.saved")
	return s.show(ctx, d.view.ID, notice(m, s.word(d.locale, "slack.close"), d.channel))
}

// saved reports whether a form was taken.
func (o outcome) saved() bool { return o.err == nil && o.Form == nil }

func (s *Slack) submitted(ctx context.Context, d decoded, out outcome, ack acker) error {
	switch {
	case out.Form != nil:
		return s.formAgain(d, *out.Form, ack)
	case out.err != nil:
		if ack(s.sendAgain(d)) == nil {
			return nil
		}
		return ack(s.plainError(d, "slack.not-saved"))
	case out.Whisper != nil && d.channel == "":
		v := notice(*out.Whisper, s.word(out.Whisper.Locale, "slack.close"), "")
		return ack(slackgo.NewUpdateViewSubmissionResponse(&v))
	}
	if err := ack(nil); err != nil || out.Whisper == nil {
		return err
	}
	return s.whisper(ctx, d, *out.Whisper)
}

// formAgain shows the form again with what to mend. When nothing but errors is new, only those are sent: then Slack
// keeps every field as it is. Else the form is sent anew, and Slack keeps what stands in fields that are the same.
func (s *Slack) formAgain(d decoded, f bot.Form, ack acker) error {
	errs := map[string]string{}
	for _, field := range f.Fields {
		if field.Error != "" {
			errs[field.ID] = cut(clean(field.Error), fieldMax)
		}
	}
	token, _ := splitMetadata(d.view.Metadata)
	if len(errs) > 0 && token == f.Token && sameFields(d, f) {
		return ack(slackgo.NewErrorsViewSubmissionResponse(errs))
	}
	for _, typed := range []bool{true, false} { // without what was typed it is smaller, and Slack has it anyway
		v := modal(f, d.channel, typed)
		if err := ack(slackgo.NewUpdateViewSubmissionResponse(&v)); err == nil {
			return nil
		}
	}
	return ack(s.plainError(d, "slack.not-saved"))
}

// sameFields reports whether a form has the fields of the one that was sent.
func sameFields(d decoded, f bot.Form) bool {
	ids := map[string]bool{}
	for _, field := range f.Fields {
		ids[field.ID] = true
	}
	sent := map[string]bool{}
	for id := range d.in.Submit.Fields {
		sent[id] = true
	}
	return maps.Equal(ids, sent)
}

// plainError shows one sentence at the first field: the smallest answer there is.
func (s *Slack) plainError(d decoded, key string) *slackgo.ViewSubmissionResponse {
	ids := slices.Sorted(maps.Keys(d.in.Submit.Fields))
	if len(ids) == 0 {
		return nil
	}
	return slackgo.NewErrorsViewSubmissionResponse(map[string]string{ids[0]: s.word(d.locale, key)})
}

// againBlock is the block_id of the line above a form that comes back unsaved.
const againBlock = "again"

// sendAgain is the sent form as Slack handed it back, with what was typed, a line that says what happened, and a button
// "Send again". It asks nobody for anything: neither the store nor the Handler may be there.
func (s *Slack) sendAgain(d decoded) any {
	blocks := []any{map[string]any{
		"type": "section", "block_id": againBlock,
		"text": map[string]any{"type": "plain_text", "text": s.word(d.locale, "slack.not-saved")},
	}}
	for _, raw := range d.view.Blocks {
		var b map[string]any
		if json.Unmarshal(raw, &b) != nil || b["block_id"] == againBlock {
			continue
		}
		id, _ := b["block_id"].(string)
		if element, ok := b["element"].(map[string]any); ok {
			refill(element, d.in.Submit.Fields[id])
		}
		blocks = append(blocks, b)
	}
	v := map[string]any{
		"type": "modal", "callback_id": d.view.Callback, "private_metadata": d.view.Metadata, "blocks": blocks,
		"title":  map[string]any{"type": "plain_text", "text": appName},
		"submit": map[string]any{"type": "plain_text", "text": cut(s.word(d.locale, "slack.again"), titleMax)},
	}
	for key, w := range map[string]*words{"title": d.view.Title, "close": d.view.Close} {
		if w != nil && w.Text != "" {
			v[key] = map[string]any{"type": "plain_text", "text": w.Text}
		}
	}
	return map[string]any{"response_action": slackgo.RAUpdate, "view": v}
}

// refill makes an element start with what was typed in it.
func refill(element map[string]any, typed flows.Input) {
	for _, key := range []string{"initial_value", "initial_date", "initial_user", "initial_option", "initial_options"} {
		delete(element, key)
	}
	picked := pickedOptions(element, typed.Picks)
	switch element["type"] {
	case "plain_text_input":
		if typed.Text != "" {
			element["initial_value"] = typed.Text
		}
	case "datepicker":
		set(element, "initial_date", pick(typed))
	case "users_select":
		set(element, "initial_user", pick(typed))
	case "radio_buttons", "static_select":
		if len(picked) == 1 {
			element["initial_option"] = picked[0]
		}
	case "checkboxes", "multi_static_select":
		if len(picked) > 0 {
			element["initial_options"] = picked
		}
	}
}

func set(element map[string]any, key, value string) {
	if value != "" {
		element[key] = value
	}
}

// pickedOptions are the options of an element that were picked.
func pickedOptions(element map[string]any, picks []string) []any {
	var list []any
	all, _ := element["options"].([]any)
	for _, o := range all {
		if option, ok := o.(map[string]any); ok {
			if value, _ := option["value"].(string); slices.Contains(picks, value) {
				list = append(list, o)
			}
		}
	}
	return list
}
