package discordfake

import "strconv"

// Join tells the bot of the server with all its channels, as Discord does when it is added and whenever a session begins.
// system names the channel in which newcomers are greeted; "" for none.
func (f *Fake) Join(system, locale string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	channels, position := []any{}, 0
	for _, id := range sortedChannels(f.channels) {
		c := f.channels[id]
		if c.With != "" || c.Gone {
			continue
		}
		position++
		channels = append(channels, map[string]any{
			"id": c.ID, "name": c.Name, "type": 0, "position": position, "permission_overwrites": c.overwrites(),
		})
	}
	f.dispatch(Guild, "GUILD_CREATE", map[string]any{
		"id": Guild, "name": "Server", "joined_at": f.config.Now().UTC().Format("2006-01-02T15:04:05.000000+00:00"), "preferred_locale": locale,
		"system_channel_id": system, "channels": channels,
		"roles": []any{
			map[string]any{"id": Guild, "name": "@everyone", "permissions": "0"},
			map[string]any{"id": BotRole, "name": "Convenor", "permissions": strconv.FormatUint(f.config.Permissions, 10)},
		},
		"members": []any{map[string]any{"user": map[string]any{"id": BotUser, "username": "Convenor", "bot": true}, "roles": []string{BotRole}}},
	})
}
