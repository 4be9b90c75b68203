// The register's map: grids are clicked, a box or a ring is drawn, by mouse, pen or finger. What is chosen
// stands in the form beside the map, which htmx sends; this file only moves it between map and form.
const box = document.getElementById("map");
const form = document.getElementById("pick");
const bar = document.querySelector(".drawbar");
const hint = document.querySelector(".drawhint");
const done = bar.querySelector("[data-done]");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const PLAIN = { color: "#1558d6", weight: 1.4, dashArray: "5 5", fillColor: "#1558d6", fillOpacity: 0.03 };
const CHOSEN = { color: "#0b3b8c", weight: 2.6, dashArray: null, fillColor: "#1558d6", fillOpacity: 0.2 };

const map = L.map(box, { zoomControl: false, preferCanvas: true, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still, doubleClickZoom: false });
L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(escaped(box.dataset.notice)).addTo(map);
L.control.zoom({ position: "bottomright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
L.tileLayer(box.dataset.tiles, { minZoom: 10, maxZoom: 19, maxNativeZoom: 18 }).addTo(map);
map.setView([31.79, 117.3], 13);

const grids = new Map(); // code → outline
const names = L.layerGroup();
const homes = L.layerGroup().addTo(map);
const drawn = L.layerGroup().addTo(map);
let mode = "grid";
let corners = []; // of the ring that is being drawn

function escaped(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML;
}

const read = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
  return answer.json();
};
const boxOf = (code) => [...form.querySelectorAll("[name=grid]")].find((one) => one.value === code);
const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));

// ── from the form to the map ────────────────────────────────────────────────────────────────────
function show() {
  for (const [code, outline] of grids) outline.setStyle(boxOf(code)?.checked ? CHOSEN : PLAIN);
  drawn.clearLayers();
  const ring = ringOf(form.elements.draw.value);
  if (ring.length) drawn.addLayer(L.polygon(ring, { ...CHOSEN, color: "#c4301c", fillColor: "#c4301c", fillOpacity: 0.12, interactive: false }));
}

const ringOf = (text) => text.split(";").filter(Boolean).map((corner) => corner.split(",").map(Number).reverse());
const textOf = (ring) => ring.map(({ lng, lat }) => `${lng.toFixed(5)},${lat.toFixed(5)}`).join(";");

let askedHomes = 0;
async function showHomes() {
  const mine = ++askedHomes;
  if (!/[?&](draw|grid|estate)=./.test(location.search)) return void homes.clearLayers();
  const found = (await read(box.dataset.homes + location.search)).homes;
  if (mine !== askedHomes) return;
  homes.clearLayers();
  for (const [lng, lat, name, people] of found) {
    const dot = L.circleMarker([lat, lng], { radius: 2.5 + Math.min(6, 0.7 * Math.sqrt(people)), color: "#fff", weight: 1.5, fillColor: "#1558d6", fillOpacity: 0.85 });
    dot.bindTooltip(escaped(`${name} ${people} ${box.dataset.people}`), { direction: "top" });
    homes.addLayer(dot);
  }
  box.dataset.homesShown = found.length;
}

// ── from the map to the form ────────────────────────────────────────────────────────────────────
function toggle(code) {
  const input = boxOf(code);
  if (mode !== "grid" || !input) return;
  input.checked = !input.checked;
  changed();
}

function keep(ring) {
  form.elements.draw.value = textOf(ring);
  turn("grid");
  changed();
}

function turn(to) {
  mode = to;
  corners = [];
  sketch();
  box.classList.toggle("drawing", to !== "grid");
  for (const what of ["dragging", "boxZoom"]) map[what][to === "box" ? "disable" : "enable"]();
  for (const button of bar.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", button.dataset.mode === to);
  hint.textContent = hint.dataset[to];
}

const pencil = L.layerGroup().addTo(map);
function sketch() {
  pencil.clearLayers();
  done.hidden = corners.length < 3;
  if (!corners.length) return;
  pencil.addLayer(L.polyline(corners, { color: "#c4301c", weight: 2.5, interactive: false }));
  corners.forEach((corner, n) => {
    const first = n === 0 && corners.length > 2;
    const dot = L.circleMarker(corner, { radius: first ? 9 : 5, color: "#c4301c", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: first });
    if (first) dot.on("click", (event) => { L.DomEvent.stop(event); keep(corners); });
    pencil.addLayer(dot);
  });
}

map.on("click", ({ latlng }) => {
  if (mode !== "ring") return;
  corners.push(latlng);
  sketch();
});

let from = null; // where the box began
const at = (event) => map.mouseEventToLatLng(event);
const sides = (a, b) => { const r = L.latLngBounds(a, b); return [r.getSouthWest(), r.getSouthEast(), r.getNorthEast(), r.getNorthWest()]; };
box.addEventListener("pointerdown", (event) => {
  if (mode !== "box" || event.button || event.target.closest(".leaflet-control")) return;
  from = at(event);
  box.setPointerCapture(event.pointerId);
});
box.addEventListener("pointermove", (event) => {
  if (!from) return;
  pencil.clearLayers();
  pencil.addLayer(L.polygon(sides(from, at(event)), { color: "#c4301c", weight: 2.5, fillOpacity: 0.1, interactive: false }));
});
box.addEventListener("pointerup", (event) => {
  if (!from) return;
  const ring = sides(from, at(event));
  from = null;
  if (map.distance(ring[0], ring[2]) > 5) keep(ring);
});
box.addEventListener("pointercancel", () => { from = null; sketch(); });

bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.mode) turn(button.dataset.mode);
  else if (button) keep(corners);
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && mode !== "grid") turn("grid"); });
form.addEventListener("change", show);
document.addEventListener("htmx:pushedIntoHistory", () => showHomes().catch(() => {}));
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);

async function drawGrids() {
  const found = await read(box.dataset.grids);
  if (!found.features.length) return;
  const outlines = L.geoJSON(found, { style: PLAIN });
  outlines.eachLayer((outline) => {
    const { code, name, at } = outline.feature.properties;
    grids.set(code, outline);
    outline.on("click", () => toggle(code));
    outline.addTo(map).bringToBack();
    const where = at[0] === null ? outline.getBounds().getCenter() : [at[1], at[0]];
    names.addLayer(L.marker(where, { icon: L.divIcon({ className: "grid-name", html: escaped(name) }), interactive: false, keyboard: false }));
  });
  map.on("zoomend", () => (map.getZoom() >= 14 ? names.addTo(map) : names.remove()));
  const ring = ringOf(form.elements.draw.value);
  map.fitBounds(ring.length ? L.latLngBounds(ring).pad(0.4) : outlines.getBounds(), { padding: [10, 10], animate: false });
  map.setMaxBounds(outlines.getBounds().pad(1));
}

bar.hidden = hint.hidden = false;
turn("grid");
await drawGrids().catch(() => {});
show();
await showHomes().catch(() => {});
const { drawComponents } = await import(box.dataset.script);
await drawComponents(map, { url: box.dataset.components, page: box.dataset.component, legend: document.getElementById("things") });
box.dataset.ready = "1";
