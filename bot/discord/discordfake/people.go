package discordfake

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (*Fake) self(request) answer {
	return answer{http.StatusOK, map[string]any{"id": BotUser, "username": "Convenor", "bot": true}}
}

func (f *Fake) application(request) answer {
	return answer{http.StatusOK, map[string]any{"id": ApplicationID, "name": "Convenor", "interactions_endpoint_url": f.requestURL, "verify_key": f.PublicKey(), "flags": f.config.Flags}}
}

func (f *Fake) member(r request) answer {
	u, known := f.users[r.PathValue("user")]
	switch {
	case r.PathValue("user") == BotUser:
		return answer{http.StatusOK, map[string]any{"nick": nil, "roles": []string{BotRole}, "user": map[string]any{"id": BotUser, "username": "Convenor", "bot": true}}}
	case r.PathValue("guild") != Guild:
		return refuse(404, 10004, "Unknown Guild")
	case !known:
		return refuse(404, 10007, "Unknown Member")
	}
	return answer{http.StatusOK, map[string]any{"nick": nil, "roles": []string{}, "user": userJSON(u)}}
}

// joined lists the servers that the bot is on.
func (f *Fake) joined(request) answer {
	list := []any{}
	if !f.config.Nowhere {
		list = append(list, map[string]any{"id": Guild, "name": "Server", "owner": false, "permissions": strconv.FormatUint(f.config.Permissions, 10)})
	}
	return answer{http.StatusOK, list}
}

// rooms lists the server's channels.
func (f *Fake) rooms(r request) answer {
	if r.PathValue("guild") != Guild {
		return refuse(404, 10004, "Unknown Guild")
	}
	list := []any{}
	for _, c := range f.channels {
		if c.With != "" || c.Gone {
			continue
		}
		list = append(list, map[string]any{"id": c.ID, "name": c.Name, "type": 0, "permission_overwrites": c.overwrites()})
	}
	return answer{http.StatusOK, list}
}

func (c *Channel) overwrites() []any {
	list := []any{}
	for id, o := range c.Overwrites {
		list = append(list, map[string]any{"id": id, "type": 0, "allow": strconv.FormatUint(o.Allow, 10), "deny": strconv.FormatUint(o.Deny, 10)})
	}
	return list
}

func sortedChannels(channels map[string]*Channel) []string {
	return slices.Sorted(maps.Keys(channels))
}

func userJSON(u User) map[string]any {
	return map[string]any{"id": u.ID, "username": strings.ToLower(u.Name), "global_name": u.Name, "bot": false}
}

func (f *Fake) openDM(r request) answer {
	var body struct {
		Recipient string `json:"recipient_id"`
	}
	if !r.read(&body) || body.Recipient == "" {
		return refuse(400, 50035, "Invalid Form Body")
	}
	if _, known := f.users[body.Recipient]; !known {
		return refuse(400, 50033, "Invalid Recipient(s)")
	}
	c := f.direct(body.Recipient)
	return answer{http.StatusOK, map[string]any{"id": c.ID, "type": 1}}
}

func (f *Fake) direct(user string) *Channel {
	id := DMChannel(user)
	if f.channels[id] == nil {
		f.channels[id] = &Channel{ID: id, With: user}
	}
	return f.channels[id]
}

// command is what a command or one of its options is made of.
type command struct {
	Type        int               `json:"type"`
	Name        string            `json:"name"`
	Names       map[string]string `json:"name_localizations"`
	Description string            `json:"description"`
	Described   map[string]string `json:"description_localizations"`
	Required    bool              `json:"required"`
	Choices     []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	} `json:"choices"`
	Options []command `json:"options"`
}

// CheckCommands says what Discord would refuse in a list of commands.
func CheckCommands(raw []byte) error {
	var list []command
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	var c checker
	c.need(len(list) <= 100, "%d commands", len(list))
	for _, one := range list {
		if one.Type == 3 { // in the menu of a message: a name as people write it, and nothing else
			for _, name := range append(values(one.Names), one.Name) {
				c.length("a command's name", name, 1, 32)
			}
			c.need(one.Description == "" && len(one.Described) == 0 && len(one.Options) == 0, "%s is described", one.Name)
			continue
		}
		size := 0
		c.command(one, &size)
		c.need(size <= 8000, "a command of %d characters", size)
	}
	return errors.Join(c.faults...)
}

func (c *checker) command(one command, size *int) {
	for _, name := range append(values(one.Names), one.Name) {
		c.need(commandName.MatchString(name) && strings.ToLower(name) == name, "a command called %q", name)
	}
	for _, words := range append(values(one.Described), one.Description) {
		c.length("a description of "+one.Name, words, 1, 100)
	}
	*size += len(one.Name) + len(one.Description)
	c.need(len(one.Options) <= 25 && len(one.Choices) <= 25, "%s has more than 25 options or choices", one.Name)
	seen, optional, nested := map[string]bool{}, false, 0
	for _, o := range one.Options {
		c.need(!seen[o.Name], "option %q twice", o.Name)
		c.need(!o.Required || !optional, "%q is required after one that is not", o.Name)
		seen[o.Name] = true
		optional = optional || !o.Required
		if o.Type == 1 || o.Type == 2 {
			nested++
		}
		c.command(o, size)
	}
	c.need(nested == 0 || nested == len(one.Options), "%s mixes subcommands with options", one.Name)
	for _, choice := range one.Choices {
		c.length("a choice", choice.Name, 1, 100)
	}
}

func values(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func (f *Fake) putCommands(r request) answer {
	if err := CheckCommands(r.body); err != nil {
		return refuse(400, 50035, err.Error())
	}
	f.commands = r.body
	return answer{http.StatusOK, json.RawMessage(r.body)}
}

func (f *Fake) getCommands(request) answer {
	if f.commands == nil {
		return answer{http.StatusOK, []any{}}
	}
	return answer{http.StatusOK, json.RawMessage(f.commands)}
}
