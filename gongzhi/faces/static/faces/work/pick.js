// One point on a map: press, and the form carries it. Without this the address alone will do.
const box = document.getElementById("pick");
const form = document.getElementById("register");
const lng = document.getElementById("lng");
const lat = document.getElementById("lat");
const hint = document.getElementById("where");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const map = L.map(box, { attributionControl: false, zoomAnimation: !still, fadeAnimation: !still });
const notice = document.createElement("span");
notice.textContent = box.dataset.notice;
L.control.attribution({ prefix: false }).addAttribution(notice.innerHTML).addTo(map);
L.tileLayer(box.dataset.tiles, { minZoom: 10, maxZoom: 18 }).addTo(map);
map.setView([Number(box.dataset.lat) || 31.79, Number(box.dataset.lng) || 117.3], 14);

let dot = null;
function pick(at) {
  dot?.remove();
  dot = L.circleMarker(at, { radius: 10, color: "#fff", weight: 3, fillColor: "#c4301c", fillOpacity: 1 }).addTo(map);
  lng.value = at.lng.toFixed(6);
  lat.value = at.lat.toFixed(6);
  hint.textContent = hint.dataset.picked;
  form.dispatchEvent(new CustomEvent("where"));
}
map.on("click", (event) => pick(event.latlng));
if (lng.value && lat.value) pick(L.latLng(Number(lat.value), Number(lng.value)));

document.querySelector(".errors")?.focus();
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);

const answer = await fetch(box.dataset.grids).catch(() => null);
const grids = answer?.ok ? await answer.json() : { features: [] };
if (grids.features.length) {
  const outlines = L.geoJSON(grids, { interactive: false, style: { color: "#1558d6", weight: 1.4, dashArray: "5 5", fillOpacity: 0.03 } }).addTo(map);
  if (!dot) map.fitBounds(outlines.getBounds(), { padding: [8, 8], animate: false });
}
box.dataset.ready = "1";
