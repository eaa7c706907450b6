package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"convenor/bot/slack/slackfake"
	"convenor/content"
	"convenor/flows"
	"convenor/store/redistest"
)

// bin is the folder of the built binary; TestMain makes it and takes it away again.
var bin string

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "convenor"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(bin)
	os.Exit(code)
}

// built is the binary, built once for all tests that run it as a process of its own.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(bin, "convenor")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// binary is the path of the built binary.
func binary(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// office is a `convenor serve` in a process of its own, in a pretend workspace.
type office struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // the test's own, which every wait needs
	fake *slackfake.Fake
	pack *content.Pack
	env  []string
	data string
	addr string
	http bool // else Socket Mode

	peers  []*office     // other processes of the same coalition, see beside
	moving sync.Mutex    // held while the clock is moved: no process is frozen then
	moves  int           // how often a process was asked to move it
	breath time.Duration // how long the processes have for their work between two strides

	mu     sync.Mutex
	cmd    *exec.Cmd
	ended  chan struct{} // closed when cmd has ended
	frozen bool
	said   *record // what all its processes have logged
}

// openOffice starts a workspace with members and `convenor serve` in it, in Socket Mode, on Redis or, without a URL, on
// its own store.
func openOffice(t *testing.T, redisURL string, members ...slackfake.User) *office {
	t.Helper()
	return openOfficeOver(t, false, redisURL, members...)
}

// openOfficeOver is openOffice, over HTTP or in Socket Mode.
func openOfficeOver(t *testing.T, http bool, redisURL string, members ...slackfake.User) *office {
	t.Helper()
	fake := slackfake.Start(t, slackfake.Config{})
	ids := []string{slackfake.BotUser}
	for _, m := range members {
		fake.AddUser(m)
		ids = append(ids, m.ID)
	}
	fake.AddChannel("C1", "council", ids...)
	bot, app := fake.Tokens()
	o := bareOffice(t, redisURL)
	o.fake, o.http = fake, http
	way := "SLACK_APP_TOKEN=" + app
	if http {
		way = "SLACK_SIGNING_SECRET=" + fake.SigningSecret()
	}
	o.env = append(o.env, "SLACK_BOT_TOKEN="+bot, way, "SLACK_API_URL="+fake.APIURL())
	o.open()
	return o
}

// bareOffice is an office that no platform leads to yet. It is not started.
func bareOffice(t *testing.T, redisURL string) *office {
	t.Helper()
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, ctx: t.Context(), pack: pack, data: t.TempDir(), addr: freeAddress(t), said: &record{}, breath: time.Second / 3}
	o.env = []string{
		"PATH=" + os.Getenv("PATH"), "REDIS_URL=" + redisURL, "LISTEN_ADDR=" + o.addr, "CONVENOR_REHEARSAL=1", "LOG_LEVEL=debug",
	}
	t.Cleanup(func() {
		o.kill()
		if t.Failed() {
			log := o.said.String()
			t.Logf("the log of convenor serve ends with:\n%s", log[max(0, len(log)-6000):])
		}
	})
	return o
}

// open starts it for the first time, at noon of the next Tuesday: a story of two weeks that begins then has no reminder
// due on a Sunday, when none is sent, whatever day it is told on.
func (o *office) open() {
	o.t.Helper()
	o.start()
	o.noon()
}

// noon lets it be noon of the next Tuesday.
func (o *office) noon() {
	o.t.Helper()
	now := o.clock(o.soon())
	days := (int(time.Tuesday-now.Weekday())+6)%7 + 1
	o.wait(time.Date(now.Year(), now.Month(), now.Day()+days, 18, 0, 0, 0, time.UTC))
}

// beside starts one more process of the same coalition: a replica. There must be a Redis.
func (o *office) beside() *office {
	o.t.Helper()
	peer := &office{t: o.t, ctx: o.ctx, fake: o.fake, pack: o.pack, data: o.t.TempDir(), addr: freeAddress(o.t), said: o.said, http: o.http}
	peer.env = append(slices.Clone(o.env), "LISTEN_ADDR="+peer.addr) // the last one counts
	o.t.Cleanup(peer.kill)
	o.peers = append(o.peers, peer)
	if o.fake == nil { // Discord alone: one process at a time has its events
		peer.launch()
		return peer
	}
	peer.start()
	return peer
}

