package bot

// Wake does what a commit with deliveries does.
func (b *Bot) Wake() { b.wake() }

// Tries is how often one event starts over.
const Tries = tries
