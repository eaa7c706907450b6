package flows

import (
	"slices"
	"strconv"
)

// Spaces lists where a group's run takes place.
func (r Run) Spaces() []string { return append([]string{r.Space}, r.Also...) }

// keyIn is the handle of a message in the i-th of a round's spaces.
func keyIn(key string, i int) string {
	if i > 0 && key != "" {
		key += "." + strconv.Itoa(i+1)
	}
	return key
}

// in is the message as it stands in the i-th of a round's spaces: under a handle of its own.
func (m Message) in(i int) Message {
	m.Key, m.Thread = keyIn(m.Key, i), keyIn(m.Thread, i)
	return m
}

// also opens a round in one more space: what it is about and the question that waits are said there, and from now on
// everything is. Whoever is expected there is expected from now on.
func (t *turn) also() {
	space := ""
	if len(t.e.Input.Picks) == 1 {
		space = t.e.Input.Picks[0]
	}
	if t.run.State != StateOpen || space == "" || slices.Contains(t.run.Spaces(), space) {
		t.stale()
		return
	}
	opening, question := t.opening(t.walk(0, nil, "", Value{}).passed), t.question()
	t.take()
	t.run.Also = append(slices.Clip(t.run.Also), space)
	t.run.Here += t.e.Here
	t.out = append(t.out, Say{Space: space, Message: opening}, Say{Space: space, Message: question.in(len(t.run.Also))})
	t.whisper([]Part{note("round.also")})
}
