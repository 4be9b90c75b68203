// Keeps list, figures and map fresh: by the live stream, or every ten seconds when that fails.
const list = document.getElementById("list");
const figures = document.getElementById("figures");
const sign = document.getElementById("live");
const QUIET = 400; // ms: several events at once make one refresh
const AT_MOST = 1500; // ms a refresh may be put off while events keep coming
const POLL = 10_000;

let wanted = 0;
let timer = 0;
let polling = 0;

function refresh() {
  clearTimeout(timer);
  timer = 0;
  if (!wanted) return;
  if (document.hidden) return; // done when somebody looks again
  if (list?.contains(document.activeElement) && document.activeElement.matches("select")) {
    timer = setTimeout(refresh, 1000); // a list of choices is open: not under the hand
    return;
  }
  wanted = 0;
  const headers = { "X-Refresh": "1" };
  if (list) {
    const here = new URL(location.href);
    here.searchParams.delete("case");
    htmx.ajax("GET", here.pathname + here.search, { target: list, swap: "innerHTML", headers });
  }
  if (figures) htmx.ajax("GET", figures.dataset.url, { target: figures, swap: "innerHTML", headers });
  document.dispatchEvent(new CustomEvent("desk:points"));
}

function soon() {
  wanted ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.max(0, Math.min(QUIET, wanted + AT_MOST - Date.now())));
}

/** The open case changed elsewhere: say so, and leave alone what is being typed. */
function touched(id) {
  const open = document.querySelector("#detail [data-case]");
  if (!open || Number(open.dataset.case) !== id || open.dataset.own === "1") return;
  open.querySelector("[data-stale]")?.removeAttribute("hidden");
}

function poll(on) {
  clearInterval(polling);
  polling = on ? setInterval(soon, POLL) : 0;
  if (!sign) return;
  sign.hidden = false;
  sign.classList.toggle("on", !on);
  sign.lastElementChild.textContent = on ? sign.dataset.off : sign.dataset.on;
}

function listen() {
  const stream = new EventSource(document.body.dataset.live, { withCredentials: true });
  const heard = (message) => {
    let event;
    try {
      event = JSON.parse(message.data);
    } catch {
      return;
    }
    if (event.kind !== "case") return;
    touched(event.id);
    soon();
  };
  stream.addEventListener("event", heard);
  stream.addEventListener("reset", soon); // too much was missed: look at everything anew
  stream.onopen = () => poll(false);
  stream.onerror = () => {
    if (!polling) poll(true);
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3 * POLL);
  };
}

document.addEventListener("desk:refresh", soon);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
// What one does oneself comes back through the stream as well; the pane already shows it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  const open = document.querySelector("#detail [data-case]");
  if (open) open.dataset.own = "1";
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  setTimeout(() => document.querySelector("#detail [data-case]")?.removeAttribute("data-own"), 3000);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const open = event.detail.target.id === "detail" && document.querySelector("#detail [data-case]");
  if (open && event.detail.requestConfig.verb === "post") open.dataset.own = "1";
});

addEventListener("load", listen);
