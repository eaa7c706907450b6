package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"convenor/bot/discord/discordfake"
	"convenor/bot/slack/slackfake"
)

// volunteer is a patient that is on Discord, and on Slack when slack is true.
func volunteer(t *testing.T, c discordfake.Config, slack bool) (*patient, *discordfake.Fake) {
	t.Helper()
	p := newPatient(t, slackfake.Config{})
	if !slack {
		for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL"} {
			delete(p.env, name)
		}
	}
	c.Check = discordfake.Contract(t)
	f := discordfake.Start(t, c)
	f.AddChannel(commons, "commons")
	p.env["DISCORD_TOKEN"], p.env["DISCORD_APPLICATION_ID"], p.env["DISCORD_API_URL"] = discordfake.Token, discordfake.ApplicationID, f.APIURL()
	p.secret = append(p.secret, discordfake.Token)
	return p, f
}

func TestDoctorFindsDiscordWell(t *testing.T) {
	t.Parallel()
	for name, slack := range map[string]bool{"alone": false, "beside Slack": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, f := volunteer(t, discordfake.Config{}, slack)
			f.AddChannel("100000000000000022", "leaders")
			f.Overwrite("100000000000000022", discordfake.Guild, discordfake.Overwrite{Deny: 1 << 10}) // kept out of it: nobody's mistake
			said, sick := p.seen()
			if sick || !strings.Contains(said, "0 to be careful about, 0 to mend") || !strings.Contains(said, "channels: 1.") {
				t.Errorf("said of a sound set-up:\n%s", said)
			}
			if strings.Contains(said, "Slack") != slack {
				t.Errorf("Slack is spoken of: %t\n%s", !slack, said)
			}
			if calls := f.Calls("PUT /applications/{app}/commands"); len(calls) > 0 {
				t.Errorf("the doctor wrote the commands")
			}
		})
	}
}

