// The left of the page: who one is, the time machine, and what to try.
import { announce, byId, clockTime, day, el, fill, renew, shortDay } from "./dom.js";
import { advance } from "./net.js";
import { address, given, now, person, state, unread, word } from "./state.js";
import { avatar, badge } from "./talk.js";

// drawPeople draws everybody, with what waits for them.
export function drawPeople() {
  let waiting = 0;
  renew(byId("personas"), state.people.map((p) => {
    const counts = p.conversations.map((c) => (p === state.me && c.id === state.in ? 0 : unread(p.user, c.id)));
    const count = counts.reduce((a, b) => a + b, 0);
    waiting += count;
    const first = p.conversations[Math.max(0, counts.findIndex((n) => n > 0))];
    return el("li", {}, el("a", {
      href: address(p.user, first.id), data: { go: "", who: p.user }, "aria-current": p === state.me ? "true" : null,
    },
    avatar(p.user),
    el("span", { className: "name" }, p.name, count > 0 && badge(count)),
    p.locale !== state.lang && el("span", { className: "reads" }, word("web.reads." + p.locale)),
    el("span", { className: "role" }, p.role),
    el("span", { className: "time" }, clockTime(now(), state.lang, p.zone), el("br"), city(p))));
  }));
  const all = byId("unread");
  all.hidden = waiting === 0;
  all.textContent = String(waiting);
}

const city = (p) => p.zone.split("/")[1].replace("_", " ");

// drawClock draws the pretend date and time, where the persona lives.
export function drawClock() {
  byId("clock").replaceChildren(
    el("strong", {}, day(now(), state.lang, state.me.zone)), el("br"),
    fill(word("web.local"), { time: clockTime(now(), state.lang, state.me.zone), city: city(state.me) }));
}

export function startMachine() {
  const buttons = document.querySelectorAll("[data-advance]");
  const moving = (is) => buttons.forEach((b) => b.setAttribute("aria-disabled", String(is)));
  moving(false);
  buttons.forEach((b) => b.addEventListener("click", async () => {
    if (b.getAttribute("aria-disabled") === "true") return;
    moving(true);
    document.body.classList.add("moving");
    const result = await advance(b.dataset.advance, state.me.user);
    document.body.classList.remove("moving");
    moving(false);
    const at = now();
    announce(result.ok
      ? fill(word("web.machine.now"), { day: shortDay(at, state.lang, state.me.zone), time: clockTime(at, state.lang, state.me.zone) })
      : word("web.machine.stopped"));
  }));
}

// guide is what to try, in order: its name, who does it, and where.
const guide = [
  ["ask", "rosa", "channel.reentry-council"],
  ["answer", "ana", "channel.reentry-council"],
  ["signup", "marcus", "dm.marcus"],
  ["step", "rosa", "channel.reentry-council"],
  ["take", "marcus", "channel.volunteers"],
  ["nudge", "marcus", "dm.marcus"],
  ["done", "marcus", "dm.marcus"],
];

// labels are the buttons that the guide speaks of, as they are called in Convenor's own words.
const labels = () => ({
  menu: word("web.menu"), ask: word("menu.ask"), messenger: word("menu.messenger"), step: word("menu.step"), mine: word("menu.me"),
  done: word("step.button.done"),
});

// drawGuide ticks off what has happened. done names the things that have.
export function drawGuide(done) {
  const next = guide.find(([name]) => !done.includes(name))?.[0];
  renew(byId("guide"), guide.map(([name, user, conv]) => {
    const is = done.includes(name);
    return el("li", { className: is ? "done" : "", "aria-current": name === next ? "step" : null, data: { step: name } },
      el("span", { className: "tick", "aria-hidden": "true" }, is ? "✓" : ""),
      el("span", { className: "do" },
        is && el("span", { className: "unseen" }, word("web.guide.ticked") + " "),
        is ? word("web.guide.did." + name) : fill(word("web.guide." + name), labels()), " ",
        !is && !(user === state.me.user && conv === state.in) && el("a", { href: address(user, conv), data: { go: "" } },
          fill(word("web.guide.go"), { name: given(person(user)) }))));
  }));
  byId("guide-over").hidden = next !== undefined;
}
