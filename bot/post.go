package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/nudge"
)

// target is one place where a delivery could go.
type target struct {
	platform Platform
	to       Address
}

// channel names the target for pacing.
func (t target) channel() string { return t.to.Place + "/" + t.to.User + t.to.Channel }

// mark is the key by which a platform recognises a delivery: it tells nothing about it and fits Discord's nonce of 25
// characters.
func mark(delivery string) string {
	sum := sha256.Sum256([]byte(delivery))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// spread turns an id into a number below n that looks like chance and is always the same.
func spread(id string, n uint32) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32() % n
}

// account takes an identity or a space's id apart: "slack:T1:U1" is U1 in the place slack:T1.
func account(id string) (platform, place, user string) {
	end := strings.LastIndexByte(id, ':')
	if end < 0 {
		return "", "", ""
	}
	platform, _, _ = strings.Cut(id, ":")
	return platform, id[:end], id[end+1:]
}

// targets lists where a delivery could go, the best first. A reply goes to where the person acted, a nudge to where
// they want it, else to the first account they have. What was found unreachable comes last.
func (b *Bot) targets(o owed) []target {
	if o.Space != "" {
		if p, ok := b.platforms[o.space.Platform]; ok {
			return []target{{platform: p, to: Address{Place: o.space.Place, Channel: o.space.Channel, Thread: o.parent.Message}}}
		}
		return nil
	}
	first := o.person.Prefer
	if o.Kind == flows.Reply && o.Via != "" {
		first = o.Via
	}
	var list []target
	for _, id := range o.person.Identities {
		name, place, user := account(id)
		if p, ok := b.platforms[name]; ok {
			list = append(list, target{platform: p, to: Address{Place: place, User: user}})
		}
	}
	rank := func(t target) int {
		name := t.platform.Name()
		switch {
		case o.Kind == flows.Reply && name == first: // they acted there a moment ago
			return 0
		case o.person.Unreachable[name] != "":
			return 3
		case name == first:
			return 1
		default:
			return 2
		}
	}
	slices.SortStableFunc(list, func(x, y target) int { return rank(x) - rank(y) })
	return list
}

// bound names the platform where a delivery stands or, where it does not, is tried first; "" when none can reach whom it
// is for.
func (b *Bot) bound(o owed, at flows.Posted) string {
	switch {
	case at.Platform != "":
		return at.Platform
	case o.Edit:
		return o.posted.Platform
	}
	if to := b.targets(o); len(to) > 0 {
		return to[0].platform.Name()
	}
	return ""
}

// placed is where a message of a delivery stands. What an older version wrote down lacks the place: it is the one where
// the delivery would go.
func (b *Bot) placed(o owed, at flows.Posted) flows.Posted {
	for _, t := range b.targets(o) {
		if at.Place == "" && t.platform.Name() == at.Platform {
			at.Place = t.to.Place
		}
	}
	return at
}

