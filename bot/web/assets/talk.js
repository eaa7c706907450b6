// The middle of the page: a conversation, its messages and their buttons, and the line to write in.
import { announce, blocks, byId, clockTime, el, fill, initials, longDay, renew } from "./dom.js";
import { openForm, personSelect, select } from "./form.js";
import { act, speak } from "./net.js";
import { address, born, conversation, given, now, person, place, see, state, unread, word } from "./state.js";

const drawn = new Map(); // by item id: {node, seq}

// title says where a conversation is.
export function title(c) {
  return c.name ? "#" + c.name : word("web.direct");
}

// drawWhere draws everything about the conversation but its messages.
export function drawWhere() {
  const here = state.me.conversations.find((c) => c.id === state.in);
  byId("where").textContent = title(here);
  byId("talk").dataset.platform = here.platform;
  byId("who-sees").textContent = fill(word(here.name ? "web.where.channel" : "web.where.direct"), {
    platform: word("web.platform." + here.platform), name: given(state.me),
  });
  drawSpeaks();
  byId("script").href = "/script?" + new URLSearchParams({ as: state.me.user, in: state.in, lang: document.documentElement.lang });
  renew(byId("conversations"), state.me.conversations.map((c) => {
    const count = c.id === state.in ? 0 : unread(state.me.user, c.id);
    return el("li", {}, el("a", {
      href: address(state.me.user, c.id), data: { go: "" }, "aria-current": c.id === state.in ? "page" : null,
    }, title(c), count > 0 && badge(count)));
  }));
  byId("mention").hidden = !here.name;
  const text = byId("text");
  text.placeholder = word("web.write.direct");
  byId("text-label").textContent = fill(word(here.name ? "web.write.channel" : "web.write.direct"), { name: title(here) });
  text.value = state.drafts.get(place()) ?? "";
}

// drawSpeaks says which language Convenor speaks with this person, and offers the other.
export function drawSpeaks() {
  const is = state.me.locale;
  const other = is === "es" ? "en" : "es";
  const line = byId("speaks");
  if (line.dataset.shown === state.me.user + is) return;
  line.dataset.shown = state.me.user + is;
  line.replaceChildren(fill(word("web.speaks." + is), { name: given(state.me) }), " ", el("button", {
    type: "button", className: "plain", onclick: () => speak(other, state.me.user),
  }, word("web.speak." + other)));
}

export function badge(count) {
  return el("span", { className: "badge" }, String(count), el("span", { className: "unseen" }, " " + word("web.unread")));
}

// drawTalk draws all messages of the conversation anew.
export function drawTalk() {
  drawn.clear();
  byId("log").replaceChildren();
  const items = conversation(state.in);
  for (const item of items) put(item);
  if (items.length === 0) byId("log").append(el("p", { className: "quiet" }, word("web.quiet")));
  const whispered = state.whispers.get(place());
  if (whispered && items.some((item) => born(item) > whispered.after)) state.whispers.delete(place()); // talk went on
  putWhisper();
  toEnd();
  see(state.me.user, state.in);
}

// update takes in an item that came or changed while the conversation is open.
export function update(item) {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  log.querySelector(".quiet")?.remove();
  const fresh = !drawn.has(item.id);
  put(item);
  if (fresh && item.by !== state.me.user) {
    announce(fill(word("web.said"), { name: author(item), text: item.message.blocks.map((b) => b.text).join(" ") }));
  }
  see(state.me.user, state.in);
  if (atEnd) toEnd();
}

// put draws an item where it belongs: in place of its former self, else at the end, above a whisper.
function put(item) {
  const log = byId("log");
  const before = drawn.get(item.id);
  if (item.gone) {
    before?.node.remove();
    drawn.delete(item.id);
    return;
  }
  const node = article(item);
  drawn.set(item.id, { node });
  if (before) {
    const focused = before.node.contains(document.activeElement);
    before.node.replaceWith(node);
    if (focused) node.focus({ preventScroll: true });
    return;
  }
  const day = longDay(new Date(item.at), state.lang, state.me.zone);
  const days = log.querySelectorAll(".day");
  if (days[days.length - 1]?.textContent !== day) log.insertBefore(el("p", { className: "day" }, day), whisperNode());
  log.insertBefore(node, whisperNode());
}

const whisperNode = () => byId("log").querySelector(".whisper");

// toEnd shows the newest message, from its beginning when it is longer than there is room. On a small screen the page
// scrolls, not the conversation. (scrollIntoView would move where the Tab key begins, too: the page opens at its top.)
export function toEnd() {
  const log = byId("log");
  const newest = log.lastElementChild;
  if (!newest) return;
  const inside = log.scrollHeight > log.clientHeight;
  const room = inside ? log.clientHeight : window.innerHeight - byId("composer").offsetHeight - 60;
  const top = inside ? log.getBoundingClientRect().top : 0;
  const at = newest.getBoundingClientRect();
  const margin = 16;
  const by = at.height + margin > room ? at.top - top - margin : at.bottom + margin - top - room;
  (inside ? log : document.scrollingElement).scrollTop += by;
}

const author = (item) => (item.by ? person(item.by).name : "Convenor");

