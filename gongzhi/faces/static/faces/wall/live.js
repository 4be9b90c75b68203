// What happens arrives here: the feed, the state of the connection, the clock, the card of a case.
// The map listens on document for wall:moved and wall:shown, and says wall:case when one is picked.
const page = document.body.dataset;
const one = (selector, within = document) => within.querySelector(selector);
const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// ── fetching: a session that ended is told once, not hidden ─────────────────────────────────────
let signedOut = false;
async function ask(url, kind) {
  const answer = await fetch(url, { headers: { "X-Fragment": "1" }, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    signedOut = true;
    source?.close();
    state("out");
    throw new Error("signed out");
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return kind === "json" ? answer.json() : answer.text();
}

// Do it soon, but once for many events; again later while it fails.
function soon(work, wait) {
  let timer = 0;
  return () => {
    if (timer || signedOut) return;
    timer = setTimeout(async () => {
      timer = 0;
      try { await work(); } catch (error) { if (!signedOut) console.info("wall:", error.message); }
    }, wait);
  };
}

// ── the feed ────────────────────────────────────────────────────────────────────────────────────
const feed = one("#feed");
const seen = () => new Map([...feed.children].map((row) => [row.dataset.id, row.dataset.version]));
async function readFeed() {
  const before = seen();
  feed.innerHTML = await ask(page.feed);
  const rows = [...feed.children].filter((row) => row.dataset.id && before.get(row.dataset.id) !== row.dataset.version);
  rows.forEach((row) => row.classList.add("fresh"));
  if (rows.some((row) => !before.has(row.dataset.id))) feed.scrollTop = 0;
}
const feedSoon = soon(readFeed, 200);

// ── figures: asked for a second after an event, and again if they were older than the event ──────
let lastEvent = 0;
async function readNumbers() {
  const { at, figures, panels } = await ask(page.numbers, "json");
  figures.forEach(fillFigure);
  for (const [name, html] of Object.entries(panels)) {
    const panel = one(`[data-panel=${name}]`);
    if (drawn.get(name) !== html) panel.innerHTML = html;
    drawn.set(name, html);
  }
  if (Date.parse(at) < lastEvent) setTimeout(numbersSoon, 3000);
}
const drawn = new Map(); // what was set last; read back from the page it may be spelled otherwise
function fillFigure(figure) {
  const box = one(`#figure-${figure.key}`);
  const value = one("b", box);
  if (value.textContent !== figure.value) {
    box.classList.remove("turned");
    void box.offsetWidth; // lets the animation start again
    box.classList.add("turned");
  }
  value.textContent = figure.value;
  one("i", box).textContent = figure.unit;
  one("em", box).textContent = figure.note;
  one("em", box).className = figure.tone;
}
const numbersSoon = soon(readNumbers, 1000);

// ── the stream ──────────────────────────────────────────────────────────────────────────────────
let source = null;
let retry = 0;
function listen() {
  source = new EventSource(page.live, { withCredentials: true });
  source.addEventListener("hello", () => state("live"));
  source.addEventListener("event", (message) => {
    const event = JSON.parse(message.data);
    if (event.kind !== "case") return;
    lastEvent = Math.max(lastEvent, Date.parse(event.at));
    feedSoon();
    numbersSoon();
    say("wall:moved", event);
  });
  source.addEventListener("reset", everything);
  source.addEventListener("error", () => {
    if (signedOut) return;
    state("away");
    // A refusal closes the source for good; perhaps the stream is just not running yet.
    if (source.readyState === EventSource.CLOSED) {
      clearTimeout(retry);
      retry = setTimeout(listen, 15000);
    }
  });
}
const pulse = one("#pulse");
function state(now) {
  pulse.hidden = false;
  pulse.className = `pulse ${now}`;
  pulse.textContent = { live: page.saidLive, away: page.saidAway, out: page.saidOut }[now];
  document.documentElement.dataset.stream = now;
}
function everything() {
  feedSoon();
  numbersSoon();
  say("wall:moved", null);
}
listen();
setInterval(everything, 30000);

// ── the clock runs on the server's time ─────────────────────────────────────────────────────────
const ahead = Date.parse(page.now) - Date.now();
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
const calendar = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long", timeZone: "Asia/Shanghai" });
setInterval(() => {
  const now = new Date(Date.now() + ahead);
  one("#time").textContent = clock.format(now);
  one("#day").textContent = calendar.format(now);
}, 1000);

// ── the card of one case ────────────────────────────────────────────────────────────────────────
const card = one("#card");
let opener = null;
async function show(pk, from) {
  const url = `${page.case.replace("/0/", `/${pk}/`)}${page.query}`;
  card.innerHTML = await ask(url);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.setAttribute("aria-label", page.saidClose);
  close.textContent = "×";
  close.addEventListener("click", hide);
  card.append(close);
  card.hidden = false;
  opener = from ?? opener;
  const article = one("article", card);
  const { lng, lat } = article.dataset;
  say("wall:shown", lng ? { pk, lng: Number(lng), lat: Number(lat) } : { pk });
  if (from) close.focus({ preventScroll: true });
  card.dataset.id = pk;
}
function hide() {
  card.hidden = true;
  card.dataset.id = "";
  say("wall:shown", null);
  opener?.focus?.();
  opener = null;
}
feed.addEventListener("click", (click) => {
  const link = click.target.closest("a");
  if (!link || click.metaKey || click.ctrlKey) return;
  click.preventDefault();
  show(link.closest("li").dataset.id, link).catch(() => { location.href = link.href; });
});
document.addEventListener("wall:case", (event) => show(event.detail.pk).catch(() => {}));
document.addEventListener("wall:moved", (event) => {
  if (!card.hidden && event.detail && String(event.detail.id) === card.dataset.id) show(card.dataset.id).catch(hide);
});
document.addEventListener("keydown", (key) => { if (key.key === "Escape" && !card.hidden) hide(); });
document.addEventListener("click", (click) => {
  const menu = one(".where details[open]");
  if (menu && !menu.contains(click.target)) menu.open = false;
});
