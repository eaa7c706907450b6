// The right of the page: everything that Convenor remembers, in plain words.
import { blocks, byId, clockTime, el, fill, shortDay } from "./dom.js";
import { get } from "./net.js";
import { drawGuide } from "./side.js";
import { state, word } from "./state.js";
import { drawSpeaks } from "./talk.js";

let asked = false;
let drawing = false;

// remember draws what Convenor remembers now. Asked often, it asks the server only as often as it can draw.
export async function remember() {
  if (drawing) {
    asked = true;
    return;
  }
  drawing = true;
  do {
    asked = false;
    try {
      draw(await get("/remembers?lang=" + state.lang));
    } catch {
      // The stream says that the server is away; the next stir asks again.
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  } while (asked);
  drawing = false;
}

// draw shows the groups. What the visitor opened or closed stays so.
function draw(memory) {
  const root = byId("groups");
  const focused = root.contains(document.activeElement) ? document.activeElement.closest("details").dataset.group : null;
  for (const group of memory.groups) {
    const text = JSON.stringify(group) + state.lang + state.me.zone;
    const old = root.querySelector(`[data-group="${group.id}"]`);
    if (old?.shown === text) continue;
    const node = el("details", { open: old ? old.open : group.open, data: { group: group.id } },
      el("summary", {}, el("h3", {}, group.title), el("span", { className: "count" }, String(group.count))),
      group.cards.length === 0 && el("p", { className: "small" }, group.empty),
      group.cards.map(card));
    node.shown = text;
    if (old) {
      old.replaceWith(node);
      node.classList.toggle("changed", group.count > Number(old.dataset.count));
    } else {
      root.append(node);
    }
    node.dataset.count = group.count;
    if (focused === group.id) node.querySelector("summary").focus({ preventScroll: true });
  }
  drawGuide(memory.done);
  for (const p of state.people) p.locale = memory.locales[p.user] ?? p.locale;
  drawSpeaks();
}

function card(c) {
  const at = c.at && new Date(c.at);
  return el("div", { className: "card" },
    blocks(c.blocks, "h4"),
    at && el("p", { className: "small" },
      fill(word("web.at"), { day: shortDay(at, state.lang, c.zone || state.me.zone), time: clockTime(at, state.lang, c.zone || state.me.zone) })));
}