// TestDoctorNamesWhatIsBrokenOnDiscord shows it broken set-ups of Discord: each is named, with what to do about it.
func TestDoctorNamesWhatIsBrokenOnDiscord(t *testing.T) {
	t.Parallel()
	const view, write, history = 1 << 10, 1 << 11, 1 << 16
	for _, tt := range []struct {
		name         string
		config       discordfake.Config
		breaks       func(p *patient, f *discordfake.Fake)
		names, mends string
		careful      bool
	}{
		{"no token", discordfake.Config{}, func(p *patient, _ *discordfake.Fake) { delete(p.env, "DISCORD_TOKEN") }, "DISCORD_TOKEN: not set", "README", false},
		{
			"a secret for a token",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.env["DISCORD_TOKEN"] = "nodots" },
			"DISCORD_TOKEN: this is not a bot's token", "Reset Token", false,
		},
		{
			"a token that Discord does not know",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.env["DISCORD_TOKEN"] = "an.other.token" },
			"discord does not know this token", "Reset Token", false,
		},
		{
			"another application",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.env["DISCORD_APPLICATION_ID"] = "7" },
			"the token belongs to application", "copy both from one", false,
		},
		{
			"an application id that is none",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.env["DISCORD_APPLICATION_ID"] = "Convenor" },
			"DISCORD_APPLICATION_ID: this is a long number", "General Information", false,
		},
		{
			"half a public key",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.env["DISCORD_PUBLIC_KEY"] = "abc" },
			"DISCORD_PUBLIC_KEY: this has 64", "General Information", false,
		},
		{"another application's public key", discordfake.Config{}, func(p *patient, _ *discordfake.Fake) {
			p.env["DISCORD_PUBLIC_KEY"] = strings.Repeat("ab", 32)
		}, "DISCORD_PUBLIC_KEY is not that of the token's application", "copy it from", false},
		{
			"a public key and no address",
			discordfake.Config{},
			func(p *patient, f *discordfake.Fake) { p.env["DISCORD_PUBLIC_KEY"] = f.PublicKey() },
			"Discord knows no address to call", "Enter https://", true,
		},
		{"it hears too much", discordfake.Config{Flags: 1 << 19}, nil, "it may hear more than it needs", "switch the three Privileged", true},
		{"on no server", discordfake.Config{Nowhere: true}, nil, "it is on no server yet", "oauth2/authorize", true},
		{"a role that may not write", discordfake.Config{Permissions: view | history}, nil, "there is no channel where it can do its work", "Roles, Convenor", false},
		{"a channel that does not let it write", discordfake.Config{}, func(_ *patient, f *discordfake.Fake) {
			f.AddChannel("100000000000000022", "leaders")
			f.Overwrite("100000000000000022", discordfake.BotRole, discordfake.Overwrite{Deny: write | history})
		}, "in #leaders on the server Server it lacks Send Messages, Read Message History", "Permissions, add Convenor", true},
		{"no Discord there", discordfake.Config{}, func(p *patient, _ *discordfake.Fake) {
			p.env["DISCORD_API_URL"] = "http://" + freeAddress(p.t) + "/api/v10"
		}, "discord cannot be reached", "is DISCORD_API_URL right", false},
		{"an address of another version", discordfake.Config{}, func(p *patient, f *discordfake.Fake) {
			p.env["DISCORD_API_URL"] = strings.TrimSuffix(f.APIURL(), "v10") + "v9"
		}, "DISCORD_API_URL: write", "ends in /api/v10", false},
		{
			"a clock that is wrong",
			discordfake.Config{},
			func(p *patient, _ *discordfake.Fake) { p.ahead = 2 * time.Hour },
			"that of Discord are 2h0m", "timedatectl set-ntp true", false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, f := volunteer(t, tt.config, false)
			if tt.breaks != nil {
				tt.breaks(p, f)
			}
			said, sick := p.seen()
			at := strings.Index(said, tt.names)
			if at < 0 {
				t.Fatalf("not named:\n%s", said)
			}
			line := said[strings.LastIndex(said[:at], "\n")+1:]
			line, _, _ = strings.Cut(line, "\n")
			if !strings.Contains(line, tt.mends) {
				t.Errorf("no mend:\n%s", line)
			}
			if want := map[bool]string{true: "careful ", false: "mend "}[tt.careful]; sick == tt.careful || !strings.HasPrefix(line, want) {
				t.Errorf("not a line of %q:\n%s", want, said)
			}
		})
	}
}

// TestDoctorAsTheDocumentsSay runs the doctor by the command that deploy/README.md has for a service of systemd, with the
// tokens where systemd puts them.
func TestDoctorAsTheDocumentsSay(t *testing.T) {
	t.Parallel()
	_, command, found := strings.Cut(read(t, "../../deploy/README.md"), "bash -c '")
	command, _, closed := strings.Cut(command, "'\n```")
	if !found || !closed || strings.Count(command, "/var/lib/convenor") != 1 {
		t.Fatalf("deploy/README.md has no such command: %q", command)
	}
	p, _ := volunteer(t, discordfake.Config{}, true)
	for file, name := range map[string]string{"bot-token": "SLACK_BOT_TOKEN", "app-token": "SLACK_APP_TOKEN", "discord-token": "DISCORD_TOKEN"} {
		p.file(filepath.Join("credentials", file), p.env[name]+"\n", 0o400)
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(command, "/var/lib/convenor", p.dir, 1))
	shell.Env = []string{
		"PATH=" + filepath.Dir(binary(t)) + ":" + os.Getenv("PATH"), "CREDENTIALS_DIRECTORY=" + filepath.Join(p.tmp, "credentials"),
		"SLACK_API_URL=" + p.env["SLACK_API_URL"], "DISCORD_API_URL=" + p.env["DISCORD_API_URL"], "LISTEN_ADDR=" + p.env["LISTEN_ADDR"],
	}
	out, err := shell.CombinedOutput()
	said := string(out)
	if err != nil || !strings.Contains(said, "0 to be careful about, 0 to mend") || !strings.Contains(said, "Slack") || !strings.Contains(said, "Discord") {
		t.Errorf("%v, said:\n%s", err, said)
	}
}
