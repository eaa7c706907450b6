package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/store"
	"convenor/store/redistest"
)

// patient is a set-up for the doctor: at first a sound one.
type patient struct {
	t      *testing.T
	env    map[string]string
	dir    string // the folder of the embedded store
	tmp    string
	fake   *slackfake.Fake
	ahead  time.Duration // of this machine's clock
	free   uint64
	slow   time.Duration
	secret []string
}

func newPatient(t *testing.T, c slackfake.Config) *patient {
	t.Helper()
	fake := slackfake.Start(t, c)
	fake.AddChannel("C1", "council", slackfake.BotUser)
	bot, app := fake.Tokens()
	tmp := t.TempDir()
	return &patient{
		t: t, fake: fake, tmp: tmp, dir: filepath.Join(tmp, "data"), free: 5 << 30, slow: time.Hour, secret: []string{bot, app, "hunter2"},
		env: map[string]string{
			"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app, "SLACK_API_URL": fake.APIURL(), "LISTEN_ADDR": freeAddress(t),
		},
	}
}

// file writes a file of the patient's and returns its path.
func (p *patient) file(name, content string, mode os.FileMode) string {
	p.t.Helper()
	path := filepath.Join(p.tmp, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// apps gives the patient a list of apps instead of the one.
func (p *patient) apps(list string, mode os.FileMode) {
	p.t.Helper()
	delete(p.env, "SLACK_BOT_TOKEN")
	delete(p.env, "SLACK_APP_TOKEN")
	p.env["SLACK_APPS_FILE"] = p.file("apps.yaml", list, mode)
}

// begin makes the patient's store, as a run of serve would, and closes it.
func (p *patient) begin() {
	p.t.Helper()
	s, err := store.Open(p.t.Context(), store.Options{Dir: p.dir})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := s.Claim(p.t.Context(), "slack:T1", newID()); err != nil {
		p.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// seen is what the doctor says, and whether something must be mended.
func (p *patient) seen() (said string, sick bool) {
	p.t.Helper()
	var environ []string
	for name, value := range p.env {
		environ = append(environ, name+"="+value)
	}
	d := &doctor{
		environ: environ, data: p.dir, now: func() time.Time { return time.Now().Add(p.ahead) },
		free: func(string) (uint64, bool) { return p.free, true }, slow: p.slow,
	}
	d.look(p.t.Context())
	var out bytes.Buffer
	d.tell(&out)
	for _, secret := range p.secret {
		if strings.Contains(out.String(), secret) {
			p.t.Errorf("the doctor tells a secret:\n%s", out.String())
		}
	}
	return out.String(), d.sick()
}

func TestDoctorFindsASoundSetUpWell(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(p *patient){
		"folder, not begun": func(*patient) {},
		"folder, begun":     func(p *patient) { p.begin() },
		"Redis":             func(p *patient) { p.env["REDIS_URL"] = redistest.Start(p.t).URL() },
		"HTTP": func(p *patient) {
			delete(p.env, "SLACK_APP_TOKEN")
			p.env["SLACK_SIGNING_SECRET"] = p.fake.SigningSecret()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t, slackfake.Config{})
			prepare(p)
			said, sick := p.seen()
			if sick || !strings.Contains(said, "0 to be careful about, 0 to mend") {
				t.Errorf("said of a sound set-up:\n%s", said)
			}
		})
	}
}

// broken is one set-up with something wrong, what must be said of it, and what to do about it.
type broken struct {
	name    string
	breaks  func(p *patient)
	names   string // pattern of the line that names it
	mends   string // pattern of the words for the mend, in the same line or below
	careful bool   // it works all the same
}

func brokenSetUps() []broken {
	redis := func(args ...string) func(p *patient) {
		return func(p *patient) { p.env["REDIS_URL"] = redistest.Start(p.t, args...).URL() }
	}
	return []broken{
		{"no bot token", func(p *patient) { delete(p.env, "SLACK_BOT_TOKEN") }, `SLACK_BOT_TOKEN: not set`, `README`, false},
		{"tokens mixed up", func(p *patient) { p.env["SLACK_BOT_TOKEN"] = "xapp-1" }, `SLACK_BOT_TOKEN: a bot token starts with xoxb-`, `OAuth & Permissions`, false},
		{"both ways in", func(p *patient) { p.env["SLACK_SIGNING_SECRET"] = "abc" }, `SLACK_SIGNING_SECRET: SLACK_APP_TOKEN is set, too`, `keep one`, false},
		{"a value and its file", func(p *patient) {
			p.env["SLACK_BOT_TOKEN_FILE"] = p.file("token", "xoxb-1", 0o600)
		}, `both SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE`, `keep one`, false},
		{"a file that is not there", func(p *patient) {
			delete(p.env, "SLACK_BOT_TOKEN")
			p.env["SLACK_BOT_TOKEN_FILE"] = filepath.Join(p.tmp, "gone")
		}, `SLACK_BOT_TOKEN_FILE: the file it names cannot be read`, `Check its path`, false},
		{"a secret that all can read", func(p *patient) {
			path := p.file("token", p.env["SLACK_BOT_TOKEN"], 0o644)
			delete(p.env, "SLACK_BOT_TOKEN")
			p.env["SLACK_BOT_TOKEN_FILE"] = path
		}, `other users of this machine can read that file`, `chmod 600`, false},
		{"a slip in a name", func(p *patient) { p.env["SLACK_BOT_TOKN"] = "xoxb-1" }, `SLACK_BOT_TOKN: there is no such variable`, `Is a letter wrong`, true},
		{"a level of log that is none", func(p *patient) { p.env["LOG_LEVEL"] = "loud" }, `LOG_LEVEL`, `write debug, info, warn or error`, false},
		{"an address that is taken", func(p *patient) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Cleanup(func() { _ = l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_ = c.Close()
				}
			}()
			p.env["LISTEN_ADDR"] = l.Addr().String()
		}, `cannot be opened \(address already in use\)`, `set LISTEN_ADDR to another port`, false},
		{"a pack with mistakes", func(p *patient) {
			p.file("pack/flows/odd.yaml", "id: odd\nnodes: 7\n", 0o600)
			p.env["CONVENOR_CONTENT"] = filepath.Join(p.tmp, "pack")
		}, `content +the pack has mistakes`, `convenor content check`, false},
		{"no Redis there", func(p *patient) { p.env["REDIS_URL"] = "redis://:hunter2@" + freeAddress(p.t) + "/0" }, `nothing answers there`, `Is Redis running`, false},
		{"a Redis that wants a password", redis("--requirepass", "hunter2"), `Redis wants a password, and none is set`, `none is set`, false},
		{"a Redis that is slow", func(p *patient) { redis()(p); p.slow = 0 }, `redis +a write took up to`, `Put Convenor nearer to its Redis`, true},
		{"a Redis that forgets", redis("--appendonly", "no"), `does not keep a log of writes`, `Set appendonly to yes`, true},
		{"a Redis that evicts", redis("--maxmemory-policy", "allkeys-lru"), `may drop records when its memory is full`, `Set it to noeviction`, true},
		{"a Redis that is full", redis("--maxmemory", "1mb"), `the memory of Redis is full`, `Give it more memory`, false},
		{"a replica", redis("--replicaof", "127.0.0.1 1"), `read-only replica`, `Name the primary`, false},
		{"a rehearsal on real records", func(p *patient) { p.begin(); p.env["CONVENOR_REHEARSAL"] = "1" }, `a coalition's real records`, `Use another store`, false},
		{"a file for a folder", func(p *patient) { p.dir = p.file("data", "", 0o600) }, `is a file, not a folder`, `--data`, false},
		{"a folder in use", func(p *patient) {
			s, err := store.Open(p.t.Context(), store.Options{Dir: p.dir})
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Cleanup(func() { _ = s.Close() })
		}, `another Convenor is using this folder`, `stop the other one`, true},
		{"a damaged journal", func(p *patient) {
			p.begin()
			damage(p)
		}, `the journal is damaged`, `put back a copy`, false},
		{"a folder that all can read", func(p *patient) {
			p.begin()
			if err := os.Chmod(p.dir, 0o755); err != nil {
				p.t.Fatal(err)
			}
		}, `Other users of this machine can look into the folder`, `chmod 700`, true},
		{"a disk that is nearly full", func(p *patient) { p.free = 20 << 20 }, `only 20 MB are free`, `make room`, false},
		{"a token that Slack does not know", func(p *patient) { p.env["SLACK_BOT_TOKEN"] = "xoxb-other" }, `Slack does not know this token`, `Copy SLACK_BOT_TOKEN`, false},
		{"an app token that Slack does not know", func(p *patient) { p.env["SLACK_APP_TOKEN"] = "xapp-other" }, `Slack does not know this token`, `SLACK_APP_TOKEN`, false},
		{"no Slack there", func(p *patient) { p.env["SLACK_API_URL"] = "http://" + freeAddress(p.t) + "/api/" }, `slack cannot be reached`, `is SLACK_API_URL right`, false},
		{"in no channel", func(p *patient) { p.fake.Remove("C1", slackfake.BotUser) }, `slack +it is in no channel yet`, `/invite @Convenor`, true},
		{"an archived channel", func(p *patient) {
			p.fake.AddChannel("C2", "old-council", slackfake.BotUser)
			p.fake.Archive("C2")
		}, `#old-council: archived`, `Take it out of the archive`, true},
		{"a list of apps and one app", func(p *patient) {
			p.env["SLACK_APPS_FILE"] = p.file("apps", "- SLACK_BOT_TOKEN: xoxb-1\n  SLACK_APP_TOKEN: xapp-1\n", 0o600)
		}, `SLACK_APPS_FILE: SLACK_BOT_TOKEN, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set, too`, `Please keep one way`, false},
		{"an app of several that Slack does not know", func(p *patient) {
			p.apps("- SLACK_BOT_TOKEN: "+p.secret[0]+"\n  SLACK_APP_TOKEN: "+p.secret[1]+"\n\n- SLACK_BOT_TOKEN: xoxb-2\n  SLACK_APP_TOKEN: xapp-2\n", 0o600)
		}, `SLACK_APPS_FILE, line 4: .*does not know this token`, `Copy SLACK_BOT_TOKEN`, false},
		{"a list of apps that all can read", func(p *patient) {
			p.apps("- SLACK_BOT_TOKEN: "+p.secret[0]+"\n  SLACK_APP_TOKEN: "+p.secret[1]+"\n", 0o644)
		}, `SLACK_APPS_FILE: other users of this machine can read that file`, `chmod 600`, false},
		{"a clock that is wrong", func(p *patient) { p.ahead = 2 * time.Hour }, `that of Slack are 2h0m\ds? ?.*apart`, `timedatectl set-ntp true`, false},
	}
}

// damage breaks the journal of a patient in its middle.
func damage(p *patient) {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(content) < 100 {
			continue
		}
		content[len(content)/4] ^= 0x55
		if err := os.WriteFile(path, content, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

// TestDoctorNamesWhatIsBroken shows it many broken set-ups: each is named, with what to do about it, and nothing that
// is sound is called broken beside it.
func TestDoctorNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	setUps := brokenSetUps()
	for _, tt := range setUps {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t, slackfake.Config{})
			tt.breaks(p)
			said, sick := p.seen()
			at := regexp.MustCompile(tt.names).FindStringIndex(said)
			if at == nil {
				t.Fatalf("not named:\n%s", said)
			}
			line := said[strings.LastIndex(said[:at[0]], "\n")+1:]
			if !regexp.MustCompile(tt.mends).MatchString(line) {
				t.Errorf("no mend:\n%s", line)
			}
			if sick == tt.careful {
				t.Errorf("must be mended: %t\n%s", sick, said)
			}
			if want := map[bool]string{true: "careful ", false: "mend "}[tt.careful]; !strings.HasPrefix(line, want) {
				t.Errorf("not a line of %q:\n%s", want, line)
			}
		})
	}
	if len(setUps) < 12 {
		t.Errorf("only %d broken set-ups", len(setUps))
	}
	t.Logf("%d broken set-ups", len(setUps))
}

