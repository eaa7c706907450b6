package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
)

// config is what the environment says. Each variable may also be given as NAME_FILE, a path whose content is the
// value: the usual way to hand over a secret.
type config struct {
	RedisURL      string     `env:"REDIS_URL"`
	SlackBotToken string     `env:"SLACK_BOT_TOKEN"`
	SlackAppToken string     `env:"SLACK_APP_TOKEN"`
	SlackSecret   string     `env:"SLACK_SIGNING_SECRET"`
	SlackAPIURL   string     `env:"SLACK_API_URL" envDefault:"https://slack.com/api/"`
	SlackAppsFile string     `env:"SLACK_APPS_FILE"`
	DiscordToken  string     `env:"DISCORD_TOKEN"`
	DiscordApp    string     `env:"DISCORD_APPLICATION_ID"`
	DiscordKey    string     `env:"DISCORD_PUBLIC_KEY"`
	DiscordAPIURL string     `env:"DISCORD_API_URL" envDefault:"https://discord.com/api/v10"`
	ListenAddr    string     `env:"LISTEN_ADDR"   envDefault:"127.0.0.1:8080"`
	Content       string     `env:"CONVENOR_CONTENT"`
	Rehearsal     bool       `env:"CONVENOR_REHEARSAL"`
	LogLevel      slog.Level `env:"LOG_LEVEL"     envDefault:"info"`

	apps []slackApp // of SlackAppsFile
}

// readConfig reads the environment given as NAME=value lines; serving also asks for what `convenor serve` cannot do
// without. Its error lists everything that is wrong at once, one line each, with what to do. It never repeats a
// secret's value.
func readConfig(environ []string, serving bool) (config, error) {
	c, wrong := examine(environ, serving)
	if len(wrong) == 0 {
		return c, nil
	}
	return c, errors.New("the configuration needs mending:\n  " + strings.Join(wrong, "\n  "))
}

// examine reads the environment and lists everything that is wrong with it, one line each: the variable, a colon, what
// is wrong and what to do.
func examine(environ []string, serving bool) (c config, wrong []string) {
	vars, wrong := withFiles(environ)
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		wrong = append(wrong, parseMistakes(err)...)
	}
	wrong = append(wrong, c.mistakes()...)
	if c.SlackAppsFile != "" {
		var mistakes []string
		c.apps, mistakes = readApps(c.SlackAppsFile)
		wrong = append(wrong, mistakes...)
	}
	if serving {
		wrong = append(wrong, c.missing()...)
	}
	sort.Strings(wrong)
	return c, wrong
}

// withFiles turns NAME_FILE into NAME by reading the file.
func withFiles(environ []string) (vars map[string]string, wrong []string) {
	vars = env.ToMap(environ)
	for name, path := range env.ToMap(environ) {
		base, isFile := strings.CutSuffix(name, "_FILE")
		if !isFile || path == "" || !known(base) {
			continue
		}
		if vars[base] != "" {
			wrong = append(wrong, fmt.Sprintf("%s: both %s and %s are set. Please keep one.", base, base, name))
			continue
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator names this file
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: the file it names cannot be read (%v). Check its path, and that the user who runs Convenor may read it.", name, errors.Unwrap(err)))
			continue
		}
		vars[base] = strings.TrimSpace(string(content))
	}
	return vars, wrong
}

func known(name string) bool {
	fields, err := env.GetFieldParams(&config{})
	if err != nil {
		return false
	}
	for _, f := range fields {
		if f.Key == name {
			return true
		}
	}
	return false
}

func parseMistakes(err error) []string {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []string{err.Error()}
	}
	names := map[string]string{
		"Rehearsal": "CONVENOR_REHEARSAL: write 1 or 0.",
		"LogLevel":  "LOG_LEVEL: write debug, info, warn or error.",
	}
	var wrong []string
	for _, e := range all.Errors {
		var p env.ParseError
		if errors.As(e, &p) && names[p.Name] != "" {
			wrong = append(wrong, names[p.Name])
			continue
		}
		wrong = append(wrong, e.Error())
	}
	return wrong
}

