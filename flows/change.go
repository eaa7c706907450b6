package flows

// Put is one record that a domain function wants stored or deleted. The shell gives it the revision it was read at.
type Put struct {
	Ref
	Value  any // a plain struct that encodes to JSON; ignored when Delete
	Delete bool
}

// Change is what a domain function decides: records, effects and timers, as data.
type Change struct {
	Puts    []Put
	Effects []Effect
	Timers  []Timer
}
