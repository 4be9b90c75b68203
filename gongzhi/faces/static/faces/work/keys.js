// The desk by keyboard: j and k walk, x ticks, Enter opens, and one letter for each thing to do.
// On every page e takes its list out, / searches and ? tells the keys; they can be switched off.
const help = document.getElementById("help");
const letters = document.getElementById("letters");
const OFF = "gongzhi-keys-off";

function remembered() {
  try {
    return localStorage.getItem(OFF) !== "1";
  } catch {
    return true; // storage is forbidden here: nothing can be switched off, nothing breaks
  }
}

let on = remembered();
if (letters) letters.checked = on;
letters?.addEventListener("change", () => {
  on = letters.checked;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // until the page is left
  }
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => help?.showModal());
}

const typing = (element) => element.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");

function walk(step) {
  const rows = [...document.querySelectorAll(".row")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const from = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(from + step, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function toForm() {
  const form = document.getElementById("dispatch") ?? document.querySelector("#panel form");
  const closed = form?.closest("details:not([open])");
  if (closed) closed.open = true;
  const field = form?.querySelector("input:not([type=hidden]), select, textarea, button");
  field?.focus();
}

/** The row under the hand: the focused one, else the one whose case is open. */
function row() {
  return document.activeElement?.closest?.(".row") ?? document.querySelector(".row[aria-current]");
}

function tick() {
  const box = row()?.parentElement.querySelector("input[name=case]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Open what is folded around the element and put the hand on its first field. */
function into(element, field = "input:not([type=hidden]), select, textarea, button, a") {
  if (!element) return;
  for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const first = element.matches(field) ? element : element.querySelector(field);
  first?.focus();
  first?.scrollIntoView({ block: "nearest" });
}

const by = (id) => document.getElementById(id);

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  x: tick,
  d: toForm,
  t: () => into(document.querySelector("#panel .replies")),
  n: () => into(by("note")),
  s: () => into(by("put-off"), "input:not([type=hidden])"),
  w: () => by("watch")?.click(),
  m: () => by("same")?.click(),
  b: () => into(by("what")),
  f: () => into(by("f-sort")),
  e: () => document.querySelector('[aria-keyshortcuts="e"]')?.click(),
  "/": () => document.getElementById("q")?.focus(),
  "?": () => help?.showModal(),
};

/** Send the form under the hand by its first button, as a press on it would. */
function send(event) {
  const form = event.target.closest?.("form[method=post]");
  const button = form?.querySelector("button[type=submit]:not([formnovalidate]), button:not([type])");
  if (!button || button.disabled) return;
  event.preventDefault();
  form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) return send(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target) && !help?.open && !event.defaultPrevented) {
    event.target.blur();
    document.querySelector(".row[aria-current]")?.focus();
    return;
  }
  if (!on || typing(event.target) || help?.open || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
