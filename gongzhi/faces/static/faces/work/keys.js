// The desk by keyboard: j and k walk through the list, Enter opens, d goes to the form, / searches.
const help = document.getElementById("help");
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

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  d: toForm,
  "/": () => document.getElementById("q")?.focus(),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target) && !help?.open && !event.defaultPrevented) {
    event.target.blur();
    document.querySelector(".row[aria-current]")?.focus();
    return;
  }
  if (typing(event.target) || help?.open || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
