// City components on a desk map: read for the part that is on screen, from zoom 16 on, coloured by class.
const COLOURS = { "01": "#b25a00", "02": "#6a48c7", "03": "#08677f", "04": "#0a6b4e", "05": "#566579" };
const NEAR = 16;

/** Keep components of the map's box drawn; `legend` holds a checkbox per class, hidden from afar. */
export function drawComponents(map, { url, page, legend }) {
  const layer = L.layerGroup().addTo(map);
  const hidden = new Set();
  let asked = 0;

  async function draw() {
    const close = map.getZoom() >= NEAR;
    if (legend) legend.hidden = !close;
    if (!close) return void layer.clearLayers();
    const mine = ++asked;
    const b = map.getBounds();
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => n.toFixed(5));
    const answer = await fetch(`${url}?box=${box}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== asked) return;
    const { components } = await answer.json();
    layer.clearLayers();
    for (const [pk, lng, lat, kind, text, whole] of components) {
      if (hidden.has(kind)) continue;
      const dot = L.circleMarker([lat, lng], { radius: 5, color: whole ? "#fff" : "#c4301c", weight: whole ? 1.5 : 3, fillColor: COLOURS[kind], fillOpacity: 1 });
      dot.bindTooltip(() => { const span = document.createElement("span"); span.textContent = text; return span; }, { direction: "top", offset: [0, -4] });
      dot.on("click", (event) => { L.DomEvent.stop(event); if (!map.getContainer().classList.contains("drawing")) location.assign(page.replace("/0/", `/${pk}/`)); });
      layer.addLayer(dot);
    }
    map.getContainer().dataset.components = components.length;
  }

  legend?.addEventListener("change", ({ target }) => {
    if (target.checked) hidden.delete(target.dataset.kind);
    else hidden.add(target.dataset.kind);
    draw().catch(() => {});
  });
  map.on("moveend", () => draw().catch(() => {}));
  return draw().catch(() => {});
}
