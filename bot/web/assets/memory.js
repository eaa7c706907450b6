// The right of the page: everything that Convenor remembers, in plain words.
import { blocks, byId, clockTime, el, fill, renew, shortDay } from "./dom.js";
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
  renew(byId("groups"), memory.groups.map((group) => {
    const old = document.querySelector(`[data-group="${group.id}"]`);
    const more = old && group.count > Number(old.dataset.count);
    return el("details", {
      open: old ? old.open : group.open, className: more ? "changed" : "", data: { group: group.id, count: group.count },
    },
    el("summary", {}, el("h3", {}, group.title), el("span", { className: "count" }, String(group.count))),
    group.cards.length === 0 && el("p", { className: "small" }, group.empty),
    group.cards.map(card));
  }));
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
