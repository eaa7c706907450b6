package bot

import "convenor/flows"

// flowOther is what a conversation is counted under whose flow the pack does not have any more.
const flowOther = "other"

// Census is what Tidy has counted on its last way through everybody's records: an old number, for it takes as long as
// there is much to look through.
type Census struct {
	Open  map[string]int // conversations and rounds that are not over, by flow of the pack; all others under "other"
	Flows int            // definitions that are kept
}

// census counts on the way. It belongs to tidying.
type census struct {
	here  map[string]string // flow of each conversation of the coalition that is not over, by id: a page may come twice
	open  map[string]int
	flows map[string]bool // by hash
}

func newCensus() census { return census{open: map[string]int{}, flows: map[string]bool{}} }

// Census returns the last count; ok is false until Tidy has come through everything once.
func (b *Bot) Census() (c Census, ok bool) {
	last := b.tidying.counted.Load()
	if last == nil {
		return Census{}, false
	}
	return *last, true
}

// count takes in a conversation.
func (c *census) count(r flows.Run, known bool) {
	if over(r) {
		delete(c.here, r.ID)
		return
	}
	if c.here[r.ID] = r.Flow; !known {
		c.here[r.ID] = flowOther
	}
}

// settle takes in what was counted of a coalition that was looked through.
func (c *census) settle(pins map[string]pin) {
	for _, flow := range c.here {
		c.open[flow]++
	}
	for hash := range pins {
		c.flows[hash] = true
	}
}

// total is what was counted of everybody.
func (c *census) total() *Census { return &Census{Open: c.open, Flows: len(c.flows)} }
