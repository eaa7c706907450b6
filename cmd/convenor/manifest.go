package main

import (
	"fmt"

	"convenor/bot/discord"
	"convenor/bot/slack"
)

// manifestCmd prints what a platform wants to know about the app.
type manifestCmd struct {
	Slack   manifestSlackCmd   `cmd:"" help:"Print the manifest of the Slack app, and a link that opens Slack with it filled in."`
	Discord manifestDiscordCmd `cmd:"" help:"Print the link that adds Convenor to a Discord server, and why it asks for what."`
}

type manifestSlackCmd struct {
	Address string `name:"address" help:"Where Slack reaches Convenor over HTTP, like https://bot.example.org. Without it the app uses Socket Mode." placeholder:"URL"`
}

// Run prints the manifest on the output, so that it can go into a file, and the link beside it.
func (c manifestSlackCmd) Run(s shell) error {
	m := slack.Manifest(c.Address)
	if _, err := fmt.Fprint(s.out, m); err != nil {
		return err
	}
	say(s.err, "\nOr open this link, choose your workspace, and press Create:\n%s", slack.ManifestLink(m))
	return nil
}

type manifestDiscordCmd struct {
	ApplicationID string `name:"application-id" help:"The application's id, from its page on Discord." env:"DISCORD_APPLICATION_ID" placeholder:"ID"`
}

// Run prints the link and what it asks for.
func (c manifestDiscordCmd) Run(s shell) error {
	_, err := fmt.Fprint(s.out, discord.Manifest(c.ApplicationID))
	return err
}
