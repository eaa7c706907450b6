package bot

import (
	"strings"
	"testing"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
)

func TestMarkFitsAndTellsNothing(t *testing.T) {
	t.Parallel()
	const id = "stepstepstepstep.day-before.2026-12-01.personpersonpers"
	m := mark(id)
	if len(m) != 24 || m != mark(id) || m == mark(id+"x") || strings.Trim(m, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("mark %q", m)
	}
}

func TestAccount(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][3]string{
		"slack:T1:U1": {"slack", "slack:T1", "U1"},
		"discord:9:8": {"discord", "discord:9", "8"},
		"nonsense":    {},
	} {
		platform, place, user := account(id)
		if got := [3]string{platform, place, user}; got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	b := &Bot{platforms: map[string]Platform{"slack": just{name: "slack"}, "discord": just{name: "discord"}}}
	both := []string{"slack:T1:U", "discord:G:9", "phone:P:1"}
	for _, test := range []struct {
		name   string
		kind   flows.DeliveryKind
		via    string
		prefer string
		closed string
		want   string
	}{
		{"the first account", flows.Nudge, "", "", "", "slack discord"},
		{"where they want it", flows.Nudge, "", "discord", "", "discord slack"},
		{"where they acted", flows.Reply, "discord", "slack", "", "discord slack"},
		{"not where it is closed", flows.Nudge, "", "discord", "discord", "slack discord"},
		{"they act where it was closed", flows.Reply, "slack", "", "slack", "slack discord"},
		{"a platform that is not here", flows.Reply, "phone", "phone", "", "slack discord"},
	} {
		o := owed{Delivery: flows.Delivery{Kind: test.kind, Via: test.via, Person: "p"}, person: coalition.Person{
			Identities: both, Prefer: test.prefer, Unreachable: map[string]string{test.closed: "closed"},
		}}
		var got []string
		for _, target := range b.targets(o) {
			got = append(got, target.platform.Name())
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// just is a Platform that only has a name.
type just struct {
	Platform
	name string
}

func (j just) Name() string { return j.name }

// TestShutOut: a platform without Convenor's app takes no reply either, though what waits is tried there again.
func TestShutOut(t *testing.T) {
	t.Parallel()
	b := &Bot{platforms: map[string]Platform{"slack": just{name: "slack"}, "discord": just{name: "discord"}}}
	for _, test := range []struct {
		unreachable map[string]string
		want        bool
	}{
		{nil, false},
		{map[string]string{"slack": "closed"}, false},
		{map[string]string{"discord": "closed", "slack": coalition.NoApp}, true},
		{map[string]string{"discord": "closed", "slack": "left"}, true},
	} {
		p := coalition.Person{Identities: []string{"slack:T1:U1", "discord:g:1"}, Unreachable: test.unreachable}
		if got := b.shutOut(p); got != test.want {
			t.Errorf("%v: %v", test.unreachable, got)
		}
	}
}

// TestLatesAreLookedForOnce: what is claimed again while it is looked for is not looked for beside it.
func TestLatesAreLookedForOnce(t *testing.T) {
	t.Parallel()
	var l lates
	timer := flows.Timer{ID: "late.p.1.0"}
	for i, want := range []int{1, 0, 1} {
		if i == 2 {
			l.done(timer)
		}
		l.add(timer)
		l.add(timer)
		if due := l.take(); len(due) != want {
			t.Errorf("round %d: %d to look for, want %d", i, len(due), want)
		}
	}
}

func TestBackoffGrowsAndSpreads(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)
	b := &Bot{Config: Config{Now: func() time.Time { return now }}}
	last, spread := time.Duration(0), map[time.Duration]bool{}
	for n := range 30 {
		l := flows.Lease{Attempts: n, Delivery: flows.Delivery{ID: "one"}}
		wait := b.backoff(l).Sub(now)
		if wait < last || wait > backoffMost*5/4 || wait < backoffFirst*3/4 {
			t.Errorf("try %d waits %v after %v", n, wait, last)
		}
		last = wait
		l.Delivery.ID = strings.Repeat("x", n)
		spread[b.backoff(flows.Lease{Attempts: 20, Delivery: l.Delivery}).Sub(now)] = true
	}
	if len(spread) < 20 {
		t.Errorf("30 deliveries come back at %d instants", len(spread))
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	p := pace{every: paceEvery, burst: paceBurst}
	now := time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)
	let := 0
	for tick := range 100 { // ten seconds
		if p.take("a", now.Add(time.Duration(tick)*100*time.Millisecond)) == 0 {
			let++
		}
	}
	if let != paceBurst+9 {
		t.Errorf("%d in ten seconds", let)
	}
	if p.take("b", now) != 0 {
		t.Error("another channel waits, too")
	}
	p.hold("b", now.Add(time.Minute), now)
	if wait := p.take("b", now); wait != time.Minute {
		t.Errorf("held back for %v", wait)
	}
	if p.take("b", now.Add(time.Minute)) != 0 {
		t.Error("held back for longer than asked")
	}
	for i := range 3 * paceKept {
		p.take(strings.Repeat("c", i%7)+time.Duration(i).String(), now.Add(time.Duration(i)*time.Hour))
	}
	if len(p.full) > paceKept {
		t.Errorf("%d keys are remembered", len(p.full))
	}
}
