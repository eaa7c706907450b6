package bot

import (
	"log/slog"
	"sync"
	"time"
)

// Config is what a Bot is made of. All fields but the last two are needed.
type Config struct {
	Ledger    Ledger
	Outbox    Outbox
	Pack      Pack
	Platforms []Platform
	Now       func() time.Time                          // the shared clock, rehearsal's offset included
	Zone      func(name string) (*time.Location, error) // from embedded tzdata
	ID        func() string                             // a fresh id that cannot be guessed: 16 bytes of [a-z2-7]
	Log       *slog.Logger                              // never given names, texts or tokens
	Limits    Limits                                    // the zero Limits bound no rate
	Observer  Observer                                  // nil: nobody counts
}

// Bot carries out the use cases. It is safe for many goroutines.
type Bot struct {
	Config
	platforms map[string]Platform
	kick      chan struct{}
	lanes     lanes
	shown     shown
	compiled  compiled
	met       sync.Map // identities seen by this process: their profiles need not be asked for
	started   time.Time
	hands     chan struct{} // holds one for each delivery that is being sent
	underway  sync.Map      // ids of those deliveries
	pace      *pace
	limits    limits
	lates     lates
}

// New makes a Bot.
func New(c Config) *Bot {
	if c.Observer == nil {
		c.Observer = nobody{}
	}
	b := &Bot{
		Config: c, platforms: map[string]Platform{}, kick: make(chan struct{}, 1), started: c.Now(), hands: make(chan struct{}, atOnce),
		pace: &pace{every: paceEvery, burst: paceBurst}, limits: newLimits(c.Limits),
	}
	for _, p := range c.Platforms {
		b.platforms[p.Name()] = p
	}
	return b
}

// Kicked receives when a commit left something to deliver: call Deliver then.
func (b *Bot) Kicked() <-chan struct{} { return b.kick }
