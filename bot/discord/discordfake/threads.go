package discordfake

import "net/http"

// room describes a channel.
func (f *Fake) room(r request) answer {
	c := f.channels[r.PathValue("channel")]
	if c == nil || c.Gone {
		return refuse(404, 10003, "Unknown Channel")
	}
	return answer{http.StatusOK, c.json()}
}

func (c *Channel) json() map[string]any {
	out := map[string]any{"id": c.ID, "type": 0, "name": c.Name, "guild_id": Guild}
	switch {
	case c.With != "":
		out = map[string]any{"id": c.ID, "type": 1}
	case c.Parent != "":
		out["type"], out["parent_id"] = 11, c.Parent
	}
	return out
}

// openThread opens a thread below a message. It gets the message's id.
func (f *Fake) openThread(r request) answer {
	c, bad := f.reach(r.PathValue("channel"))
	if bad != nil {
		return *bad
	}
	message := r.PathValue("message")
	there := false
	for _, m := range f.messages[c.ID] {
		there = there || m.ID == message && m.For == ""
	}
	switch {
	case !there || c.Parent != "":
		return refuse(404, 10008, "Unknown Message")
	case f.channels[message] != nil:
		return refuse(400, 160004, "A thread has already been created for this message")
	}
	var body struct {
		Name string `json:"name"`
	}
	if !r.read(&body) || body.Name == "" || len([]rune(body.Name)) > 100 {
		return refuse(400, 50035, "Invalid Form Body")
	}
	f.channels[message] = &Channel{ID: message, Name: body.Name, Parent: c.ID}
	return answer{http.StatusCreated, f.channels[message].json()}
}
