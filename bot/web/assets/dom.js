// Small helpers: making elements, words of the page, dates.

// el makes an element. Properties that start with "on" listen; "data" fills the dataset; null and false are left out.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "list" && name !== "role") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// renew gives an element new children and changes only what differs: a link that is being pressed, or has the focus,
// stays the same link. It is for children without listeners of their own.
export function renew(parent, ...children) {
  const fresh = parent.cloneNode(false);
  fresh.append(...children.flat());
  become(parent, fresh);
}

function become(node, fresh) {
  if (node.nodeName !== fresh.nodeName) {
    node.replaceWith(fresh);
    return;
  }
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== fresh.data) node.data = fresh.data;
    return;
  }
  for (const { name } of [...node.attributes]) if (!fresh.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  while (node.childNodes.length > fresh.childNodes.length) node.lastChild.remove();
  [...fresh.childNodes].forEach((child, i) => {
    if (i < node.childNodes.length) become(node.childNodes[i], child);
    else node.append(child);
  });
}

export const byId = (id) => document.getElementById(id);

// fill puts values in the place of {names}.
export function fill(words, values = {}) {
  return words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

// initials are what an avatar shows.
export function initials(name) {
  return name.split(" ").map((part) => part[0]).slice(0, 2).join("");
}

const formats = new Map();

function format(lang, zone, options) {
  const key = lang + zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(lang === "es" ? "es-US" : "en-US", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

export const clockTime = (at, lang, zone) => format(lang, zone, { hour: "numeric", minute: "2-digit" }).format(at);

export const day = (at, lang, zone) => format(lang, zone, { weekday: "long", month: "long", day: "numeric" }).format(at);

export const longDay = (at, lang, zone) =>
  format(lang, zone, { weekday: "long", month: "long", day: "numeric", year: "numeric" }).format(at);

export const shortDay = (at, lang, zone) =>
  format(lang, zone, { weekday: "short", month: "short", day: "numeric" }).format(at);

// announce says something to people who listen to the page.
export function announce(text) {
  byId("status").textContent = text;
}

// freshId names one thing done, so that Convenor recognises it when the answer was lost and it is sent again.
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// blocks dresses paragraphs. Lines of a list that follow one another become one list.
export function blocks(list, heading = "h3") {
  const out = [];
  let items = null;
  for (const block of list ?? []) {
    if (block.style === "item") {
      if (!items) out.push((items = el("ul")));
      items.append(el("li", {}, block.text));
      continue;
    }
    items = null;
    const tag = { heading, quote: "blockquote" }[block.style] ?? "p";
    out.push(el(tag, { className: block.style }, block.text));
  }
  return out;
}
