package coalition

import "convenor/flows/when"

// memberDays is for how many days somebody who took part in a round of a space is expected there again.
const memberDays = 90

// Member says that a person has taken part in a round of a space. It is kept as a record of flows.KindMember.
type Member struct {
	Run  string `json:"run"`  // the last round
	Last string `json:"last"` // day on which they took part last, YYYY-MM-DD in UTC
}

// Counts reports whether the person is expected in a round that starts on a day.
func (m Member) Counts(day string) bool {
	return when.Valid(m.Last) && when.DaysBetween(m.Last, day) <= memberDays
}
