// A form of Convenor as a dialog: real labels, errors at the field, and nothing typed is ever lost.
import { blocks, byId, el } from "./dom.js";
import { person, state, word } from "./state.js";

// openForm shows a form until it is sent or closed. send gets the typed values and resolves to {saved, whisper, form}:
// a form in it is shown again, with errors. opener gets the focus back.
export function openForm(form, send, opener) {
  const dialog = byId("dialog");
  const draft = state.me.user + " " + form.token;
  const show = (shown, failed) => {
    const typed = state.drafts.get(draft);
    const fields = shown.fields.map((f) => field(typed && f.id in typed ? { ...f, value: typed[f.id] } : f));
    const trouble = el("p", { className: "error", role: "alert", hidden: !failed }, word("web.notsaved.form"));
    const submit = el("button", { type: "submit", className: "primary" }, shown.submit);
    const body = el(
      "form",
      { method: "dialog", noValidate: true, lang: shown.locale || state.lang },
      el("h2", { id: "dialog-title" }, shown.title),
      blocks(shown.intro),
      fields.map((f) => f.node),
      trouble,
      el("div", { className: "buttons" }, el("button", { type: "button", onclick: () => dialog.close() }, shown.close), submit),
    );
    const values = () => Object.fromEntries(fields.map((f) => [f.id, f.value()]));
    body.addEventListener("input", () => state.drafts.set(draft, values()));
    body.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      state.drafts.set(draft, values());
      const result = await send(values());
      if (!dialog.open) return;
      if (result.form) {
        show(result.form, false);
      } else if (!result.saved) {
        show(shown, true);
      } else {
        state.drafts.delete(draft);
        dialog.close();
      }
    });
    dialog.replaceChildren(body);
    if (!dialog.open) dialog.showModal();
    const first = body.querySelector("[aria-invalid], [aria-invalid] input") ?? body.querySelector("input, select, textarea");
    (failed ? submit : first)?.focus();
  };
  dialog.onclose = () => opener?.();
  show(form, false);
}

// field draws one input: {id, node, value()}.
function field(f) {
  const make = { text, date, choice, person: people, many: boxes, consent, scale: choice }[f.field] ?? text;
  const ids = { input: "f-" + f.id, hint: "h-" + f.id, error: "e-" + f.id };
  const described = [f.hint && ids.hint, f.error && ids.error].filter(Boolean).join(" ") || null;
  const input = make(f, ids.input, described);
  const label = [f.label, f.optional ? el("span", { className: "small" }, " " + word("web.optional")) : null];
  const hint = f.hint ? el("p", { id: ids.hint, className: "small" }, f.hint) : null;
  const error = f.error ? el("p", { id: ids.error, className: "error" }, f.error) : null;
  const node = input.group
    ? el("fieldset", { "aria-invalid": f.error ? "true" : null, "aria-describedby": described },
        el("legend", {}, label), hint, input.node, error)
    : el("div", { className: "field" }, el("label", { htmlFor: ids.input }, label), hint, input.node, error);
  if (f.error && !input.group) input.node.setAttribute("aria-invalid", "true");
  return { id: f.id, node, value: input.value };
}

function text(f, id, described) {
  const long = (f.max || 3000) > 200;
  const node = el(long ? "textarea" : "input", {
    id, name: f.id, rows: long ? 4 : null, maxLength: f.max || 3000, "aria-describedby": described,
    "aria-required": f.optional ? null : "true", value: f.value?.text ?? "",
    inputMode: { number: "decimal", link: "url" }[f.field] ?? null,
  });
  return { node, value: () => ({ text: node.value }) };
}

function date(f, id, described) {
  const node = el("input", {
    id, name: f.id, type: "date", "aria-describedby": described, "aria-required": f.optional ? null : "true",
    value: f.value?.picks?.[0] ?? "",
  });
  return { node, value: () => ({ picks: node.value ? [node.value] : [] }) };
}

// choice is a row of radio buttons when there are few, else a menu.
function choice(f, id, described) {
  if ((f.options ?? []).length <= 6) return ticks(f, id, "radio", f.options ?? []);
  const node = select(id, f.options ?? [], f.value?.picks?.[0], described);
  node.name = f.id;
  return { node, value: () => ({ picks: node.value ? [node.value] : [] }) };
}

function people(f, id, described) {
  const node = personSelect(id, f.value?.picks?.[0], described);
  node.name = f.id;
  return { node, value: () => ({ picks: node.value ? [node.value] : [] }) };
}

function boxes(f, id) {
  return ticks(f, id, "checkbox", f.options ?? []);
}

function consent(f, id) {
  const options = f.options?.length ? f.options : [{ id: "yes", text: word("web.yes") }, { id: "no", text: word("web.no") }];
  return ticks(f, id, "radio", options);
}

function ticks(f, id, type, options) {
  const inputs = options.map((o, i) =>
    el("input", { type, id: `${id}-${i}`, name: f.id, value: o.id, checked: f.value?.picks?.includes(o.id) ?? false }));
  const node = el("div", { className: "ticks" },
    options.map((o, i) => el("label", { htmlFor: `${id}-${i}` }, inputs[i], " " + o.text)));
  return { group: true, node, value: () => ({ picks: inputs.filter((i) => i.checked).map((i) => i.value) }) };
}

// select is a menu whose first entry picks nothing.
export function select(id, options, picked, described = null) {
  return el("select", { id, "aria-describedby": described },
    el("option", { value: "" }, word("web.pick")),
    options.map((o) => el("option", { value: o.id, selected: o.id === picked }, o.text)));
}

// personSelect lists everybody, by platform. Someone on another platform is named in full.
export function personSelect(id, picked, described = null) {
  const name = (p) => (p.platform === state.me.platform ? p.user : p.identity);
  const group = (platform) =>
    el("optgroup", { label: word("web.platform." + platform) },
      state.people.filter((p) => p.platform === platform).map((p) =>
        el("option", { value: name(p), selected: [p.user, p.identity].includes(picked) || person(picked) === p }, p.name)));
  const platforms = [...new Set([state.me.platform, ...state.people.map((p) => p.platform)])];
  return el("select", { id, "aria-describedby": described },
    el("option", { value: "" }, word("web.pick.person")), platforms.map(group));
}
