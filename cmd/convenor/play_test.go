package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"convenor/content"
	"convenor/flows"
)

// story is what people type, in one language. Everything else they do with buttons and menus.
type story struct {
	locale  flows.Locale
	answers [3][2]string // to each question, by Ana and by James
	name    string
	reach   string
	area    string
	step    string
	goal    string
	due     string
	nine    string // 9:00 as the page shows it
}

func stories() []story {
	return []story{
		{
			locale: flows.English,
			answers: [3][2]string{
				{"Llamamos a los concejales.", "We table at the farmers’ market. Nobody writes to the paper yet."},
				{"Unas personas solo tienen una hora al mes.", "We never asked people how much they want to do."},
				{"Después de ganar no volvimos a mirar.", "A yearly visit by those who spoke at the hearing."},
			},
			name: "Marcus", reach: "Text me, evenings", area: "The north side",
			step: "Visit each council member", goal: "Two more case managers", due: "in eight days", nine: "9:00 AM",
		},
		{
			locale: flows.Spanish,
			answers: [3][2]string{
				{"Llamamos a los concejales.", "Ponemos una mesa en el mercado. Nadie escribe al periódico."},
				{"Unas personas solo tienen una hora al mes.", "Nunca preguntamos qué quiere hacer cada quien."},
				{"Después de ganar no volvimos a mirar.", "Una visita al año de quienes hablaron en la audiencia."},
			},
			name: "Marcos", reach: "Por mensaje, de noche", area: "El lado norte",
			step: "Visitar a cada concejal", goal: "Dos personas más para dar apoyo", due: "en 8 días", nine: "9:00 a.m.",
		},
	}
}

