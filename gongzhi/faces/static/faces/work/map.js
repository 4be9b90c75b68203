// The desk's map: base tiles, outlines of grids, open cases as dots on one canvas, the open one larger.
const box = document.getElementById("map");
const FILL = { new: "#c4301c", todo: "#c97800", doing: "#1558d6", check: "#6a48c7" };
const SMALL = 7;
const LARGE = 12;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const map = L.map(box, { zoomControl: false, preferCanvas: true, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still });
L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(escaped(box.dataset.notice)).addTo(map);
L.control.zoom({ position: "bottomright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
L.tileLayer(box.dataset.tiles, { minZoom: 10, maxZoom: 18 }).addTo(map);
map.setView([31.79, 117.3], 13);

const grids = L.layerGroup().addTo(map);
const names = L.layerGroup();
const marks = L.layerGroup().addTo(map);
const dots = L.layerGroup().addTo(map);
const known = new Map(); // id of a case → its dot
const hidden = new Set(); // statuses switched off in the legend
let around = null; // the box of all grids
let opened = null;

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

async function drawGrids() {
  const found = await read(box.dataset.grids);
  if (!found.features.length) return;
  const outlines = L.geoJSON(found, {
    interactive: false,
    style: { color: "#1558d6", weight: 1.6, dashArray: "5 5", fillColor: "#1558d6", fillOpacity: 0.04 },
  });
  outlines.eachLayer((layer) => {
    grids.addLayer(layer);
    const { name, at } = layer.feature.properties;
    const where = at[0] === null ? layer.getBounds().getCenter() : [at[1], at[0]];
    const icon = L.divIcon({ className: "grid-name", html: escaped(name) });
    names.addLayer(L.marker(where, { icon, interactive: false, keyboard: false }));
  });
  around = outlines.getBounds();
  map.setMaxBounds(around.pad(1));
  fit();
}

/** The open case in the middle when there is one with a position, else everything. */
function fit() {
  const article = document.querySelector("#detail [data-case]");
  const at = article?.dataset.lng && [Number(article.dataset.lat), Number(article.dataset.lng)];
  if (at) map.setView(at, 16, { animate: false });
  else if (around) map.fitBounds(around, { padding: [10, 10], animate: false });
  showNames();
}

function showNames() {
  const wanted = map.getZoom() >= 15 && map.hasLayer(grids);
  if (wanted) names.addTo(map);
  else names.remove();
}

async function drawPoints() {
  const found = await read(box.dataset.points + location.search);
  dots.clearLayers();
  known.clear();
  for (const { id, geometry, properties } of [...found.features].reverse()) {
    const [lng, lat] = geometry.coordinates;
    const dot = L.circleMarker([lat, lng], {
      radius: SMALL, color: "#fff", weight: 2, fillColor: FILL[properties.c], fillOpacity: 1, status: properties.c,
    });
    dot.bindTooltip(() => escaped(properties.t), { direction: "top", offset: [0, -6] });
    dot.on("click", () => open(id));
    known.set(id, dot);
    if (!hidden.has(properties.c)) dots.addLayer(dot);
  }
  select(false);
}

function open(id) {
  const row = document.getElementById(`row-${id}`);
  const url = box.dataset.case.replace("/0/", `/${id}/`);
  if (row) {
    row.click();
    row.scrollIntoView({ block: "nearest" });
  } else if (document.getElementById("list") && !matchMedia("(max-width: 900px)").matches) {
    htmx.ajax("GET", url, { target: "#detail", swap: "innerHTML" });
  } else location.assign(url);
}

/** Make the open case's dot large, whether it is among the open ones or not. */
function select(pan = true) {
  const article = document.querySelector("#detail [data-case]");
  opened?.setRadius(SMALL).setStyle({ weight: 2 });
  opened = null;
  marks.clearLayers();
  if (!article?.dataset.lng) return;
  const at = [Number(article.dataset.lat), Number(article.dataset.lng)];
  const mark = (radius, style) => marks.addLayer(L.circleMarker(at, { radius, interactive: false, fillOpacity: 1, ...style }));
  mark(LARGE + 7, { stroke: false, fillColor: "#1558d6", fillOpacity: 0.22 });
  opened = known.get(Number(article.dataset.case)) ?? null;
  if (opened && dots.hasLayer(opened)) opened.setRadius(LARGE).setStyle({ weight: 3 }).bringToFront();
  else mark(LARGE - 2, { color: "#fff", weight: 3, fillColor: "#566579" });
  if (pan && !map.getBounds().pad(-0.15).contains(at)) map.panTo(at, { animate: !still });
}

function toggle(input) {
  if (input.dataset.layer) {
    const layer = { grids, points: dots }[input.dataset.layer];
    if (input.checked) layer.addTo(map);
    else layer.remove();
    showNames();
    return;
  }
  const status = input.dataset.status;
  if (input.checked) hidden.delete(status);
  else hidden.add(status);
  for (const dot of known.values()) {
    if (dot.options.status !== status) continue;
    if (input.checked) dots.addLayer(dot);
    else dots.removeLayer(dot);
  }
}

for (const input of document.querySelectorAll(".mapp input")) input.addEventListener("change", () => toggle(input));
document.querySelector("[data-fit]").addEventListener("click", () => around && map.fitBounds(around, { padding: [10, 10] }));
map.on("zoomend", showNames);
document.addEventListener("desk:points", () => drawPoints().catch(() => {}));
document.addEventListener("desk:opened", () => select());
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "list" && !event.detail.requestConfig.headers["X-Refresh"]) drawPoints().catch(() => {});
});
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);

await drawGrids().catch(() => {});
await drawPoints().catch(() => {});
if (box.dataset.script) {
  const { drawComponents } = await import(box.dataset.script);
  await drawComponents(map, { url: box.dataset.components, page: box.dataset.component });
}
box.dataset.ready = "1";
