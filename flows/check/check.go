// Package check is the coalition's self-check: each person rates the practices of the toolkit's first part alone, the
// group sees how far the ratings lie apart, talks, agrees on one rating for each practice, and compares it with the last
// time. It is our own, not the toolkit's instrument.
//
// Nobody may learn later who rated what. While people rate, each has a Sheet: they can go on, change it, or erase it.
// The close adds the sheets up into Spreads and deletes them in the same commit, so from then on the records hold counts
// and no person. Nothing said in between is a delivery: a rating is asked for and answered inside the interaction, and
// leaves no message, receipt or log of a run. What cannot be promised is said on screen: until the close whoever runs
// the server could read the sheets, and copies of the store made before it (snapshots, backups) keep
// them until they are overwritten.
package check

import (
	"errors"
	"maps"
	"slices"
	"time"

	"convenor/flows"
)

// The scale: 0 not begun, 1 talked about, 2 partly in place, 3 in place, 4 in place and measured.
const (
	Lowest  = 0
	Highest = 4
	Unsure  = -1 // a practice that somebody looked at and did not rate
)

// RatersMin is how many people must have rated, a practice or at all, before anything is shown of it: with fewer,
// everybody could work out who said what.
const RatersMin = 3

// ErrFew means that fewer than RatersMin people have rated.
var ErrFew = errors.New("too few people rated")

// Stage is how far a check is.
type Stage string

// The stages.
const (
	Rating  Stage = "rating"  // people rate alone
	Talking Stage = "talking" // the spread is shown, the group agrees
	Done    Stage = "done"
	Stopped Stage = "stopped" // ended before the spread was shown; the sheets are erased
)

// Check is one self-check of a coalition. It is kept as a record of flows.KindCheck and holds no person but who began it.
type Check struct {
	ID      string            `json:"id"`
	Stage   Stage             `json:"stage"`
	Space   string            `json:"space"` // where the group talks
	Lead    string            `json:"lead"`  // who began it
	Started time.Time         `json:"started"`
	Closed  time.Time         `json:"closed,omitzero"`
	Ended   time.Time         `json:"ended,omitzero"`
	Raters  int               `json:"raters,omitempty"`
	Spreads map[string]Spread `json:"spreads,omitempty"` // by practice, from the close; without those that too few rated
	Order   []string          `json:"order,omitempty"`   // in which the group talks about the practices, from the close
	At      int               `json:"at,omitempty"`      // of Order: what is talked about now
	Agreed  map[string]int    `json:"agreed,omitempty"`  // by practice; what was left open is not in it
}

// Sheet is what one person rated, until the close. It is kept as a record of flows.KindSheet under the check, by person.
type Sheet struct {
	Person  string         `json:"person"`
	Ratings map[string]int `json:"ratings"` // by practice; Unsure counts as looked at
}

// Under reports whether the check is not over.
func (c Check) Under() bool { return c.Stage == Rating || c.Stage == Talking }

// Rate writes one rating down: from Lowest to Highest, or Unsure.
func (s Sheet) Rate(practice string, rating int) Sheet {
	s.Ratings = maps.Clone(s.Ratings)
	if s.Ratings == nil {
		s.Ratings = map[string]int{}
	}
	s.Ratings[practice] = min(max(rating, Unsure), Highest)
	return s
}

// Rated counts the practices that were rated.
func (s Sheet) Rated() int {
	count := 0
	for _, r := range s.Ratings {
		if r != Unsure {
			count++
		}
	}
	return count
}

// Next is the first practice that the sheet's person has not looked at; ok is false when there is none.
func (s Sheet) Next(practices []string) (practice string, ok bool) {
	for _, p := range practices {
		if _, seen := s.Ratings[p]; !seen {
			return p, true
		}
	}
	return "", false
}

// Close adds the sheets up, so that the group can talk: first about where it differs most. The Change deletes every
// sheet. It returns ErrFew when fewer than RatersMin people rated anything.
func Close(c Check, sheets []Sheet, practices []string, at time.Time) (Check, flows.Change, error) {
	rated := slices.DeleteFunc(slices.Clone(sheets), func(s Sheet) bool { return s.Rated() == 0 })
	if len(rated) < RatersMin {
		return c, flows.Change{}, ErrFew
	}
	c.Stage, c.Closed, c.Raters, c.At = Talking, at, len(rated), 0
	c.Spreads, c.Agreed = map[string]Spread{}, nil
	for _, p := range practices {
		if s := spread(rated, p); s.People() >= RatersMin {
			c.Spreads[p] = s
		}
	}
	c.Order = slices.Clone(practices)
	slices.SortStableFunc(c.Order, func(a, b string) int { return c.Spreads[b].apart() - c.Spreads[a].apart() })
	return c, c.kept(sheets), nil
}

// Stop ends a check before its spread was shown. The Change deletes every sheet.
func Stop(c Check, sheets []Sheet, at time.Time) (Check, flows.Change) {
	c.Stage, c.Ended, c.Raters = Stopped, at, 0
	return c, c.kept(sheets)
}

// Agree keeps what the group agreed on for a practice, or Unsure when it leaves it open, and goes on to the next. ok is
// false when that practice is not the one that is talked about now.
func Agree(c Check, practice string, rating int, at time.Time) (next Check, ok bool) {
	if c.Stage != Talking || c.At >= len(c.Order) || c.Order[c.At] != practice {
		return c, false
	}
	c.Agreed = maps.Clone(c.Agreed)
	if rating >= Lowest && rating <= Highest {
		if c.Agreed == nil {
			c.Agreed = map[string]int{}
		}
		c.Agreed[practice] = rating
	}
	if c.At++; c.At == len(c.Order) {
		c.Stage, c.Ended = Done, at
	}
	return c, true
}

// Last is the newest check that is done, leaving out one by its id; ok is false when there is none.
func Last(checks []Check, but string) (last Check, ok bool) {
	for _, c := range checks {
		if c.Stage == Done && c.ID != but && (!ok || c.Ended.After(last.Ended)) {
			last, ok = c, true
		}
	}
	return last, ok
}

// Open is the check that is not over; ok is false when there is none.
func Open(checks []Check) (open Check, ok bool) {
	i := slices.IndexFunc(checks, Check.Under)
	if i < 0 {
		return Check{}, false
	}
	return checks[i], true
}

// kept puts the check and deletes the sheets.
func (c Check) kept(sheets []Sheet) flows.Change {
	change := flows.Change{Puts: []flows.Put{{Ref: flows.Ref{Kind: flows.KindCheck, ID: c.ID}, Value: c}}}
	for _, s := range sheets {
		change.Puts = append(change.Puts, flows.Put{Ref: SheetRef(c.ID, s.Person), Delete: true})
	}
	return change
}

// SheetRef names the record of a person's sheet.
func SheetRef(check, person string) flows.Ref {
	return flows.Ref{Kind: flows.KindSheet, Under: check, ID: person}
}
