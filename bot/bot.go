package bot

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a Bot is made of. All fields but the last three are needed.
type Config struct {
	Ledger    Ledger
	Outbox    Outbox
	Attic     Attic
	Pack      Pack
	Platforms []Platform
	Now       func() time.Time                          // the shared clock, rehearsal's offset included
	Zone      func(name string) (*time.Location, error) // from embedded tzdata
	ID        func() string                             // a fresh id that cannot be guessed: 16 bytes of [a-z2-7]
	Log       *slog.Logger                              // never given names, texts or tokens
	Limits    Limits                                    // the zero Limits bound no rate
	Observer  Observer                                  // nil: nobody counts
	Waited    func(platform string, wait time.Duration) // told how long a message waits for what a platform takes; nil: nobody counts that
}

// Bot carries out the use cases. It is safe for many goroutines.
type Bot struct {
	Config
	platforms map[string]Platform
	kick      chan struct{}
	lanes     lanes
	shown     shown
	compiled  compiled
	met       sync.Map                  // identities seen by this process: their profiles need not be asked for
	moved     sync.Map                  // coalitions whose places belong to another: id to id
	doubted   atomic.Pointer[time.Time] // when the store was last found to be perhaps without its last writes
	hands     chan struct{}             // holds one for each delivery that is being sent
	underway  sync.Map                  // ids of those deliveries
	pace      *pace
	limits    limits
	lates     lates
	retracted atomic.Int64
	tidying   tidying
}

// New makes a Bot.
func New(c Config) *Bot {
	if c.Observer == nil {
		c.Observer = nobody{}
	}
	if c.Waited == nil {
		c.Waited = func(string, time.Duration) {}
	}
	c.Zone = remembered(c.Zone)
	b := &Bot{
		Config: c, platforms: map[string]Platform{}, kick: make(chan struct{}, 1), hands: make(chan struct{}, atOnce),
		pace: &pace{every: paceEvery, burst: paceBurst}, limits: newLimits(c.Limits),
	}
	b.Suspect() // it may have been put back to before its last sends
	for _, p := range c.Platforms {
		b.platforms[p.Name()] = p
	}
	return b
}

// remembered finds zones as find does, each of them once: to read a zone's rules costs more than all else that a date
// needs. What is no zone is not remembered, so that nobody can fill the memory.
func remembered(find func(name string) (*time.Location, error)) func(name string) (*time.Location, error) {
	var known sync.Map
	return func(name string) (*time.Location, error) {
		if found, ok := known.Load(name); ok {
			return found.(*time.Location), nil
		}
		found, err := find(name)
		if err == nil {
			known.Store(name, found)
		}
		return found, err
	}
}

// Suspect tells that the store may have lost its last writes: what was owed before now is looked for on its platform
// before it is sent, and Tidy begins anew. New begins with it; call it after a failover or a restore. Calling it often
// is harmless, and it does not block.
func (b *Bot) Suspect() {
	now := b.Now()
	b.doubted.Store(&now)
	b.tidying.anew.Store(true)
}

// Suspicious reports whether a look that fails still holds back what may have been sent before.
func (b *Bot) Suspicious() bool { return b.Now().Before(b.doubted.Load().Add(suspectFor)) }

// Kicked receives when a commit left something to deliver: call Deliver then.
func (b *Bot) Kicked() <-chan struct{} { return b.kick }
