package discord

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	discordgo "github.com/bwmarrin/discordgo"

	"convenor/bot"
	"convenor/flows"
)

// commandName is the one command.
const commandName = "coalition"

// homeCommand is the subcommand for the bare command: Discord lets nobody use a command that has subcommands without one.
const homeCommand = "home"

// saveCommand is the entry in the menu of a message.
const saveCommand = "Save as action step"

// opt is an option of a subcommand. Its words stand in the catalogue under discord.option.NAME (what it is called) and
// discord.about.NAME, those of its choices under discord.choice.CHOICE.
type opt struct {
	name    string
	want    bot.Wanted // what is suggested while it is typed; "" for nothing
	choices []string
	field   string // the question of a flow that it answers; "" where it follows the verb as text
}

// sub is one subcommand. Its words stand in the catalogue under discord.name.NAME and discord.command.NAME.
type sub struct {
	name    string
	options []opt
}

// subs lists the subcommands: one for each verb of package bot, and the home.
func subs() []sub {
	activity := []opt{{name: "activity", want: bot.WantActivity}}
	return []sub{
		{name: homeCommand},
		{name: "help"},
		{name: "ask", options: activity},
		{name: "answer", options: activity},
		{name: "signup", options: []opt{{name: "way", choices: []string{"messenger", "stakeholder"}}}},
		{name: "step", options: []opt{
			{name: "what", field: "what"},
			{name: "goal", field: "goal"},
			{name: "lead", field: "lead", want: bot.WantPerson},
			{name: "by", field: "due", want: bot.WantDate},
		}},
		{name: "plan", options: []opt{{name: "step", want: bot.WantStep}}},
		{name: "activities"},
		{name: "question", options: activity},
		{name: "check"},
		{name: "me"},
		{name: "resume"},
		{name: "language", options: []opt{{name: "language", choices: []string{"english", "spanish"}}}},
		{name: "nudges", options: []opt{{name: "reminders", choices: []string{"on", "off"}}}},
		{name: "hours", options: []opt{{name: "when", choices: []string{"day", "work", "evening", "week", "ours"}}}},
		{name: "away", options: []opt{{name: "until", want: bot.WantDate}}},
		{name: "zone", options: []opt{{name: "clock"}}},
		{name: "link", options: []opt{{name: "code"}}},
		{name: "sample"},
		{name: "about"},
		{name: "setup"},
		{name: "role", options: []opt{{name: "person", want: bot.WantPerson}}},
		{name: "call"},
		{name: "log"},
	}
}

// findSub finds a subcommand by its name.
func findSub(name string) (sub, bool) {
	all := subs()
	at := slices.IndexFunc(all, func(s sub) bool { return s.name == name })
	if at < 0 {
		return sub{}, false
	}
	return all[at], true
}

// commands is what Discord is to know: /coalition with every verb as a subcommand, and the entry in the menu of a message,
// in English and in Spanish.
func (d *Discord) commands() []*discordgo.ApplicationCommand {
	root := &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: commandName, Description: d.word(flows.English, "discord.command.coalition"),
		DescriptionLocalizations: new(d.localized("discord.command.coalition")),
	}
	for _, s := range subs() {
		one := &discordgo.ApplicationCommandOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: s.name, NameLocalizations: d.localized("discord.name." + s.name),
			Description: d.word(flows.English, "discord.command."+s.name), DescriptionLocalizations: d.localized("discord.command." + s.name),
		}
		for _, o := range s.options {
			one.Options = append(one.Options, d.option(o))
		}
		root.Options = append(root.Options, one)
	}
	save := &discordgo.ApplicationCommand{
		Type: discordgo.MessageApplicationCommand, Name: saveCommand, NameLocalizations: new(d.localized("discord.save")),
	}
	return []*discordgo.ApplicationCommand{root, save}
}

func (d *Discord) option(o opt) *discordgo.ApplicationCommandOption {
	out := &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: o.name, NameLocalizations: d.localized("discord.option." + o.name),
		Description: d.word(flows.English, "discord.about."+o.name), DescriptionLocalizations: d.localized("discord.about." + o.name),
		Autocomplete: o.want != "",
	}
	for _, c := range o.choices {
		out.Choices = append(out.Choices, &discordgo.ApplicationCommandOptionChoice{
			Name: d.word(flows.English, "discord.choice."+c), NameLocalizations: d.localized("discord.choice." + c), Value: c,
		})
	}
	return out
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
		Type              discordgo.ApplicationCommandType
		Name, Description string
		Names, Described  map[discordgo.Locale]string
		Options           []*discordgo.ApplicationCommandOption
	}
	all := make([]said, 0, len(list))
	for _, c := range list {
		one := said{Type: c.Type, Name: c.Name, Description: c.Description, Options: c.Options}
		if c.NameLocalizations != nil {
			one.Names = *c.NameLocalizations
		}
		if c.DescriptionLocalizations != nil {
			one.Described = *c.DescriptionLocalizations
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b said) int { return strings.Compare(a.Name, b.Name) }) // Discord lists them in any order
	raw, err := json.Marshal(all)
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(raw)
}
