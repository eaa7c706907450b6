package flows

// Advice is what a pack would say about words that somebody typed for others to read. It never refuses them.
type Advice struct {
	Unkind string // a word that reduces people to one thing, as it was found; empty when there is none
	Kinder string // what to say instead
	Hard   bool   // hard to read for a sixth grader
}
