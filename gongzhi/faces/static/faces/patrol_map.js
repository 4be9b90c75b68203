/* The cases in hand on a map; the list below says the same. */
const box = document.getElementById("map");
const points = JSON.parse(document.getElementById("points").textContent);
const L = window.L;
const map = L.map(box, { preferCanvas: true, attributionControl: true });
map.attributionControl.setPrefix("").addAttribution(box.dataset.credit);
L.tileLayer(box.dataset.tiles, { maxZoom: 20, minZoom: 12 }).addTo(map);
for (const point of points) {
  L.circleMarker([point.lat, point.lng], { radius: 13, weight: 3, color: "#fff", fillColor: "#1558d6", fillOpacity: 1 })
    .bindTooltip(String(point.n), { permanent: true, direction: "center", className: "pin-n" })
    .on("click", () => {
      const row = document.getElementById(`case-${point.id}`);
      row.scrollIntoView({ block: "center" });
      row.querySelector("a").focus();
    })
    .addTo(map);
}
map.fitBounds(L.latLngBounds(points.map((p) => [p.lat, p.lng])), { padding: [40, 40], maxZoom: 17 });
