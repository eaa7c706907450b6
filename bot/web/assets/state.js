// What the page knows. There is one visitor, who is one persona at a time; who and where stands in the address.

export const state = {
  lang: document.documentElement.lang,
  words: {},
  people: [],
  me: null, // one of people
  in: "", // conversation
  items: new Map(), // by id: what stands on the pretend platforms
  whispers: new Map(), // by place(): what only that person can see there; gone when the page is loaded anew
  drafts: new Map(), // typed and not sent: by place() for lines, by person and token for forms
  last: 0, // number of the last change
  ahead: 0, // milliseconds that the pretend clock is ahead of this machine's
};

// place names a person's view of a conversation.
export const place = (user = state.me.user, conv = state.in) => `${user} ${conv}`;

export const now = () => new Date(Date.now() + state.ahead);

export const person = (user) => state.people.find((p) => p.user === user);

// given is the name that people are called by.
export const given = (p) => p.name.split(" ")[0];

export const word = (key) => state.words[key] ?? key;

// born is the number of the change that first posted an item: their order in a conversation.
export const born = (item) => Number(item.id.slice(1));

export function conversation(conv) {
  return [...state.items.values()].filter((item) => item.conv === conv && !item.gone).sort((a, b) => born(a) - born(b));
}

// What each persona has seen is kept in this browser only.
const store = "convenor-play-seen";
let seen = {};
try {
  seen = JSON.parse(localStorage.getItem(store)) ?? {};
} catch {
  seen = {};
}

export function see(user, conv) {
  seen[place(user, conv)] = state.last;
  try {
    localStorage.setItem(store, JSON.stringify(seen));
  } catch {
    // Private windows may refuse: then marks last as long as the page.
  }
}

// startSeeing takes what is there at the first visit as seen, and so whatever another world's numbers had reached.
export function startSeeing() {
  for (const p of state.people) {
    for (const c of p.conversations) {
      const upTo = seen[place(p.user, c.id)];
      if (upTo === undefined || upTo > state.last) seen[place(p.user, c.id)] = state.last;
    }
  }
}

export function unread(user, conv) {
  const upTo = seen[place(user, conv)] ?? 0;
  return conversation(conv).filter((item) => item.by !== user && born(item) > upTo).length;
}

// address is the link to a person and conversation.
export function address(user, conv, lang = state.lang) {
  return "?" + new URLSearchParams({ as: user, in: conv, lang });
}
