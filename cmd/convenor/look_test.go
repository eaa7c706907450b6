package main

import (
	"github.com/chromedp/chromedp"
)

// faults lists, in the page, text with too little contrast and controls without a name. What is disabled, hidden or out
// of sight does not count. Colours behind a text are laid over each other as the browser does.
const faults = `(() => {
	const parse = (c) => { const n = c.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), a: n[3] ?? 1 }; };
	const over = (top, under) => top.rgb.map((v, i) => v * top.a + under[i] * (1 - top.a));
	const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (el) => {
		const layers = [];
		for (let e = el; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
		return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
	};
	const list = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const el = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !el.checkVisibility() || el.closest(".unseen, [aria-disabled=true], option, noscript, script")) continue;
		const style = getComputedStyle(el);
		const back = behind(el);
		const [a, b] = [light(over(parse(style.color), back)), light(back)].sort((x, y) => y - x);
		const size = parseFloat(style.fontSize);
		const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < (large ? 3 : 4.5)) list.push("contrast " + ratio.toFixed(2) + ": " + walk.currentNode.data.trim());
	}
	for (const el of document.querySelectorAll("button, a, input, select, textarea, dialog[open], [role=region], [role=group]")) {
		if (!el.checkVisibility()) continue;
		const by = (el.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
		const own = el.matches("button, a") ? el.textContent : "";
		const labels = [...(el.labels ?? [])].map((l) => l.textContent).join("");
		if (!(own + by + labels + (el.getAttribute("aria-label") ?? "")).trim()) list.push("no name: " + el.outerHTML.slice(0, 120));
	}
	const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
	for (const id of new Set(ids)) if (ids.filter((i) => i === id).length > 1) list.push("id twice: " + id);
	if (document.documentElement.scrollWidth > innerWidth) list.push("wider than the screen: " + document.documentElement.scrollWidth);
	if (innerWidth > 1100 && document.documentElement.scrollHeight > innerHeight) list.push("taller than the screen: " + document.documentElement.scrollHeight);
	for (const el of document.querySelectorAll("button, a, input, select, textarea, p, h2, h3, summary")) {
		const box = el.getBoundingClientRect();
		if (el.checkVisibility() && !el.closest(".unseen, .skip") && box.width && (box.left < 0 || box.right > innerWidth)) {
			list.push("sticks out to " + Math.round(box.right) + ": " + (el.textContent || el.id).trim().slice(0, 60));
		}
		if (el.matches("button") && el.scrollWidth > el.clientWidth + 1 && box.width) list.push("cut off: " + el.textContent.trim());
	}
	return list;
})()`

// sound checks what the tab shows, in light and in dark colours.
func (b *browser) sound() {
	b.t.Helper()
	for _, on := range []bool{true, false} {
		b.dark(on)
		for _, fault := range eval[[]string](b, faults) {
			b.t.Errorf("dark %v: %s", on, fault)
		}
	}
}

// small looks at the page on the smallest telephone: every part can be reached, nothing sticks out, and a form fits.
func (p *play) small() {
	p.t.Helper()
	p.size(320, 640)
	show := func(pane string) {
		p.t.Helper()
		p.do("show "+pane, chromedp.Click(chromedp.CSS(`.panes [data-pane="`+pane+`"]`)))
		p.until(pane, `[...document.querySelectorAll(".pane")].every((e) => e.checkVisibility() === (e.id === "`+pane+`"))`)
	}
	for _, pane := range []string{"people", "memory", "talk"} {
		show(pane)
		p.shot("small-" + pane)
		p.sound()
	}
	p.dark(true)
	p.menu()
	p.shot("small-menu-dark")
	p.dark(false)
	for _, user := range []string{"james", "marcus"} {
		show("people")
		p.be(user, user == "marcus")
		p.shot("small-" + user)
		p.sound()
	}
}

// keys walks from the top of the page with the keyboard alone: to the conversation, to the menu, and into it.
func (p *play) keys() {
	p.t.Helper()
	focused := func(want string) {
		p.t.Helper()
		p.until("the focus on "+want, `document.activeElement.matches(`+quote(want)+`)`)
	}
	p.open(p.url + "/?lang=" + string(p.locale))
	p.do("tab", chromedp.KeyEvent("\t"))
	focused(".skip")
	p.do("skip", chromedp.KeyEvent("\r"))
	focused("#talk")
	eval[bool](p.browser, `document.querySelector("#menu").focus(); true`)
	p.do("press", chromedp.KeyEvent("\r"))
	focused(".whisper")
	p.do("tab", chromedp.KeyEvent("\t"))
	focused(".whisper button")
	p.do("to the end", chromedp.Focus(chromedp.CSS(".whisper .dismiss")), chromedp.KeyEvent("\r"))
	focused("#text")
}