// TestPlay is the whole way once, in a real browser, on the real binary, in both languages: two people answer an
// activity's questions in a channel, the volunteer signs up as a messenger, the coordinator names a step for him, he
// takes it, is reminded at 9:00 where he lives, and is done. Then the binary is killed and started again.
func TestPlay(t *testing.T) {
	t.Parallel()
	chromium(t)
	pack, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories() {
		t.Run(string(s.locale), func(t *testing.T) {
			t.Parallel()
			shots := t.TempDir()
			if dir := os.Getenv("CONVENOR_SCREENSHOTS"); dir != "" {
				shots = filepath.Join(dir, string(s.locale))
				if err := os.MkdirAll(shots, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			p := &play{story: s, browser: openBrowser(t, shots, s.locale), pack: pack, binary: binary(t), data: t.TempDir()}
			p.process = startPlay(t, p.binary, p.data, "127.0.0.1:0")
			p.arrive()
			p.keys()
			p.round()
			p.signUp()
			p.nameStep()
			p.takeStep()
			p.reminders()
			p.done()
			p.remembered()
			p.small()
			p.survive()
		})
	}
}

// play is one telling of the story.
type play struct {
	story
	*browser
	*process
	pack   *content.Pack
	binary string
	data   string
	taken  time.Time // when the step was taken
}

// word is what Convenor calls something, up to the first placeholder.
func (p *play) word(key string) string {
	p.t.Helper()
	said, ok := p.pack.Word(p.locale, key, -1)
	if !ok {
		p.t.Fatalf("no word %s in %s", key, p.locale)
	}
	before, _, _ := strings.Cut(said, "{")
	return strings.TrimSpace(before)
}

// question is the first line of a node of a flow.
func (p *play) question(flow, node string) string {
	p.t.Helper()
	d, _ := p.pack.Flow(flow)
	i := slices.IndexFunc(d.Nodes, func(n flows.Node) bool { return n.ID == node })
	if i < 0 {
		p.t.Fatalf("%s has no %s", flow, node)
	}
	return d.Nodes[i].Line[p.locale]
}

// now is the pretend time, where Marcus lives.
func (p *play) now() time.Time {
	p.t.Helper()
	var world struct{ Now time.Time }
	p.get(p.t, "/world", &world)
	return world.Now.In(p.zone())
}

func (p *play) zone() *time.Location {
	loc, err := zone("America/Los_Angeles")
	if err != nil {
		p.t.Fatal(err)
	}
	return loc
}

// arrive opens the page, turns its language, and lets it be a Tuesday morning: then no reminder falls on a Sunday.
func (p *play) arrive() {
	p.t.Helper()
	p.size(1400, 900)
	p.open(p.url)
	p.reads(p.word("menu.hello"))
	p.shot("first-look")
	p.sound()
	for _, other := range []flows.Locale{flows.Spanish, flows.English, p.locale} { // as a visitor who tries the switch
		p.turn(other)
	}
	p.do("be Marcus", chromedp.Click(chromedp.CSS(`#personas [data-who="marcus"]`)))
	for p.now().Weekday() != time.Tuesday {
		p.travel("tomorrow")
	}
}

// turn gives the page and the coalition another language.
func (p *play) turn(l flows.Locale) {
	p.t.Helper()
	if eval[string](p.browser, `document.documentElement.lang`) == string(l) {
		return
	}
	p.do("turn the language", chromedp.Click(chromedp.CSS(`.languages [data-lang="`+string(l)+`"]`)))
	p.until("the page in "+string(l), `document.documentElement.lang === "`+string(l)+`"`)
	p.ready()
	said, _ := p.pack.Word(l, "web.people", -1)
	p.until("its words", `document.querySelector("#people-title").textContent === `+quote(said))
}

// travel uses the time machine and waits until it stands still.
func (p *play) travel(move string) {
	p.t.Helper()
	before := p.now()
	p.do("move the clock", chromedp.Click(chromedp.CSS(`[data-advance="`+move+`"]`)))
	p.until("the clock to stand still", `document.querySelector('[data-advance="`+move+`"]').getAttribute("aria-disabled") === "false"`)
	if after := p.now(); !after.After(before.Add(59 * time.Minute)) {
		p.t.Fatalf("the clock went from %v to %v", before, after)
	}
}

// round has two people answer the three questions of 2.3.3 in the channel.
func (p *play) round() {
	p.t.Helper()
	p.be("rosa", false)
	p.menu()
	p.shot("menu")
	p.press(p.word("menu.ask"))
	p.choose("2-3-3")
	p.reads(p.word("round.first"))
	p.shot("who-leads")
	p.press(p.word("round.lead-me")) // the third click
	for i, node := range []string{"q1", "q2", "q3"} {
		p.reads(p.question("round-2.3.3", node))
		for j, user := range []string{"ana", "james"} {
			p.be(user, false)
			p.reads(p.question("round-2.3.3", node))
			p.press(p.word("run.answer"))
			if i+j == 0 {
				p.hesitate()
			}
			p.fill(p.answers[i][j])
			p.send()
			p.saved()
			if strings.Contains(p.everything(), p.answers[i][j]) {
				p.t.Errorf("%q can be seen before the close", p.answers[i][j])
			}
		}
		p.be("rosa", false)
		if node == "q3" {
			p.press(p.word("round.finish"))
		} else {
			p.press(p.word("round.next"))
		}
		p.reads(p.answers[i][0])
		p.reads(p.answers[i][1])
		for _, answer := range p.answers[i] {
			p.until("the answer to be remembered", `document.querySelector("[data-group=answers]").textContent.includes(`+quote(answer)+`)`)
		}
	}
	p.shot("summary")
	p.sorted()
}

// sorted has the coordinator sort the answers to the first question, in the channel.
func (p *play) sorted() {
	p.t.Helper()
	p.press(p.word("round.sort"))
	p.reads(p.word("round.mark.gap"))
	p.shot("sort")
	p.press(p.word("round.mark.gap"))
	p.reads(p.word("round.sorted.gap"))
	p.press(p.word("round.mark.idea"))
	p.reads(p.word("round.sort-again"))
	p.until("the summary to follow", `[...document.querySelectorAll("#log article:not(.whisper)")].pop().innerText.includes(`+quote("1 ")+`)`)
	p.shot("sorted")
	p.size(320, 640)
	p.sound()
	for i := range 5 {
		eval[bool](p.browser, fmt.Sprintf(`[...document.querySelectorAll("#log article")].slice(-%d)[0].scrollIntoView({block: "start"}); true`, i+1))
		p.shot("small")
	}
	p.size(1400, 900)
}

// saved waits until an answer is told to be saved, in the language of whoever gave it.
func (p *play) saved() {
	p.t.Helper()
	var either []string
	for _, l := range []flows.Locale{flows.English, flows.Spanish} {
		words, _ := p.pack.Word(l, "round.saved", -1)
		either = append(either, `last.includes(`+quote(words)+`)`)
	}
	p.until("the answer to be saved", `((last) => last && (`+strings.Join(either, " || ")+`))([...document.querySelectorAll("#log .whisper")].pop()?.innerText)`)
}

// hesitate sends the open form empty, closes it half filled in, and opens it again: the mistake is told at its field, and
// what was typed is still there.
func (p *play) hesitate() {
	p.t.Helper()
	p.do("send nothing", chromedp.Click(chromedp.CSS(`dialog[open] button[type="submit"]`)))
	p.until("the mistake to be told", `document.activeElement.matches('dialog [aria-invalid="true"]') && document.querySelector("dialog .error:not([hidden])").textContent`)
	p.fill("…")
	p.shot("mistake")
	p.sound()
	p.do("close", chromedp.Click(chromedp.CSS(`dialog[open] button[type="button"]`)))
	p.press(p.word("run.answer"))
	p.until("what was typed to be there", `document.querySelector("dialog[open] textarea").value === "…"`)
}

// signUp has the volunteer sign up as a messenger, on Discord.
func (p *play) signUp() {
	p.t.Helper()
	p.be("marcus", true)
	p.menu()
	p.press(p.word("menu.messenger"))
	for _, a := range []struct{ node, text string }{{"name", p.name}, {"reach", p.reach}} {
		p.reads(p.question("messenger", a.node))
		p.say(a.text)
	}
	p.reads(p.question("messenger", "level"))
	p.choose("speak")
	p.reads(p.question("messenger", "methods"))
	p.press(p.word("run.answer"))
	for _, way := range []string{"direct", "media"} {
		p.do("tick", chromedp.Click(chromedp.CSS(`dialog[open] input[value="`+way+`"]`)))
	}
	p.shot("ways")
	p.send()
	p.reads(p.question("messenger", "area"))
	p.say(p.area)
	p.reads(p.question("messenger", "agree"))
	p.press(p.word("run.yes"))
	p.until("the sign-up to be remembered", `document.querySelector("[data-group=signups] .card")`)
	p.shot("messenger")
}

// nameStep has the coordinator name a step for the volunteer, due in eight days.
func (p *play) nameStep() {
	p.t.Helper()
	p.be("rosa", false)
	p.menu()
	p.press(p.word("menu.step"))
	p.be("rosa", true)
	p.reads(p.question("step", "what"))
	p.say(p.step)
	p.reads(p.question("step", "goal"))
	p.say(p.goal)
	p.reads(p.question("step", "lead"))
	p.choose("discord:PLAY:marcus")
	p.reads(p.question("step", "due"))
	p.say(p.due)
	p.be("rosa", false)
	p.reads(p.word("step.button.not-me"))
	p.shot("offer")
}

// takeStep has the volunteer find the offer and take it.
func (p *play) takeStep() {
	p.t.Helper()
	p.be("marcus", true)
	p.menu()
	p.press(p.word("menu.me"))
	p.reads(p.word("me.step-take"))
	p.taken = p.now()
	p.press(p.word("me.step-take"))
	p.reads(p.word("step.yours"))
	p.until("the reminders to be planned", `document.querySelectorAll("[data-group=nudges] .card").length > 2`)
	p.shot("taken")
}

// reminders moves the clock beyond the due date and looks at what came, and when.
func (p *play) reminders() {
	p.t.Helper()
	p.travel("1h")
	p.travel("week")
	p.travel("tomorrow")
	p.until("the last reminder", `document.querySelector("[data-step=nudge]").className === "done"`)
	due := p.taken.AddDate(0, 0, 8)
	nine := func(days int) string {
		return time.Date(due.Year(), due.Month(), due.Day()+days, 9, 0, 0, 0, p.zone()).Format("2006-01-02 15:04")
	}
	want := []string{nine(-7), nine(-1), nine(0)}
	var got []string
	for _, n := range p.nudges() {
		got = append(got, n.At.In(p.zone()).Format("2006-01-02 15:04"))
		if n.Shown != p.nine {
			p.t.Errorf("a reminder shows the time %q", n.Shown)
		}
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("reminders came at %v, wanted %v", got, want)
	}
	p.shot("reminders")
}

// nudgeSeen is a reminder as it stands in the conversation.
type nudgeSeen struct {
	At    time.Time
	Shown string
}

// nudges are the messages of the open conversation that carry the reminder's own button.
func (p *play) nudges() []nudgeSeen {
	p.t.Helper()
	text := eval[string](p.browser, `JSON.stringify([...document.querySelectorAll("#log article")]
		.filter((a) => [...a.querySelectorAll("button")].some((b) => b.textContent === `+quote(p.word("nudge.button.fewer"))+`))
		.map((a) => a.querySelector("time")).map((t) => ({ at: t.dateTime, shown: t.textContent.replace(/\s/g, " ") })))`)
	var list []nudgeSeen
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		p.t.Fatal(err)
	}
	return list
}

// done has the volunteer press Done on the newest reminder.
func (p *play) done() {
	p.t.Helper()
	p.press(p.word("step.button.done"))
	p.reads(p.word("step.thanks"))
	p.until("the guide to be finished", `document.querySelectorAll("#guide .done").length === 7`)
	p.shot("done")
}

// remembered finds everything that was said under "what Convenor remembers".
func (p *play) remembered() {
	p.t.Helper()
	eval[bool](p.browser, `document.querySelectorAll("#memory details").forEach((d) => { d.open = true; }); true`)
	memory := p.text("#memory")
	wanted := []string{p.name, p.reach, p.area, p.step, p.goal, p.word("web.memory.status.done")}
	for _, pair := range p.answers {
		wanted = append(wanted, pair[0], pair[1])
	}
	for _, want := range wanted {
		if !strings.Contains(memory, want) {
			p.t.Errorf("%q is not remembered:\n%s", want, memory)
		}
	}
	for i := range 4 {
		eval[bool](p.browser, fmt.Sprintf(`document.querySelector("#memory").scrollTop = %d; true`, i*750))
		p.shot("memory")
	}
	p.sound()
	p.quiet()
}

// survive kills the binary and starts it again. What is typed meanwhile is not lost, the page comes back by itself, and
// all is still there.
func (p *play) survive() {
	p.t.Helper()
	const line = "¿…?"
	p.size(1400, 900)
	before, listed := p.everything(), p.listed()
	p.kill()
	p.until("the page to say that nobody answers", `!document.querySelector("#lost").hidden`)
	p.do("type a line", chromedp.SendKeys(chromedp.ID("text"), line+"\r"))
	p.reads(p.word("web.notsaved"))
	p.until("the line to stay", `document.querySelector("#text").value === `+quote(line)+` && !document.querySelector("#text").readOnly`)
	p.shot("killed")
	p.process = startPlay(p.t, p.binary, p.data, strings.TrimPrefix(p.url, "http://"))
	p.until("the page to come back", `document.querySelector("#lost").hidden`)
	p.forgive()
	if after := p.everything(); after != before {
		p.t.Errorf("what is remembered changed from\n%s\nto\n%s", before, after)
	}
	p.do("send the line again", chromedp.SendKeys(chromedp.ID("text"), "\r"))
	p.until("the line to be sent", `document.querySelector("#text").value === ""`)
	p.open(p.url + "/?as=marcus&in=dm.marcus&lang=" + string(p.locale))
	p.reads(line)
	if after := p.listed(); !strings.HasPrefix(after, listed) || strings.Count(after, line) != 1 {
		p.t.Errorf("the conversation changed from\n%s\nto\n%s", listed, after)
	}
	p.until("the guide to be finished still", `document.querySelectorAll("#guide .done").length === 7`)
	p.shot("again")
	p.quiet()
}

// everything is all that Convenor remembers.
func (p *play) everything() string {
	p.t.Helper()
	var v any
	p.get(p.t, "/remembers?lang="+string(p.locale), &v)
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}
