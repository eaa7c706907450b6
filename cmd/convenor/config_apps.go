package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/bot/slack"
)

// slackApp holds the three secrets of a Slack app, as the variables name them.
type slackApp struct {
	botToken, appToken, secret string
	line                       int // in SLACK_APPS_FILE; 0 when the variables say it
}

// entry is where the app stands in the configuration; empty when there is only one.
func (a slackApp) entry() string {
	if a.line == 0 {
		return ""
	}
	return fmt.Sprintf("SLACK_APPS_FILE, line %d", a.line)
}

// options are what the app's Slack is made of, with the rest given.
func (a slackApp) options(rest slack.Options) slack.Options {
	rest.BotToken, rest.AppToken, rest.SigningSecret, rest.Entry = a.botToken, a.appToken, a.secret, a.entry()
	return rest
}

// mistakes says which of an app's secrets cannot be what they are called.
func (a slackApp) mistakes() (wrong []string) {
	need := func(ok bool, line string) {
		if !ok {
			wrong = append(wrong, line)
		}
	}
	need(a.botToken == "" || strings.HasPrefix(a.botToken, "xoxb-"),
		"SLACK_BOT_TOKEN: a bot token starts with xoxb-. You find it in your Slack app under OAuth & Permissions.")
	need(a.appToken == "" || strings.HasPrefix(a.appToken, "xapp-"),
		"SLACK_APP_TOKEN: an app-level token starts with xapp-. You find it in your Slack app under Basic Information.")
	need(!strings.HasPrefix(a.secret, "xoxb-") && !strings.HasPrefix(a.secret, "xapp-") && !strings.ContainsAny(a.secret, " \t\n"),
		"SLACK_SIGNING_SECRET: this is not a signing secret. You find it in your Slack app under Basic Information, App Credentials.")
	return wrong
}

// missing names what an app cannot do without, or where it must not have both of two.
func (a slackApp) missing() (wrong []string) {
	if a.botToken == "" {
		wrong = append(wrong, "SLACK_BOT_TOKEN: not set. README, \"Put it on Slack\", says where to find it.")
	}
	switch {
	case a.appToken == "" && a.secret == "":
		wrong = append(wrong, "SLACK_APP_TOKEN: not set, and SLACK_SIGNING_SECRET is not set either. Set the first for Socket Mode or the second for HTTP. "+
			"README, \"Put it on Slack\", says where to find them.")
	case a.appToken != "" && a.secret != "":
		wrong = append(wrong, "SLACK_SIGNING_SECRET: SLACK_APP_TOKEN is set, too. Please keep one: SLACK_APP_TOKEN for Socket Mode, SLACK_SIGNING_SECRET for HTTP.")
	}
	return wrong
}

// appsHow says how the file is written. README has an example.
const appsHow = "README, \"Several workspaces\", shows how the file is written."

// yamlLine finds the line in what the reader of YAML says. The rest of it may hold a part of a secret.
var yamlLine = regexp.MustCompile(`line (\d+)`)

// readApps reads the list of apps and says everything that is wrong with it, each with its line.
func readApps(path string) (apps []slackApp, wrong []string) {
	content, err := os.ReadFile(path) //nolint:gosec // the operator names this file
	if err != nil {
		return nil, []string{fmt.Sprintf("SLACK_APPS_FILE: the file it names cannot be read (%v). Check its path, and that the user who runs Convenor may read it.", errors.Unwrap(err))}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		where := "somewhere"
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			where = "in line " + at[1]
		}
		return nil, []string{"SLACK_APPS_FILE: this is not YAML that can be read; the mistake is " + where + ". " + appsHow}
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode || len(doc.Content[0].Content) == 0 {
		return nil, []string{"SLACK_APPS_FILE: this must be a list with one entry for each workspace. " + appsHow}
	}
	for _, item := range doc.Content[0].Content {
		a, mistakes := readApp(item)
		for _, other := range apps {
			if a.shares(other) {
				mistakes = append(mistakes, fmt.Sprintf("this app has a secret of the one in line %d. Each workspace has an app of its own: copy that app's own secrets.", other.line))
			}
		}
		for _, mistake := range mistakes {
			wrong = append(wrong, fmt.Sprintf("SLACK_APPS_FILE: line %d: %s", item.Line, mistake))
		}
		apps = append(apps, a)
	}
	return apps, wrong
}

// readApp reads one entry of the list.
func readApp(item *yaml.Node) (a slackApp, wrong []string) {
	const wants = "An entry has SLACK_BOT_TOKEN and one of SLACK_APP_TOKEN and SLACK_SIGNING_SECRET. "
	a.line = item.Line
	if item.Kind != yaml.MappingNode {
		return a, []string{wants + appsHow}
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		key, value := item.Content[i], item.Content[i+1]
		into, known := map[string]*string{
			"SLACK_BOT_TOKEN": &a.botToken, "SLACK_APP_TOKEN": &a.appToken, "SLACK_SIGNING_SECRET": &a.secret,
		}[key.Value]
		switch {
		case !known:
			wrong = append(wrong, fmt.Sprintf("the key in line %d is none of its. ", key.Line)+wants+appsHow)
		case value.Kind != yaml.ScalarNode:
			wrong = append(wrong, key.Value+": write one word behind it. "+appsHow)
		default:
			*into = strings.TrimSpace(value.Value)
		}
	}
	return a, append(append(wrong, a.mistakes()...), a.missing()...)
}

// shares reports whether two apps have a secret in common.
func (a slackApp) shares(b slackApp) bool {
	same := func(x, y string) bool { return x != "" && x == y }
	return same(a.botToken, b.botToken) || same(a.appToken, b.appToken) || same(a.secret, b.secret)
}
