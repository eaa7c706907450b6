// Talking with the server.
import { freshId } from "./dom.js";

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { ok: response.ok, ...(await response.json()) };
}

// act hands something done to Convenor: {saved, whisper, form}. When nobody answers it is tried once more under the same
// id, which does it only once; then the result is {saved: false}.
export async function act(done) {
  const body = { id: freshId(), ...done };
  for (const last of [false, true]) {
    try {
      return await post("/act", body);
    } catch {
      if (last) return { saved: false };
    }
  }
}

// welcome begins a playground where nothing was ever said, in a language.
export async function welcome(locale) {
  try {
    await post("/welcome", { locale });
  } catch {
    // The next page that opens tries again.
  }
}

// speak sets the language that Convenor speaks: with one person, or with everybody when none is named.
export async function speak(locale, user = "") {
  try {
    return await post("/language", { id: freshId(), as: user, locale });
  } catch {
    return { saved: false };
  }
}

export async function advance(move, user) {
  try {
    return await post("/clock", { advance: move, as: user });
  } catch {
    return { ok: false };
  }
}

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(path + ": " + response.status);
  return response.json();
}

// follow listens to changes for as long as the page is open. on has item(item), stir({now, last}) and lost(bool).
export function follow(on) {
  const source = new EventSource("/events");
  source.addEventListener("open", () => on.lost(false));
  source.addEventListener("item", (e) => on.item(JSON.parse(e.data)));
  source.addEventListener("stir", (e) => on.stir(JSON.parse(e.data)));
  source.addEventListener("error", () => {
    on.lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(on), 1500);
  });
}
