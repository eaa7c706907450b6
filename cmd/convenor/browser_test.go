package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"convenor/flows"
)

// patience is how long the browser tests wait for anything that should happen at once.
const patience = 30 * time.Second

// chromium finds the browser. Without one the test is skipped, loudly; where it is required, it fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "NO BROWSER: the page was not tried. Install chromium (Debian: apt-get install chromium)."
	if strings.Contains(os.Getenv("CONVENOR_REQUIRE"), "chromium") {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// process is a `convenor play` that runs.
type process struct {
	cmd *exec.Cmd
	url string
}

// startPlay runs the binary over a data folder and waits until it says where it is open.
func startPlay(t *testing.T, binary, data, listen string) *process {
	t.Helper()
	cmd := exec.Command(binary, "play", "--listen", listen, "--data", data)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(func() {
		p.kill()
		if said.Len() > 0 {
			t.Logf("it said:\n%s", said.String())
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "http://"); ok {
			p.url = "http://" + url
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p
		}
	}
	p.kill()
	t.Fatal("it did not open: ", said.String())
	return nil
}

// kill ends it like kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// get reads an address of the playground as JSON.
func (p *process) get(t *testing.T, path string, v any) {
	t.Helper()
	r, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

// browser is a tab with the page in it. What it is asked to do a person could do with a mouse and a keyboard.
type browser struct {
	t     *testing.T
	ctx   context.Context //nolint:containedctx // the tab: chromedp keeps it in a context
	shots string
	count int
	mu    sync.Mutex
	wrong []string // exceptions and refused loads of the page
}

// openBrowser starts a browser of its own, for somebody who reads a language.
func openBrowser(t *testing.T, shots string, locale flows.Locale) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", string(locale)),
	)
	allocated, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(allocated)
	t.Cleanup(cancelTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start the browser:", err)
	}
	b := &browser{t: t, ctx: ctx, shots: shots}
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleError {
				b.mu.Lock()
				b.wrong = append(b.wrong, m.String())
				b.mu.Unlock()
			}
		}
	}()
	return b
}

// quiet fails the test when the page complained since the last time it was asked.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wrong {
		b.t.Error("the page complains: ", w)
	}
	b.wrong = nil
}

// forgive forgets what the page complained about: while the server is killed it must.
func (b *browser) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = nil
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.shot("failed")
		b.t.Fatalf("%s: %v\n%s", what, err, b.text("body"))
	}
}

// eval runs JavaScript in the page.
func eval[T any](b *browser, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits inside the page until an expression is true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	if b.happens(expression, patience) {
		return
	}
	b.shot("failed")
	b.t.Fatalf("%s did not happen: %s\n%s", what, expression, b.text("body"))
}

// happens waits for an expression to hold and reports whether it did in time.
func (b *browser) happens(expression string, within time.Duration) bool {
	js := fmt.Sprintf(`new Promise((resolve) => {
		const end = Date.now() + %d;
		const look = () => {
			let is = false;
			try { is = !!(%s); } catch { is = false; }
			if (is || Date.now() > end) resolve(is); else setTimeout(look, 20);
		};
		look();
	})`, (within / 4).Milliseconds(), expression)
	ctx, cancel := context.WithTimeout(b.ctx, within)
	defer cancel()
	for ctx.Err() == nil {
		// An error means that the page was left meanwhile: the next one is asked.
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](js, chromedp.EvalAwaitPromise)); err == nil && is {
			return true
		}
	}
	return false
}

// text is what can be read in an element.
func (b *browser) text(css string) string {
	b.t.Helper()
	return eval[string](b, "document.querySelector("+quote(css)+").innerText")
}

// listed is what stands in the open conversation, without what only this person sees until the page is loaded anew.
func (b *browser) listed() string {
	b.t.Helper()
	return eval[string](b, `[...document.querySelectorAll("#log > :not(.whisper)")].map((e) => e.innerText).join("\n")`)
}

// shot saves what the tab shows.
func (b *browser) shot(name string) {
	b.t.Helper()
	b.count++
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal("take a picture:", err)
	}
	file := filepath.Join(b.shots, fmt.Sprintf("%02d-%s.png", b.count, name))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// size makes the tab as large as a screen.