function article(item) {
  const at = new Date(item.at);
  const mention = item.by && item.conv.startsWith("channel.") ? el("span", { className: "at" }, "@Convenor ") : null;
  const said = blocks(item.message.blocks);
  if (mention) said[0].prepend(mention);
  return el("article", {
    className: item.by ? "message person" : "message", tabIndex: -1, id: item.id,
    data: { by: item.by || "convenor", key: item.key ?? "" },
  },
  avatar(item.by),
  el("div", { className: "by" },
    el("strong", {}, author(item)), " ",
    el("time", { dateTime: item.at }, clockTime(at, state.lang, state.me.zone)),
    item.edited && el("span", { className: "small" }, " " + word("web.edited"))),
  el("div", { className: "said", lang: item.message.locale || null },
    said, controls(item.message)));
}

export function avatar(user) {
  if (!user) return el("img", { className: "avatar", src: "/assets/icon.svg", alt: "" });
  return el("span", { className: "avatar", data: { who: user }, "aria-hidden": "true" }, initials(person(user).name));
}

function controls(message) {
  const list = message.controls ?? [];
  if (list.length === 0) return null;
  return el("div", { className: "controls" }, list.map(control));
}

let controlCount = 0;

function control(c) {
  if (c.kind === "link") return el("a", { className: "button", href: c.url, rel: "noreferrer", target: "_blank" }, c.label);
  if (c.kind === "button") {
    return el("button", {
      type: "button", className: c.primary ? "primary" : "", onclick: (e) => press(e.currentTarget, { token: c.token }),
    }, c.label);
  }
  const id = "c" + ++controlCount;
  const menu = c.kind === "person" ? personSelect(id) : select(id, c.options ?? []);
  return el("form", {
    className: "pick",
    onsubmit: (e) => {
      e.preventDefault();
      if (menu.value) press(e.currentTarget.querySelector("button"), { token: c.token, pick: menu.value });
      else menu.focus();
    },
  }, el("label", { htmlFor: id }, c.label), menu, el("button", { type: "submit" }, word("web.choose")));
}

// press does what a button stands for, once, however often it is clicked meanwhile.
export async function press(button, pressed) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const whispered = button.closest(".whisper") !== null;
  const as = state.me.user;
  const where = state.in;
  button.setAttribute("aria-disabled", "true");
  const result = await act({ as, in: where, press: pressed });
  button.removeAttribute("aria-disabled");
  if (result.saved && whispered && !result.form) hush(as, where);
  took(as, where, result, button);
}

// took shows what came back inside an interaction.
function took(as, where, result, opener) {
  if (result.whisper) whisper(as, where, result.whisper);
  else if (!result.saved && !result.form) whisper(as, where, { blocks: [{ style: "body", text: word("web.notsaved") }] });
  if (!result.form || as !== state.me.user) return;
  const send = async (fields) => {
    const sent = await act({ as, in: where, submit: { token: result.form.token, fields } });
    if (sent.saved && !sent.form) {
      hush(as, where);
      if (sent.whisper) setTimeout(() => whisper(as, where, sent.whisper));
    }
    return sent;
  };
  openForm(result.form, send, () => focusBack(opener));
}

// focusBack returns the focus to where a form was opened from, or near it when that has changed meanwhile.
function focusBack(opener) {
  (opener?.isConnected ? opener : byId("text")).focus({ preventScroll: true });
}

function whisper(as, where, message) {
  state.whispers.set(place(as, where), { message, at: now(), after: state.last });
  if (as !== state.me.user || where !== state.in) return;
  putWhisper();
  whisperNode().scrollIntoView({ block: "nearest" });
  whisperNode().focus({ preventScroll: true });
}

function hush(as, where) {
  state.whispers.delete(place(as, where));
  if (as === state.me.user && where === state.in) putWhisper();
}

// putWhisper shows what only this person can see here. There is one at a time: a new one takes its place.
function putWhisper() {
  whisperNode()?.remove();
  const w = state.whispers.get(place());
  if (!w) return;
  const here = place();
  byId("log").append(el("article", { className: "message whisper", tabIndex: -1 },
    avatar(""),
    el("div", { className: "by" },
      el("strong", {}, "Convenor"), " ",
      el("time", { dateTime: w.at.toISOString() }, clockTime(w.at, state.lang, state.me.zone)),
      el("span", { className: "private" }, word("web.private"))),
    el("div", { className: "said", lang: w.message.locale || null }, blocks(w.message.blocks), controls(w.message)),
    el("button", {
      type: "button", className: "plain dismiss",
      onclick: () => { state.whispers.delete(here); putWhisper(); byId("text").focus({ preventScroll: true }); },
    }, word("web.dismiss"))));
}

// startComposer makes the line to write in work. Enter sends, Shift+Enter starts a new line.
export function startComposer() {
  const text = byId("text");
  const grow = () => {
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 2, 160) + "px";
  };
  text.addEventListener("input", () => { state.drafts.set(place(), text.value); grow(); });
  text.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      byId("composer").requestSubmit();
    }
  });
  byId("composer").addEventListener("submit", async (e) => {
    e.preventDefault();
    const typed = text.value.trim();
    const [as, where] = [state.me.user, state.in];
    if (!typed || text.readOnly) return;
    text.readOnly = true;
    const result = await act({ as, in: where, text: typed });
    text.readOnly = false;
    if (result.saved) {
      state.drafts.delete(place(as, where));
      hush(as, where);
      if (place(as, where) === place()) { text.value = ""; grow(); }
    }
    took(as, where, result, text);
  });
  byId("menu").addEventListener("click", (e) => press(e.currentTarget, { token: state.menu }));
}