func TestDoctorMissesAScope(t *testing.T) {
	t.Parallel()
	p := newPatient(t, slackfake.Config{Scopes: []string{"chat:write", "commands"}})
	said, sick := p.seen()
	if !sick || !strings.Contains(said, "lacks the permission app_mentions:read, channels:history, channels:read, groups:history") || !strings.Contains(said, "install the app again") {
		t.Errorf("said:\n%s", said)
	}
}

// TestDoctorExitCodes runs the command itself: 0 when all is well, 1 when something must be mended.
func TestDoctorExitCodes(t *testing.T) {
	t.Parallel()
	p := newPatient(t, slackfake.Config{})
	environ := func() (list []string) {
		for name, value := range p.env {
			list = append(list, name+"="+value)
		}
		return list
	}
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"doctor", "--data", p.dir}, environ(), &out, &errOut); code != 0 {
		t.Errorf("a sound set-up ends with %d:\n%s%s", code, &out, &errOut)
	}
	p.env["SLACK_BOT_TOKEN"] = "nonsense"
	if code := run(t.Context(), []string{"doctor", "--data", p.dir}, environ(), &out, &errOut); code != 1 {
		t.Errorf("a broken one ends with %d", code)
	}
	if code := run(t.Context(), []string{"doctor", "--wrong"}, environ(), &out, &errOut); code != 2 {
		t.Errorf("a wrong flag ends with %d", code)
	}
}
