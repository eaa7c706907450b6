// The page begins here: who and where come from the address, what happens from the stream.
import { announce, byId, fill } from "./dom.js";
import { remember } from "./memory.js";
import { follow, get, speak, welcome } from "./net.js";
import { drawClock, drawPeople, startMachine } from "./side.js";
import { address, person, see, startSeeing, state, word } from "./state.js";
import { drawTalk, drawWhere, startComposer, title, toEnd, update } from "./talk.js";

let ready = false;

// read takes who and where from the address; what is not there, or not theirs, becomes the first there is.
function read() {
  const asked = new URLSearchParams(location.search);
  state.me = person(asked.get("as")) ?? state.people[0];
  const mine = state.me.conversations;
  state.in = (mine.find((c) => c.id === asked.get("in")) ?? mine[0]).id;
}

function draw() {
  document.title = `${state.me.name} · ${word("web.title")}`;
  drawWhere();
  drawTalk();
  drawPeople();
  drawClock();
  remember();
}

// go leads to a person and conversation without loading the page.
function go(link) {
  history.pushState(null, "", link);
  read();
  draw();
  show("talk");
  byId("talk").focus({ preventScroll: true });
  announce(fill(word("web.you"), { name: state.me.name, where: byId("where").textContent }));
}

// show brings a pane to the front where only one fits.
function show(pane) {
  document.body.dataset.pane = pane;
  document.querySelectorAll(".panes [data-pane]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.pane === pane)));
  if (pane === "talk") toEnd();
  else window.scrollTo(0, 0);
}

// arrived takes in an item and marks whom it waits for.
function arrived(item) {
  const fresh = !state.items.has(item.id);
  state.items.set(item.id, item);
  if (!ready) return;
  if (item.conv === state.in) {
    update(item);
  } else if (fresh && !item.by) {
    const whose = state.people.filter((p) => p.conversations.some((c) => c.id === item.conv));
    const where = whose[0].conversations.find((c) => c.id === item.conv);
    announce(fill(word("web.elsewhere"), { name: whose.map((p) => p.name).join(", "), where: title(where) }));
  }
}

// stirred sets the clock and looks again at what changed. Numbers that go back mean another world: begin anew.
function stirred({ now, last }) {
  if (last < state.last) {
    location.reload();
    return;
  }
  state.last = last;
  state.ahead = new Date(now) - Date.now();
  if (!ready) {
    ready = true;
    startSeeing();
    if (state.items.size === 0) welcome(state.lang);
    draw();
    document.body.dataset.ready = "true";
    return;
  }
  see(state.me.user, state.in);
  drawWhere();
  drawPeople();
  drawClock();
  remember();
}

// turn gives the page and the coalition another language.
async function turn(locale) {
  await speak(locale);
  location.assign(address(state.me.user, state.in, locale));
}

async function start() {
  Object.assign(state, await get("/world?lang=" + state.lang));
  read();
  show("talk");
  startComposer();
  startMachine();
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-go]");
    if (!link || e.metaKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    go(link.getAttribute("href"));
  });
  window.addEventListener("popstate", () => { read(); draw(); });
  document.querySelectorAll(".languages [data-lang]").forEach((b) => {
    b.setAttribute("aria-pressed", String(b.dataset.lang === state.lang));
    b.addEventListener("click", () => turn(b.dataset.lang));
  });
  document.querySelectorAll(".panes [data-pane]").forEach((b) => b.addEventListener("click", () => show(b.dataset.pane)));
  setInterval(() => { if (ready) { drawClock(); drawPeople(); } }, 10_000);
  follow({ item: arrived, stir: stirred, lost: (is) => { byId("lost").hidden = !is; } });
}

start();
