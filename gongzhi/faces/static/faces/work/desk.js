// What every page of the desk shares: notices, what htmx may swap, the row that is open.
const body = document.body;
const notices = document.getElementById("notices");
const NARROW = matchMedia("(max-width: 900px)");

/** Show a sentence; good news goes by itself, bad news stays until it is closed. */
function say(sentence, kind = "success") {
  const shown = [...notices.querySelectorAll("p")].some((p) => p.textContent === sentence);
  if (shown && kind !== "success") return; // what is asked every second fails every second
  const toast = document.createElement("div");
  const text = document.createElement("p");
  toast.className = `toast ${kind}`;
  text.textContent = sentence;
  toast.append(text);
  notices.append(toast);
}

function closable(toast) {
  if (toast.dataset.closable) return;
  toast.dataset.closable = "1";
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", body.dataset.close);
  button.textContent = "×";
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
  if (toast.classList.contains("success")) setTimeout(() => toast.remove(), 6000);
}

new MutationObserver(() => [...notices.children].forEach(closable)).observe(notices, { childList: true });
[...notices.children].forEach(closable);

document.addEventListener("desk:said", (event) => say(event.detail.sentence));

// A refusal comes with its own place to go; an answer without one is a whole page and fits nowhere.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status < 400 || xhr.getResponseHeader("HX-Retarget")) return;
  const pane = target.id === "detail" && xhr.responseText.includes("data-case=");
  if (pane) return;
  event.detail.shouldSwap = false;
  say(xhr.status === 404 ? body.dataset.gone : body.dataset.failed, "error");
});
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.requestConfig?.headers?.["X-Refresh"]) say(body.dataset.offline, "error");
});
document.addEventListener("htmx:timeout", () => say(body.dataset.offline, "error"));

// On a phone there is no room for a pane: a row opens its own page.
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.(".row");
  if (row && NARROW.matches) {
    event.preventDefault();
    location.assign(row.href);
  }
});

const list = document.getElementById("list");
const detail = document.getElementById("detail");
let scroll = 0;

/** Mark the row whose case is open, and keep what is newly there visible as new. */
function mark() {
  const open = detail?.querySelector("[data-case]")?.dataset.case;
  for (const row of document.querySelectorAll(".row")) {
    if (row.dataset.id === open) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

let before = new Set();
let focused = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  const rows = document.getElementById("rows"); // lists of other things have none
  if (event.detail.target !== list || !rows) return;
  scroll = event.detail.requestConfig.headers["X-Refresh"] ? rows.scrollTop : 0;
  before = new Set([...rows.querySelectorAll(".row")].map((row) => row.id));
  focused = document.activeElement?.classList.contains("row") ? document.activeElement.id : "";
});
document.addEventListener("htmx:afterSwap", (event) => {
  const rows = document.getElementById("rows");
  if (event.detail.target === list && rows) {
    rows.scrollTop = scroll;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (event.detail.requestConfig.headers["X-Refresh"]) {
      for (const row of rows.querySelectorAll(".row")) row.classList.toggle("fresh", !before.has(row.id));
    }
    mark();
  }
  if (event.detail.target === detail) {
    mark();
    detail.querySelector(".overtaken")?.focus();
    document.dispatchEvent(new CustomEvent("desk:opened"));
  }
});

// What the machine offers, taken over into its field with one press.
document.addEventListener("click", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  const field = pick && document.getElementById(pick.dataset.into ?? "item");
  if (!field) return;
  field.value = pick.dataset.pick;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-clear]")) document.getElementById("q").value = "";
});