// awake lists the addresses of the processes that are not frozen.
func (o *office) awake() []string {
	var list []string
	for _, p := range append([]*office{o}, o.peers...) {
		p.mu.Lock()
		if !p.frozen {
			list = append(list, p.addr)
		}
		p.mu.Unlock()
	}
	return list
}

// soon ends when something that should happen at once has not happened.
func (o *office) soon() context.Context {
	ctx, cancel := context.WithTimeout(o.ctx, patience)
	o.t.Cleanup(cancel)
	return ctx
}

// freeAddress is an address on this machine that nobody uses, also while its process is away.
func freeAddress(t *testing.T) string {
	t.Helper()
	return "127.0.0.1:" + redistest.Port(t)
}

// start runs the binary and returns when the workspace reaches it. Should the process end before, because Redis was away
// just then, it is started again: so would whoever looks after the machine.
func (o *office) start() {
	o.t.Helper()
	o.launch()
	soon := o.soon()
	if o.http {
		for o.fake.SetRequestURL(soon, "http://"+o.addr) != nil {
			if soon.Err() != nil {
				o.t.Fatal("Slack's requests are not answered")
			}
		}
		return
	}
	for {
		waiting, over := context.WithCancel(soon)
		ended := o.leaves()
		go func() {
			select {
			case <-ended:
				over()
			case <-waiting.Done():
			}
		}()
		err := o.fake.Await(waiting, "a socket", func() bool { return o.fake.Sockets() > 0 })
		over()
		if err == nil {
			return
		}
		if soon.Err() != nil {
			o.breakOff()
			o.t.Fatal(err)
		}
		o.launch()
	}
}

// launch runs the binary.
func (o *office) launch() {
	o.mu.Lock()
	defer o.mu.Unlock()
	cmd, ended := exec.Command(binary(o.t), "serve", "--data", o.data), make(chan struct{})
	cmd.Env, cmd.Stderr = o.env, o.said
	if err := cmd.Start(); err != nil {
		o.t.Error(err)
		return
	}
	o.cmd, o.ended = cmd, ended
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
}

// breakOff ends the process with all its stacks, which shows where one hangs.
func (o *office) breakOff() {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.cmd.Process.Signal(syscall.SIGABRT)
	<-o.ended
	o.cmd = nil
}

// leaves is closed when the process has ended.
func (o *office) leaves() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended
}

// kill ends the process like kill -9.
func (o *office) kill() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cmd == nil {
		return
	}
	_ = o.cmd.Process.Kill()
	<-o.ended
	o.cmd = nil
}

// stands reports whether the process has not ended.
func (o *office) stands() bool {
	select {
	case <-o.leaves():
		return false
	default:
		return true
	}
}

// record keeps what processes write.
type record struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// settle is longer than anything the process holds back after it was killed: a lease, a claim, a post in doubt.
const settle = 61 * time.Second

// stride is how far the rehearsal clock moves at a time while everything goes on: less than a lease, so that a request
// under way has more than one stride to arrive before anybody looks for it.
const stride = 20 * time.Second

// passing lets the rehearsal clock run by a stride for each breath, so that what is in doubt is settled as time goes by,
// until the returned function is called.
func (o *office) passing(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			o.stride(ctx)
		}
	}()
	return func() { cancel(); <-ended }
}

// stride lets everything arrive that is under way, moves the clock on, and gives the processes time to do their work.
func (o *office) stride(ctx context.Context) {
	o.fake.Arrive()
	o.reach(ctx, o.clock(ctx).Add(stride))
	select {
	case <-ctx.Done():
	case <-time.After(o.breath):
	}
}

// asking asks one process. One that is frozen, or busy with what came due, is not waited for.
var asking = http.Client{Timeout: 5 * time.Second}

// clock is what the rehearsal clock shows, asked for again while the processes are away; zero when ctx ends first.
func (o *office) clock(ctx context.Context) time.Time {
	for ctx.Err() == nil {
		for _, addr := range o.awake() {
			r, err := asking.Get("http://" + addr + "/rehearsal/clock")
			if err != nil {
				continue
			}
			shown, err := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if now, errParse := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(shown))); errors.Join(err, errParse) == nil {
				return now
			}
		}
		select { // they are all away: whoever starts them has better use for the cores
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return time.Time{}
}

