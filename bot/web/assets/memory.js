// The right of the page: everything that Convenor remembers, in plain words.
import { blocks, byId, clockTime, el, fill, renew, shortDay } from "./dom.js";
import { get } from "./net.js";
import { drawGuide, drawPeople } from "./side.js";
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

// draw shows the groups. What the visitor opened or closed stays so; a group of the first ones that has grown comes
// into view.
function draw(memory) {
  const grown = [];
  renew(byId("groups"), memory.groups.map((group) => {
    const old = groupNode(group);
    const more = old && group.count > Number(old.dataset.count);
    if (more && group.open) grown.push(group);
    return el("details", {
      open: old ? old.open : group.open, className: more ? "changed" : "", data: { group: group.id, count: group.count },
    },
    el("summary", {}, el("h3", {}, group.title), el("span", { className: "count" }, String(group.count))),
    group.cards.length === 0 && el("p", { className: "small" }, group.empty),
    group.cards.map(card));
  }));
  if (grown.length > 0) byId("memory").scrollTop = groupNode(grown[0]).offsetTop - 12;
  for (const p of state.people) p.locale = memory.locales[p.user] ?? p.locale;
  drawSpeaks();
  drawPeople();
  drawGuide(memory.done);
}

const groupNode = (group) => document.querySelector(`[data-group="${group.id}"]`);

function card(c) {
  const at = c.at && new Date(c.at);
  return el("div", { className: "card" },
    blocks(c.blocks, "h4"),
    at && el("p", { className: "small" },
      fill(word("web.at"), { day: shortDay(at, state.lang, c.zone || state.me.zone), time: clockTime(at, state.lang, c.zone || state.me.zone) })));
}