func (c config) mistakes() []string {
	var wrong []string
	need := func(ok bool, line string) {
		if !ok {
			wrong = append(wrong, line)
		}
	}
	if c.RedisURL != "" {
		u, err := url.Parse(strings.SplitN(c.RedisURL, ",", 2)[0])
		need(err == nil && (u.Scheme == "redis" || u.Scheme == "rediss" || u.Scheme == "unix"),
			"REDIS_URL: write it as redis://host:6379/0, or rediss:// for TLS. README, \"On Redis\", has the forms for a Redis Cluster and for Sentinels.")
	}
	wrong = append(wrong, c.app().mistakes()...)
	api, err := url.Parse(c.SlackAPIURL)
	need(err == nil && api.Host != "" && strings.HasPrefix(api.Scheme, "http") && strings.HasSuffix(api.Path, "/api/"),
		"SLACK_API_URL: write a web address that ends in /api/.")
	c.discordMistakes(need)
	_, _, err = net.SplitHostPort(c.ListenAddr)
	need(err == nil, "LISTEN_ADDR: write host:port, like 127.0.0.1:8080.")
	if c.Content != "" {
		info, err := os.Stat(c.Content)
		need(err == nil && info.IsDir(), "CONVENOR_CONTENT: this must be a folder that holds a pack.")
	}
	return wrong
}

func (c config) discordMistakes(need func(ok bool, line string)) {
	need(c.DiscordToken == "" || strings.Contains(c.DiscordToken, ".") && !strings.ContainsAny(c.DiscordToken, " \t\n"),
		"DISCORD_TOKEN: this is not a bot's token, which has dots in it and no word before it. On your application's page under Bot, Reset Token makes one.")
	_, err := strconv.ParseUint(c.DiscordApp, 10, 63)
	need(c.DiscordApp == "" || err == nil, "DISCORD_APPLICATION_ID: this is a long number. You find it on your application's page under General Information.")
	key, err := hex.DecodeString(c.DiscordKey)
	need(c.DiscordKey == "" || err == nil && len(key) == ed25519.PublicKeySize,
		"DISCORD_PUBLIC_KEY: this has 64 characters, 0 to 9 and a to f. You find it on your application's page under General Information.")
	api, err := url.Parse(c.DiscordAPIURL)
	need(err == nil && api.Host != "" && strings.HasPrefix(api.Scheme, "http") && strings.HasSuffix(api.Path, "/api/v10"),
		"DISCORD_API_URL: write a web address that ends in /api/v10.")
}

// slack reports whether anything is set that is for Slack alone.
func (c config) slack() bool {
	return c.app() != slackApp{} || c.SlackAppsFile != ""
}

// discord reports whether anything is set that is for Discord alone.
func (c config) discord() bool {
	return c.DiscordToken != "" || c.DiscordApp != "" || c.DiscordKey != ""
}

// missing names what `convenor serve` cannot do without, or where it must not have both of two.
func (c config) missing() []string {
	var wrong []string
	if !c.slack() && !c.discord() {
		return []string{"SLACK_BOT_TOKEN: not set, and DISCORD_TOKEN is not set either. Convenor needs to know where your people are: set what it needs " +
			"for Slack, for Discord or for both. README, \"Put it on Slack\" and \"Put it on Discord\", says how."}
	}
	if c.discord() && c.DiscordToken == "" {
		wrong = append(wrong, "DISCORD_TOKEN: not set, and something else of Discord's is. README, \"Put it on Discord\", says where to find it.")
	}
	if c.slack() {
		wrong = append(wrong, c.missingOfSlack()...)
	}
	return wrong
}

func (c config) missingOfSlack() []string {
	switch one := c.app(); {
	case c.SlackAppsFile == "":
		return one.missing()
	case one != slackApp{}:
		return []string{"SLACK_APPS_FILE: SLACK_BOT_TOKEN, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set, too. Please keep one way: those for one workspace, " +
			"the file for several, with that one in it."}
	default:
		return nil // each is looked at as the file is read
	}
}

// slackApps are the apps to serve: the one of the variables, or those of the file.
func (c config) slackApps() []slackApp {
	if c.SlackAppsFile != "" {
		return c.apps
	}
	return []slackApp{c.app()}
}

// app is what the variables say of one app.
func (c config) app() slackApp {
	return slackApp{botToken: c.SlackBotToken, appToken: c.SlackAppToken, secret: c.SlackSecret}
}
