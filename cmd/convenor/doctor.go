package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"convenor/bot"
)

type doctorCmd struct {
	Data string `default:"data" help:"Folder of the embedded store, when REDIS_URL is not set." type:"path"`
}

// errSick means that something must be mended. What, the lines before have said.
var errSick = errors.New("something needs mending before Convenor can work well; see the lines that begin with \"mend\"")

// Run looks at everything that `convenor serve` will need and says of each problem how to mend it. It begins the store
// as serve would and changes nothing else. It fails when something must be mended; what only could be better it says
// and succeeds.
func (c doctorCmd) Run(ctx context.Context, s shell) error {
	d := &doctor{environ: s.environ, data: c.Data, now: time.Now, free: diskFree, slow: slowRedis}
	d.look(ctx)
	d.tell(s.out)
	if d.sick() {
		return errSick
	}
	return nil
}

// grade says how bad a finding is.
type grade int

const (
	fine    grade = iota
	careful       // Convenor works, and could be safer
	mend          // Convenor does not work, or not for long
)

func (g grade) String() string { return [...]string{"well", "careful", "mend"}[g] }

// finding is one thing that was looked at. Words say what is and, unless it is fine, what to do.
type finding struct {
	grade grade
	about string
	words string
}

// doctor collects findings. now and free are the machine's, or a test's; a write that takes longer than slow is worth a
// word.
type doctor struct {
	environ []string
	data    string
	now     func() time.Time
	free    func(dir string) (bytes uint64, ok bool)
	slow    time.Duration
	pack    bot.Pack // nil when it has mistakes

	findings []finding
}

func (d *doctor) find(g grade, about, format string, args ...any) {
	d.findings = append(d.findings, finding{g, about, fmt.Sprintf(format, args...)})
}

func (d *doctor) sick() bool {
	for _, f := range d.findings {
		if f.grade == mend {
			return true
		}
	}
	return false
}

// tell writes one line for each finding, and at the end what they come to.
func (d *doctor) tell(w io.Writer) {
	count := map[grade]int{}
	for _, f := range d.findings {
		count[f.grade]++
		say(w, "%-8s %-14s %s", f.grade, f.about, secrets.ReplaceAllString(f.words, "[secret]"))
	}
	say(w, "\n%d well, %d to be careful about, %d to mend.", count[fine], count[careful], count[mend])
}

// doctorLimit bounds each look at something far away.
const doctorLimit = 10 * time.Second

// look looks at everything there is to look at. One problem hides no other.
func (d *doctor) look(ctx context.Context) {
	cfg := d.configuration()
	d.secretFiles()
	d.content(cfg.Content)
	d.address(ctx, cfg.ListenAddr)
	limited, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	if cfg.RedisURL != "" {
		d.redis(limited, cfg)
	} else {
		d.folder(limited, cfg)
	}
	d.slack(ctx, cfg)
	d.discord(ctx, cfg)
}
