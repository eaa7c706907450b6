package slack

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// How long a profile is remembered, and how many.
const (
	profileLife = time.Hour
	profilesMax = 10000
)

// profiles remembers what Slack told about people. The zero profiles is ready to use.
type profiles struct {
	mu   sync.Mutex
	told map[string]told
}

type told struct {
	bot.Profile
	at time.Time
}

func (p *profiles) get(user string, now time.Time) (bot.Profile, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.told[user]
	return t.Profile, ok && now.Sub(t.at) < profileLife
}

func (p *profiles) put(user string, profile bot.Profile, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told == nil || len(p.told) >= profilesMax {
		p.told = map[string]told{}
	}
	p.told[user] = told{Profile: profile, at: now}
}

// Profile returns the name, zone and language of a user, at most an hour old.
func (s *Slack) Profile(ctx context.Context, _, user string) (bot.Profile, error) {
	if p, known := s.profiles.get(user, s.Now()); known {
		return p, nil
	}
	if s.lacks(methodUser) {
		return bot.Profile{}, nil
	}
	u, err := s.api.GetUserInfoContext(ctx, user)
	if err != nil {
		return bot.Profile{}, fmt.Errorf("read a profile: %w", classify(err, false))
	}
	p := bot.Profile{
		Name:   clean(first(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name)),
		Zone:   u.TZ,
		Locale: baseLocale(u.Locale),
	}
	s.profiles.put(user, p, s.Now())
	return p, nil
}

// baseLocale is the language of a locale like "es-LA".
func baseLocale(s string) flows.Locale {
	base, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	return flows.Locale(strings.ToLower(base))
}
