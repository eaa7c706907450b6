// Package when reads dates, times of day and recurrences in people's words, in English and Spanish, and turns civil
// dates and times of day into instants. It knows nothing of the rest of Convenor, reads no clock and loads no zone:
// today and the zone come in as arguments.
//
// A civil date is text, YYYY-MM-DD: it compares and sorts as it is, and no zone can move it. A time of day is HH:MM of
// the 24-hour clock.
//
// # Reading
//
// Date, Times, Moments and Recurrences read what people type, and return every reading there is, the likelier first. No
// reading is past. What cannot be taken is an error that says what may be meant instead: a date that is past and when it
// comes again, a day that does not exist and those that do, a date so far ahead that it is asked about, and a slip of
// the finger when every way to mend it leads to the same date. testdata/phrases.txt is the table of what is read how.
//
// # Clocks that change
//
// One rule holds for single instants, for hours and for recurrences alike: a time of day that the clock jumps over means
// the first instant after the gap, and a time of day that comes twice means the first of the two. A recurrence is counted
// in civil dates, and each of them becomes an instant by that rule: its time on the wall stays the same all year, and
// nothing comes twice or is left out.
//
// # Months that lack the day
//
// One rule again: what comes on a day of the month that a month lacks comes on the last day of that month. A date that
// somebody names is never moved: February 29 of a common year does not exist, and is asked about.
package when
