package discord

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// How long a profile is remembered, and how many.
const (
	profileLife = time.Hour
	profilesMax = 10000
	serversLife = 10 * time.Minute // how long the list of servers is taken for whole
	serverPage  = 200
	serverPages = 20
)

// profiles remembers what Discord told about people. The zero profiles is ready to use.
type profiles struct {
	mu      sync.Mutex
	told    map[string]told         // by server and user
	locales map[string]flows.Locale // by user
}

type told struct {
	name string
	at   time.Time
}

func (p *profiles) get(key string, now time.Time) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.told[key]
	return t.name, ok && now.Sub(t.at) < profileLife
}

func (p *profiles) put(key, name string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told == nil || len(p.told) >= profilesMax {
		p.told = map[string]told{}
	}
	p.told[key] = told{name, now}
}

// hear notes the language of somebody's client, which only their interactions tell.
func (p *profiles) hear(user string, locale flows.Locale) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if locale == "" {
		return
	}
	if p.locales == nil || len(p.locales) >= profilesMax {
		p.locales = map[string]flows.Locale{}
	}
	p.locales[user] = locale
}

func (p *profiles) locale(user string) flows.Locale {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.locales[user]
}

// Profile returns the name of somebody on a server, at most an hour old, and the language of their client when it is
// known. Discord tells nobody's time zone.
func (d *Discord) Profile(ctx context.Context, place, user string) (bot.Profile, error) {
	key := guildOf(place) + " " + user
	called, known := d.profiles.get(key, d.Now())
	if !known {
		if !isSnowflake(user) || !isSnowflake(guildOf(place)) {
			return bot.Profile{}, &bot.GoneError{Reason: "not-found"}
		}
		m, err := d.member(ctx, guildOf(place), user)
		if err != nil {
			return bot.Profile{}, fmt.Errorf("read a profile: %w", classify(err, false))
		}
		called = tidy(first(m.Nick, m.User.GlobalName, m.User.Name))
		d.profiles.put(key, called, d.Now())
	}
	return bot.Profile{Name: called, Locale: d.profiles.locale(user)}, nil
}

type member struct {
	Nick  string   `json:"nick"`
	User  person   `json:"user"`
	Roles []string `json:"roles"`
}

func (d *Discord) member(ctx context.Context, guild, user string) (m member, err error) {
	return m, d.request(ctx, http.MethodGet, "guilds/"+guild+"/members/"+user, nil, &m)
}

// guilds knows the servers that Convenor is on, and which of them somebody's direct messages are about.
type guilds struct {
	mu    sync.Mutex
	known map[string]bool
	about map[string]string // server by user, or by channel of direct messages
	asked time.Time         // when Discord was last asked for all

	asking sync.Mutex // held while it is asked
}

// ask reports whether it is time to ask Discord, and notes that it is being asked.
func (g *guilds) ask(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.asked.IsZero() && now.Sub(g.asked) < serversLife {
		return false
	}
	g.asked = now
	return true
}

func (g *guilds) note(guild string, here bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known == nil {
		g.known = map[string]bool{}
	}
	if here {
		g.known[guild] = true
	} else {
		delete(g.known, guild)
	}
}

func (g *guilds) bind(who, guild string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.about == nil || len(g.about) >= profilesMax {
		g.about = map[string]string{}
	}
	g.about[who] = guild
}

func (g *guilds) of(who string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.about[who]
}

func (g *guilds) all() (list []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for guild := range g.known {
		list = append(list, guild)
	}
	slices.Sort(list)
	return list
}

// guildOf finds the server that a direct message belongs to: the one that is named, the one that was last spoken of with
// this person, the only one, or the first that they are on. "" when there is none.
func (d *Discord) guildOf(ctx context.Context, named, user string) string {
	if named = first(named, d.guilds.of(user)); named != "" {
		return named
	}
	list := d.servers(ctx)
	if len(list) == 1 {
		return list[0]
	}
	for _, guild := range list {
		if _, err := d.member(ctx, guild, user); err == nil {
			d.guilds.bind(user, guild)
			return guild
		}
	}
	return ""
}

// servers are the servers that Convenor is on. A process that came back to another's session, or that has some of the
// shards, was not told of all of them and asks, now and then.
func (d *Discord) servers(ctx context.Context) []string {
	if list := d.guilds.all(); len(list) > 0 && d.Shards == nil {
		return list
	}
	d.guilds.asking.Lock() // who comes meanwhile waits for the answer
	defer d.guilds.asking.Unlock()
	if !d.guilds.ask(d.Machine()) {
		return d.guilds.all()
	}
	after := "0"
	for range serverPages {
		var page []struct {
			ID string `json:"id"`
		}
		if err := d.request(ctx, http.MethodGet, "users/@me/guilds?limit="+strconv.Itoa(serverPage)+"&after="+after, nil, &page); err != nil {
			d.Log.LogAttrs(ctx, slog.LevelWarn, "Discord does not say which servers Convenor is on", slog.Any("error", classify(err, false)))
			break
		}
		for _, g := range page {
			d.guilds.note(g.ID, true)
			after = g.ID
		}
		if len(page) < serverPage {
			break
		}
	}
	return d.guilds.all()
}

// belongs notes what server the direct messages with somebody are about.
func (d *Discord) belongs(to bot.Address) {
	channel, open := d.dms.Load(to.User)
	if to.User == "" || !open {
		d.guilds.bind(to.Channel, guildOf(to.Place))
		return
	}
	d.guilds.bind(to.User, guildOf(to.Place))
	d.guilds.bind(channel.(string), guildOf(to.Place))
}

// guildAt is the server that a channel's messages are about, as far as it is known.
func (d *Discord) guildAt(channel string) string {
	if guild := d.guilds.of(channel); guild != "" {
		return guild
	}
	if list := d.guilds.all(); len(list) == 1 {
		return list[0]
	}
	return ""
}
