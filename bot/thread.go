package bot

import (
	"context"

	"convenor/flows"
	"convenor/flows/coalition"
)

// answerAloud takes what was typed in the thread of a round's waiting question for an answer to it: not to count it would
// not make it unread, so the one who wrote it is told of the quieter way. In any other thread it is what it would be in
// the channel: otherwise, if that is a command, or nothing that is understood.
func (v *visit) answerAloud(ctx context.Context, typed Typed, otherwise Command) error {
	run, here, err := v.askedIn(ctx, typed.Thread)
	switch {
	case err != nil:
		return err
	case !here && otherwise.Verb != "":
		return v.command(ctx, otherwise)
	case !here:
		return v.overheard(ctx)
	}
	if why := v.may(flows.VerbAnswer, ofRun(run)); why != coalition.Yes {
		return v.refused(why)
	}
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	v.audit.Object = run.ID
	_, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventAnswer, Node: run.Node, Input: flows.Input{Text: typed.Text}})
	if err == nil && v.whisper != nil && !f.Aloud(run) {
		v.whisper.Parts = append(v.whisper.Parts, said(flows.StyleSmall, "round.unseen", nil))
	}
	return err
}

// askedIn finds the round of this channel whose waiting question stands in a message; ok is false when there is none.
func (v *visit) askedIn(ctx context.Context, message string) (run flows.Run, ok bool, err error) {
	run, ok, err = v.waiting(ctx)
	if err != nil || !ok {
		return run, false, err
	}
	at, ok, err := find[flows.Posted](ctx, v.work, flows.Ref{Kind: flows.KindPosted, ID: run.Asked(v.space)})
	return run, ok && at.Message == message && at.Platform == v.in.Platform, err
}

// waiting finds the round of this channel that waits for answers; ok is false when there is none.
func (v *visit) waiting(ctx context.Context) (run flows.Run, ok bool, err error) {
	space, _, err := find[coalition.Space](ctx, v.work, flows.Ref{Kind: flows.KindSpace, ID: v.space})
	if err != nil || space.Run == "" {
		return flows.Run{}, false, err
	}
	run, ok, err = find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: space.Run})
	return run, ok && run.State == flows.StateOpen && run.Node != "", err
}

// answerButton opens the form of a round's waiting question.
func answerButton(run flows.Run) flows.Control {
	answer := button("menu.answer-round", flows.Token{Verb: flows.VerbForm, Object: run.ID, Rev: run.Drawn, Node: run.Node})
	answer.Primary = true
	return answer
}
