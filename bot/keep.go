package bot

import "time"

// How long is kept what is needed no more. What people answered in rounds, signed up for and promised is no part of
// this: it is theirs, and the coalition's memory.
const (
	// keepReceipts is longer than a late delivery is still tried and than a step's ladder: after that nobody asks any
	// more why a message came, and no repeat of one is on its way.
	keepReceipts = 90 * 24 * time.Hour
	// keepWaiting is how long a message that could not be brought to its reader can still be read.
	keepWaiting = 30 * 24 * time.Hour
	// keepLinks is how long a linking code is remembered after its time: longer than an event is sent again.
	keepLinks = time.Hour
	// keepPosted is how long after the end of a run its messages can still be edited.
	keepPosted = 180 * 24 * time.Hour
	// keepRuns is how long a person's own conversation is kept after its end: longer than keepPosted, because the run says
	// when its messages may be forgotten. What came of it are records of their own.
	keepRuns = 210 * 24 * time.Hour
	// keepFlows is how long a definition must have been without a run before it is forgotten: longer than replicas with
	// different packs stand side by side.
	keepFlows = 24 * time.Hour
	// keepTexts is how long nothing must have named a typed text before it is forgotten, each time that everything was
	// looked through. What names it was stored with it, and may pass from one record to another behind the look's back; it
	// does not do so each time for a day.
	keepTexts = 24 * time.Hour
)

// idleRounds is how often on end one process must have looked through everything and found nothing that names a thing,
// before it forgets it: a process that begins anew does not rely on one look.
const idleRounds = 3

// tidyMost is about how many records one look goes through.
const tidyMost = 200