// edit replaces a message that stands somewhere. To repeat it is harmless, so there is no intent.
func (b *Bot) edit(ctx context.Context, l flows.Lease, o owed, v nudge.Verdict) error {
	p, ok := b.platforms[o.posted.Platform]
	if !ok {
		return b.end(ctx, l, o, flows.Dead, ruleUnreachable)
	}
	at := b.placed(o, o.posted)
	channel := at.Place + "/" + at.Channel + "/edit" // edits have a rate of their own
	now := b.Now()
	if wait := b.pace.take(channel, now); wait > 0 {
		b.hold(ctx, l, at.Platform, now.Add(wait))
		return nil
	}
	m, err := b.words(ctx, o, v.Message)
	if err != nil {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = p.Edit(asking, at, m)
	var gone *GoneError
	var busy *BusyError
	var doubt *UnclearError
	switch {
	case errors.As(err, &gone):
		return b.end(ctx, l, o, flows.Dead, gone.Reason)
	case errors.As(err, &busy):
		b.wait(ctx, l, at.Platform, channel, busy)
		return nil
	case errors.As(err, &doubt):
		return doubt.Err // edited or not: it is done once more, with nothing to look for first
	case err != nil:
		return err
	}
	return b.complete(ctx, l, o, b.receipt(o, flows.Sent, v.Rule, v.Message), flows.Posted{}, nil)
}

// closed is why a target refused for good before: a closed door is not knocked at again until the person acts behind it,
// or somebody acts in the space.
func (o *owed) closed(t target) string {
	switch {
	case o.Kind == flows.Reply && o.Via == t.platform.Name():
		return ""
	case o.Space == "":
		return o.person.Refused(t.platform.Name())
	default:
		return o.space.Refused()
	}
}

// post sends a delivery to the first target that takes it. Each one that never will is noted with the person.
func (b *Bot) post(ctx context.Context, l flows.Lease, o owed, v nudge.Verdict) error {
	m, err := b.words(ctx, o, v.Message)
	if err != nil {
		return err
	}
	lessons, why := []personChange(nil), ruleUnreachable
	for _, t := range b.targets(o) {
		now := b.Now()
		if closed := o.closed(t); closed != "" {
			why = closed
			continue
		}
		if l.Until.Sub(now) < sendTimeout+time.Second { // what is begun must end under the lease
			b.putBack(ctx, l, now, false)
			return nil
		}
		if wait := b.turn(t, l.Delivery, now); wait > 0 {
			b.hold(ctx, l, t.platform.Name(), now.Add(wait))
			return nil
		}
		at, err := b.ask(ctx, l, o, t, m)
		var gone *GoneError
		var busy *BusyError
		switch {
		case errors.As(err, &gone):
			why = gone.Reason
			lessons = append(lessons, reached(t.platform.Name(), gone.Reason))
			continue
		case errors.As(err, &busy):
			b.limits.posts.slow(t.to.Place, now)
			b.wait(ctx, l, t.platform.Name(), t.channel(), busy)
			return nil
		case err != nil:
			return err
		}
		lessons = append(lessons, reached(t.platform.Name(), ""))
		receipt := b.receipt(o, flows.Sent, v.Rule, v.Message)
		receipt.At = now
		err = b.complete(ctx, l, o, receipt, at, append(lessons, learned(v)...))
		if errors.Is(err, flows.ErrLost) {
			b.cameLate(ctx, l, o)
			return err
		}
		if err != nil {
			return &UnclearError{Err: err} // it is posted; that this is not written down must not be forgotten
		}
		return nil
	}
	return b.complete(ctx, l, o, b.receipt(o, flows.Dead, why, v.Message), flows.Posted{}, lessons)
}

// turn is how long a delivery has to wait until its workspace and its channel may be written to.
func (b *Bot) turn(t target, d flows.Delivery, now time.Time) time.Duration {
	if wait := b.limits.posts.turn(t.to.Place, d, now); wait > 0 {
		return wait
	}
	wait := b.pace.take(t.channel(), now)
	if wait == 0 {
		b.limits.posts.taken(d)
	}
	return wait
}

// ask asks one platform to post, after writing down that it is about to be asked.
func (b *Bot) ask(ctx context.Context, l flows.Lease, o owed, t target, m Message) (flows.Posted, error) {
	if err := b.Outbox.Intend(ctx, l, b.Now()); err != nil {
		return flows.Posted{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	at, err := t.platform.Send(ctx, t.to, mark(o.mark), m)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = &UnclearError{Err: err} // the time was up while the platform was asked
	}
	return at, err
}

// wait gives a delivery back for as long as the platform asks, and holds back what else goes to the channel.
func (b *Bot) wait(ctx context.Context, l flows.Lease, platform, channel string, busy *BusyError) {
	now := b.Now()
	until := now.Add(max(busy.After, paceEvery))
	b.pace.hold(channel, until, now)
	b.hold(ctx, l, platform, until)
}

// hold gives a delivery back until the platform takes it.
func (b *Bot) hold(ctx context.Context, l flows.Lease, platform string, until time.Time) {
	b.Waited(platform, until.Sub(b.Now()))
	b.putBack(ctx, l, until, false)
}

// words renders what is sent for whoever it goes to. As a rule all that it names was read with what decided about it.
func (b *Bot) words(ctx context.Context, o owed, m flows.Message) (Message, error) {
	zone := o.person.Zone
	if zone == "" {
		zone = o.tenant.Zone
	}
	unread := slices.DeleteFunc(References(m), func(r flows.Ref) bool { return slices.Contains(o.asked, r) })
	r, err := b.reader(ctx, o.Coalition, o.locale(), zone, unread, o.records...)
	if err != nil {
		return Message{}, err
	}
	out := Voice{b.Pack}.Message(m, r)
	if m.Calls != "" {
		out.Calls = o.called.AccountIn(o.space.Place)
	}
	return out, nil
}