func (b *browser) size(width, height int64) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(width, height))
}

// dark turns the colours that the person prefers.
func (b *browser) dark(on bool) {
	b.t.Helper()
	value := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	if err != nil {
		b.t.Fatal("choose colours:", err)
	}
}

// open leads to an address and waits until the page is ready.
func (b *browser) open(url string) {
	b.t.Helper()
	b.do("open the page", chromedp.Navigate(url))
	b.ready()
}

func (b *browser) ready() {
	b.t.Helper()
	b.until("the page", `document.body?.dataset.ready === "true"`)
}

// be becomes a person in one of their conversations: the second is the direct messages.
func (b *browser) be(user string, direct bool) {
	b.t.Helper()
	link := `document.querySelector('#personas [data-who="` + user + `"]')`
	is := link + `.getAttribute("aria-current") === "true"`
	// On a telephone the bar below covers the end of the page: the link is brought to the middle, as a thumb would.
	b.until("the link of "+user, `(`+link+`.scrollIntoView({block: "center"}), true)`)
	b.do("be "+user, chromedp.Click(chromedp.CSS(`#personas [data-who="`+user+`"]`)))
	b.until(user, is)
	n := 1
	if direct {
		n = 2
	}
	b.do("change the conversation", chromedp.Click(chromedp.CSS(fmt.Sprintf("#conversations li:nth-child(%d) a", n))))
	b.until("the conversation", fmt.Sprintf(`document.querySelector("#conversations li:nth-child(%d) a").getAttribute("aria-current") === "page"`, n))
}

// reads waits until a text can be read in the conversation.
func (b *browser) reads(text string) {
	b.t.Helper()
	b.until("to read "+text, `document.querySelector("#log").innerText.includes(`+quote(text)+`)`)
}

// press clicks the newest button in the conversation whose label begins with a text.
func (b *browser) press(label string) {
	b.t.Helper()
	button := `(//*[@id="log"]//button[starts-with(normalize-space(.), ` + literal(label) + `)])[last()]`
	b.do("find "+label, chromedp.WaitVisible(button))
	// The page may still be scrolling to what is new: a click at a place would meet something else.
	eval[bool](b, `document.evaluate(`+quote(button)+`, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue.click(); true`)
}

// menu asks what can be done here.
func (b *browser) menu() {
	b.t.Helper()
	b.do("ask for the menu", chromedp.Click(chromedp.ID("menu")))
	// Nothing else that is whispered has so many buttons; until it is there, one of them may stand elsewhere, too.
	b.until("the menu", `[...document.querySelectorAll("#log .whisper")].pop()?.querySelectorAll("button").length > 6`)
}

// choose picks an option of the newest menu in the conversation by its value.
func (b *browser) choose(value string) {
	b.t.Helper()
	b.until("the choice", `[...document.querySelectorAll("#log .pick")].pop()?.querySelector(`+quote(`option[value="`+value+`"]`)+`)`)
	eval[bool](b, `[...document.querySelectorAll("#log .pick select")].pop().value = `+quote(value)+`; true`)
	b.do("choose "+value, chromedp.Click(`(//*[@id="log"]//form[contains(@class, "pick")])[last()]//button`))
}

// say types a line to Convenor and sends it with Enter.
func (b *browser) say(text string) {
	b.t.Helper()
	b.do("type "+text, chromedp.SendKeys(chromedp.ID("text"), text+"\r"))
	b.until("the line to be sent", `document.querySelector("#text").value === ""`)
}

// fill types into the first field of the open form.
func (b *browser) fill(text string) {
	b.t.Helper()
	b.do("fill in "+text, chromedp.SendKeys(chromedp.CSS("dialog[open] textarea, dialog[open] input"), text))
}

// send sends the open form and waits until it is taken.
func (b *browser) send() {
	b.t.Helper()
	b.do("send the form", chromedp.Click(chromedp.CSS(`dialog[open] button[type="submit"]`)))
	b.until("the form to close", `!document.querySelector("dialog").open`)
}

// quote makes a JavaScript string.
func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// literal makes an XPath string.
func literal(s string) string {
	if strings.Contains(s, `"`) {
		return "'" + s + "'"
	}
	return `"` + s + `"`
}
