package web

import (
	"slices"

	"convenor/flows"
)

// The pretend platforms, named like the real ones, because identities and places are.
const (
	slack   = "slack"
	discord = "discord"
)

// PlaceSlack and PlaceDiscord are the pretend workspace and the pretend server. Both belong to one coalition.
const (
	PlaceSlack   = slack + ":PLAY"
	PlaceDiscord = discord + ":PLAY"
)

// Persona is a pretend person that a visitor can act as.
type Persona struct {
	User     string // user id on the persona's platform
	Name     string
	Platform string
	Zone     string       // IANA name
	Locale   flows.Locale // language at first; a World keeps what it was changed to
	Role     string       // key of words that say who this is
}

// Place is the pretend workspace or server that the persona belongs to.
func (p Persona) Place() string { return p.Platform + ":PLAY" }

// Identity is the persona's full name among all platforms: "discord:PLAY:marcus".
func (p Persona) Identity() string { return p.Place() + ":" + p.User }

// Channel is a pretend channel.
type Channel struct {
	ID       string // the channel's id and, after "#", its name
	Platform string
}

// Place is the pretend workspace or server that the channel belongs to.
func (c Channel) Place() string { return c.Platform + ":PLAY" }

// Cast lists everybody in the playground, the coordinator first. The people are invented.
func Cast() []Persona {
	return []Persona{
		{User: "rosa", Name: "Rosa Delgado", Platform: slack, Zone: "America/Chicago", Locale: flows.English, Role: "web.role.rosa"},
		{User: "marcus", Name: "Marcus Bell", Platform: discord, Zone: "America/Los_Angeles", Locale: flows.English, Role: "web.role.marcus"},
		{User: "ana", Name: "Ana Reyes", Platform: slack, Zone: "America/Chicago", Locale: flows.Spanish, Role: "web.role.ana"},
		{User: "james", Name: "James Porter", Platform: slack, Zone: "America/New_York", Locale: flows.English, Role: "web.role.james"},
	}
}

// Channels lists the channels of both platforms.
func Channels() []Channel {
	return []Channel{
		{ID: "reentry-council", Platform: slack},
		{ID: "volunteers", Platform: discord},
	}
}

// persona finds a member of the cast by user id; user ids are unique over both platforms.
func persona(user string) (Persona, bool) {
	cast := Cast()
	i := slices.IndexFunc(cast, func(p Persona) bool { return p.User == user })
	if i < 0 {
		return Persona{}, false
	}
	return cast[i], true
}

// A conversation is named by what it is: "channel.<id>", or "dm.<user>" for a person's direct messages with Convenor.
const (
	channelPrefix = "channel."
	directPrefix  = "dm."
)

// conversations lists what a persona can see: the channels of the own platform, then the direct messages.
func conversations(p Persona) []string {
	var list []string
	for _, c := range Channels() {
		if c.Platform == p.Platform {
			list = append(list, channelPrefix+c.ID)
		}
	}
	return append(list, directPrefix+p.User)
}
