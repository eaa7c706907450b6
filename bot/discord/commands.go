package discord

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"

	discordgo "github.com/bwmarrin/discordgo"

	"convenor/flows"
)

// homeCommand is the subcommand for the bare command: Discord lets nobody use a command that has subcommands without one.
const homeCommand = "home"

// suggestMax is how many suggestions Discord shows.
const suggestMax = 25

// sub is one subcommand. Its words stand in the catalogue under discord.command.NAME.
type sub struct {
	name    string
	option  string // what may follow it; "" when nothing does
	suggest bool   // activities are suggested
}

func subs() []sub {
	return []sub{
		{name: homeCommand},
		{name: "help"},
		{name: "ask", option: "activity", suggest: true},
		{name: "answer", option: "activity", suggest: true},
		{name: "signup", option: "text"},
		{name: "step", option: "text"},
		{name: "activities"},
		{name: "question", option: "activity", suggest: true},
		{name: "check"},
		{name: "me", option: "text"},
		{name: "resume"},
		{name: "language", option: "text"},
		{name: "nudges", option: "text"},
		{name: "role", option: "text"},
		{name: "log"},
	}
}

// commands is what Discord is to know of /coalition: every verb as a subcommand, described in English and in Spanish.
func (d *Discord) commands() []*discordgo.ApplicationCommand {
	root := &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: "coalition", Description: d.word(flows.English, "discord.command.coalition"),
		DescriptionLocalizations: new(d.localized("discord.command.coalition")),
	}
	for _, s := range subs() {
		one := &discordgo.ApplicationCommandOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: s.name, Description: d.word(flows.English, "discord.command."+s.name),
			DescriptionLocalizations: d.localized("discord.command." + s.name),
		}
		if s.option != "" {
			one.Options = []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionString, Name: s.option, Description: d.word(flows.English, "discord.option."+s.option),
				DescriptionLocalizations: d.localized("discord.option." + s.option), Autocomplete: s.suggest,
			}}
		}
		root.Options = append(root.Options, one)
	}
	return []*discordgo.ApplicationCommand{root}
}

// localized is a phrase in every language of Discord's that the catalogue has.
func (d *Discord) localized(key string) map[discordgo.Locale]string {
	return map[discordgo.Locale]string{
		discordgo.EnglishUS: d.word(flows.English, key), discordgo.SpanishES: d.word(flows.Spanish, key), discordgo.SpanishLATAM: d.word(flows.Spanish, key),
	}
}

// commandsPath is where the application's commands are read and written.
func (d *Discord) commandsPath() string { return "applications/" + d.ApplicationID + "/commands" }

// commandsThere are the commands that Discord has.
func (d *Discord) commandsThere(ctx context.Context) (list []*discordgo.ApplicationCommand, err error) {
	return list, d.request(ctx, http.MethodGet, d.commandsPath()+"?with_localizations=true", nil, &list)
}

// writeCommands writes the commands when Discord has others. Each writing counts towards a limit of Discord's, so what is
// there is read first and compared.
func (d *Discord) writeCommands(ctx context.Context) error {
	there, err := d.commandsThere(ctx)
	if err != nil {
		return refusal(err)
	}
	if want := d.commands(); sum(there) != sum(want) {
		if err := d.request(ctx, http.MethodPut, d.commandsPath(), want, nil); err != nil {
			return refusal(err)
		}
	}
	return nil
}

// sum is the hash of what commands say, whatever ids and defaults Discord adds.
func sum(list []*discordgo.ApplicationCommand) [sha256.Size]byte {
	type said struct {
		Name, Description string
		Localized         map[discordgo.Locale]string
		Options           []*discordgo.ApplicationCommandOption
	}
	var all []said
	for _, c := range list {
		one := said{Name: c.Name, Description: c.Description, Options: c.Options}
		if c.DescriptionLocalizations != nil {
			one.Localized = *c.DescriptionLocalizations
		}
		all = append(all, one)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(raw)
}

// suggestion is one choice that an option offers while it is typed.
type suggestion struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// suggest offers the activities whose number or title holds what was typed.
func (d *Discord) suggest(in decoded) []suggestion {
	list := []suggestion{}
	for _, s := range subs() {
		if s.name != in.verb || !s.suggest {
			continue
		}
		for _, a := range d.Pack.Activities() {
			title := a.Title[flows.English]
			if local := a.Title[in.locale]; local != "" {
				title = local
			}
			shown := tidy(a.ID + " " + title)
			if strings.Contains(strings.ToLower(shown), strings.ToLower(strings.TrimSpace(in.raw))) && len(list) < suggestMax {
				list = append(list, suggestion{Name: cut(shown, optionMax), Value: a.ID})
			}
		}
	}
	return list
}