// reach moves the rehearsal clock to an instant, and no further however often a process is killed meanwhile.
func (o *office) reach(ctx context.Context, target time.Time) {
	for ctx.Err() == nil && !o.move(ctx, target) {
	}
}

// move asks one process to move the clock, and reports whether the instant was reached before.
func (o *office) move(ctx context.Context, target time.Time) (reached bool) {
	o.moving.Lock()
	defer o.moving.Unlock()
	ahead := target.Sub(o.clock(ctx))
	if ahead <= 0 {
		return true
	}
	if awake := o.awake(); len(awake) > 0 {
		o.moves++ // the next time another one is asked: this one may be gone, after it has moved the clock
		body := strings.NewReader(fmt.Sprintf(`{"advance":%q}`, ahead+time.Millisecond))
		if r, err := asking.Post("http://"+awake[o.moves%len(awake)]+"/rehearsal/clock", "application/json", body); err == nil {
			_ = r.Body.Close()
		}
	}
	return false
}

// wait moves the rehearsal clock to an instant, which must be reached.
func (o *office) wait(target time.Time) {
	o.t.Helper()
	o.reach(o.soon(), target)
	if shown := o.clock(o.soon()); shown.Before(target) {
		o.t.Fatalf("the clock shows %s, wanted %s", shown, target)
	}
}

// people tell one story in one language.
type people struct {
	*office
	locale flows.Locale
}

// word is what Convenor calls something, up to the first placeholder.
func (p people) word(key string) string {
	p.t.Helper()
	said, ok := p.pack.Word(p.locale, key, -1)
	if !ok {
		p.t.Fatalf("no word %s in %s", key, p.locale)
	}
	before, _, _ := strings.Cut(said, "{")
	return strings.TrimSpace(before)
}

// node is one node of a flow.
func (p people) node(flow, id string) flows.Node {
	p.t.Helper()
	d, _ := p.pack.Flow(flow)
	i := slices.IndexFunc(d.Nodes, func(n flows.Node) bool { return n.ID == id })
	if i < 0 {
		p.t.Fatalf("%s has no %s", flow, id)
	}
	return d.Nodes[i]
}

// asked is the first line of a question.
func (p people) asked(flow, id string) string { return p.node(flow, id).Line[p.locale] }

// label is the short name of a question, as forms show it.
func (p people) label(flow, id string) string { return p.node(flow, id).Label[p.locale] }

// option is the text of a choice.
func (p people) option(flow, node, id string) string {
	p.t.Helper()
	n := p.node(flow, node)
	i := slices.IndexFunc(n.Options, func(o flows.Option) bool { return o.ID == id })
	return n.Options[i].Text[p.locale]
}

// does insists on an act until it was acknowledged, as a person would.
func (p people) does(act func() *slackfake.Act) {
	p.t.Helper()
	if err := p.fake.Insist(p.soon(), act); err != nil {
		p.t.Fatal(err)
	}
}

// reads waits for a direct message that shows part.
func (p people) reads(user, part string) slackfake.Message {
	p.t.Helper()
	m, err := p.fake.AwaitDM(p.soon(), user, part)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

// sees waits for a message in the channel that shows part.
func (p people) sees(part string) slackfake.Message {
	p.t.Helper()
	m, err := p.fake.AwaitMessage(p.soon(), "C1", part)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

// hears waits for something that only this person sees.
func (p people) hears(user, part string) slackfake.Message {
	p.t.Helper()
	m, err := p.fake.AwaitWhisper(p.soon(), user, part)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

// presses insists on a button.
func (p people) presses(user string, m slackfake.Message, label string) {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.Press(user, m, label) })
}

// chooses presses a button under the newest direct message that shows part, waiting for the button if need be: a
// question that was asked again stands there twice.
func (p people) chooses(user, part, label string) {
	p.t.Helper()
	var asked slackfake.Message
	if err := p.fake.Await(p.soon(), part+" with "+label, func() bool {
		for _, m := range p.fake.DMs(user) {
			if shown := m.Shown(); strings.Contains(shown, part) && strings.Contains(shown, "["+label+"]") {
				asked = m
				return true
			}
		}
		return false
	}); err != nil {
		p.t.Fatal(err)
	}
	p.presses(user, asked, label)
}

// writes sends a direct message.
func (p people) writes(user, text string) {
	p.t.Helper()
	p.does(func() *slackfake.Act { return p.fake.DM(user, text) })
}
