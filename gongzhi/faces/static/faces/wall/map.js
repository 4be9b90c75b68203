// The map: the scene below, the cases on it. MapLibre where there is WebGL 2, else a flat drawing.
const page = document.body.dataset;
const one = (selector) => document.querySelector(selector);
const pick = (pk) => document.dispatchEvent(new CustomEvent("wall:case", { detail: { pk } }));
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// ── the scene: paths of whole units, each position as the difference to the one before ───────────
const LINES = new Set(["road"]), DOTS = new Set(["poi"]);
function decode(scene) {
  const path = (units) => {
    const line = [];
    for (let n = 0, x = 0, y = 0; n < units.length; n += 2) line.push([(x += units[n]) * scene.unit, (y += units[n + 1]) * scene.unit]);
    return line;
  };
  const shape = (name, paths) => {
    if (DOTS.has(name)) return { type: "Point", coordinates: path(paths[0])[0] };
    if (LINES.has(name)) return { type: "LineString", coordinates: path(paths[0]) };
    return { type: "Polygon", coordinates: paths.map((units) => { const ring = path(units); return [...ring, ring[0]]; }) };
  };
  const about = (facts) => (Array.isArray(facts) ? { name: facts[0], kind: facts[1] } : typeof facts === "object" ? facts : { v: facts });
  return Object.fromEntries(Object.entries(scene.layers).map(([name, rows]) => [name, { type: "FeatureCollection",
    features: rows.map(([facts, ...paths]) => ({ type: "Feature", properties: about(facts), geometry: shape(name, paths) })) }]));
}
const collection = (features) => ({ type: "FeatureCollection", features });
const dot = (coordinates, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });

// The polygons of the area the screen is about, and the box around them.
function outlineOf(scene) {
  const parts = [...scene.boundary.features, ...scene.grid.features].filter((feature) => feature.properties.code === page.area);
  const points = parts.flatMap((part) => part.geometry.coordinates[0]);
  if (!points.length) return null;
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  return { parts, box: [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]] };
}

// Whether a position lies in one of the polygons, by counting the sides to its right.
function inside([x, y], parts) {
  return parts.some(({ geometry }) => {
    let within = false;
    for (const ring of geometry.coordinates) for (let n = 1; n < ring.length; n++) {
      const [x1, y1] = ring[n - 1], [x2, y2] = ring[n];
      if ((y1 > y) !== (y2 > y) && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) within = !within;
    }
    return within;
  });
}

const fetched = async (url) => {
  const answer = await fetch(url, { redirect: "manual" });
  if (!answer.ok) throw new Error(`${url} ${answer.status}`);
  return answer.json();
};

// ── what both kinds of map are told ─────────────────────────────────────────────────────────────
let view = null;
let known = null; // the cases shown before, so that a new one is noticed
async function readPoints() {
  const { points } = await fetched(page.points);
  const numbers = new Set(points.map((row) => row[0]));
  const fresh = known ? points.filter((row) => !known.has(row[0])) : [];
  known = numbers;
  view.points(points);
  fresh.slice(-5).forEach((row) => view.ripple?.([row[1], row[2]]));
}
let due = 0;
document.addEventListener("wall:moved", () => {
  due ||= setTimeout(() => { due = 0; readPoints().catch(() => {}); }, 700);
});
document.addEventListener("wall:shown", (event) => view?.shown?.(event.detail));

function buttons() {
  one("#layers").hidden = false;
  one("#layers").addEventListener("click", (click) => {
    const button = click.target.closest("button");
    if (!button) return;
    if ("home" in button.dataset) { view.home(); return; }
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    view.layer(button.dataset.layer, on);
  });
  document.addEventListener("click", (click) => {
    const link = click.target.closest("a[data-grid]");
    if (!link || click.metaKey || click.ctrlKey || !view.grid?.(link.dataset.grid)) return;
    click.preventDefault();
  });
}

// ── MapLibre ────────────────────────────────────────────────────────────────────────────────────
const COLOURS = ["match", ["get", "c"], "new", "#ff6b5e", "todo", "#ffc857", "doing", "#3b9bff", "check", "#b79cff", "done", "#3ddc97", "#9db4d3"];
const GROUPS = { grids: ["grid-fill", "grid-glow", "grid", "grid-name", "community"], cases: ["late", "halo", "cases", "chosen"], heat: ["heat"],
  buildings: ["buildings"], names: ["names", "community-name"] };
const TILT = { pitch: 54, bearing: -14 };

function layers() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const near = (zoom) => zoom + Math.log2(rem); // on a larger screen the same view is a larger zoom
  const wide = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops.map((stop, n) => (n % 2 ? stop * rem : near(stop)))];
  const fade = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops.map((stop, n) => (n % 2 ? stop : near(stop)))];
  const road = (id, filter, color, ...stops) => ({ id, type: "line", source: "road", filter, layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": wide(...stops) } });
  const rank = (...names) => ["in", ["get", "v"], ["literal", names]];
  const text = (id, source, size, color, more = {}, paint = {}) => ({ id, type: "symbol", source,
    layout: { "text-field": ["get", "name"], "text-size": typeof size === "number" ? size * rem : size, "text-font": ["sans"], "text-max-width": 8, "text-padding": 4, ...more },
    paint: { "text-color": color, "text-halo-color": "#061122", "text-halo-width": 1.6 * rem, ...paint } });
  return [
    { id: "ground", type: "background", paint: { "background-color": "#081831" } },
    { id: "block", type: "fill", source: "block", paint: { "fill-color": "#0d2342" } },
    { id: "green", type: "fill", source: "green", paint: { "fill-color": "#0e3238" } },
    { id: "water", type: "fill", source: "water", paint: { "fill-color": "#0d4470" } },
    { id: "shore", type: "line", source: "water", paint: { "line-color": "#2f8fd0", "line-opacity": 0.5, "line-width": 1.4 * rem, "line-blur": rem } },
    road("lanes", rank("lane", "minor"), "#17325c", 12, 0.4, 15, 2.2, 17, 7),
    road("roads-glow", rank("major", "trunk", "express"), "rgba(64,140,220,.16)", 12, 3, 15, 14, 17, 40),
    road("roads", rank("major", "trunk", "express"), "#27507f", 12, 1, 15, 5, 17, 16),
    { id: "grid-fill", type: "fill", source: "grid", paint: { "fill-color": "#4cc9f0",
      "fill-opacity": ["interpolate", ["linear"], ["coalesce", ["feature-state", "open"], 0], 0, 0.02, 12, 0.2] } },
    { id: "grid-glow", type: "line", source: "grid", paint: { "line-color": "#4cc9f0", "line-opacity": 0.18, "line-width": 7 * rem, "line-blur": 6 * rem } },
    { id: "grid", type: "line", source: "grid", paint: { "line-color": "#4cc9f0", "line-opacity": 0.65, "line-width": 1.2 * rem, "line-dasharray": [4, 2] } },
    { id: "community", type: "line", source: "communities", paint: { "line-color": "#4cc9f0", "line-opacity": 0.7, "line-width": 2 * rem } },
    { id: "outside", type: "fill", source: "outside", paint: { "fill-color": "#050e1d", "fill-opacity": 0.62 } },
    { id: "boundary-glow", type: "line", source: "boundary", paint: { "line-color": "#4cc9f0", "line-opacity": 0.35, "line-width": 14 * rem, "line-blur": 12 * rem } },
    { id: "boundary", type: "line", source: "boundary", paint: { "line-color": "#7fe0ff", "line-width": 2.4 * rem } },
    { id: "buildings", type: "fill-extrusion", source: "building", paint: {
      "fill-extrusion-color": ["case", ["get", "in"], ["interpolate", ["linear"], ["get", "v"], 6, "#1c4174", 24, "#2f69ae", 60, "#4b97e2", 100, "#80c8ff"],
        ["interpolate", ["linear"], ["get", "v"], 6, "#0b1d39", 100, "#17345c"]],
      "fill-extrusion-height": ["*", ["get", "v"], 1.25], "fill-extrusion-opacity": 0.9, "fill-extrusion-vertical-gradient": true } },
    { id: "heat", type: "heatmap", source: "cases", layout: { visibility: "none" }, paint: { "heatmap-radius": wide(12, 22, 15, 76), "heatmap-opacity": 0.75,
      "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(21,88,214,0)", 0.25, "rgba(21,88,214,.7)", 0.5, "#4cc9f0", 0.75, "#ffc857", 1, "#ff6b5e"] } },
    { id: "late", type: "circle", source: "cases", filter: ["==", ["get", "l"], 1], paint: { "circle-radius": wide(12, 8, 15, 14, 17, 22), "circle-color": "#ff6b5e", "circle-opacity": 0.2 } },
    { id: "halo", type: "circle", source: "cases", filter: ["==", ["get", "h"], 1], paint: { "circle-radius": 16 * rem, "circle-color": "#ff6b5e", "circle-opacity": 0.3 } },
    { id: "cases", type: "circle", source: "cases", layout: { "circle-sort-key": ["case", ["==", ["get", "c"], "done"], 0, 1] }, paint: {
      "circle-radius": wide(12, 3.2, 15, 6.2, 17, 10), "circle-color": COLOURS, "circle-stroke-color": "rgba(255,255,255,.92)", "circle-stroke-width": wide(12, 1, 15, 1.8),
      "circle-opacity": ["case", ["==", ["get", "c"], "done"], 0.75, 1], "circle-stroke-opacity": ["case", ["==", ["get", "c"], "done"], 0.6, 1] } },
    { id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": 17 * rem, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": "#ffb300", "circle-stroke-width": 3 * rem } },
    text("names", "poi", 12, "#c3d6f2", { "text-optional": true }, { "text-opacity": fade(13.4, 0, 13.9, 0.95) }),
    text("grid-name", "grid-names", 12.5, "#8fe3ff", { "text-field": ["format", ["get", "name"], {}, ["get", "count"], { "font-scale": 1.15, "text-color": "#ffffff" }] }, { "text-opacity": fade(13, 0, 13.3, 1) }),
    text("community-name", "community-names", fade(12, 15 * rem, 14, 19 * rem), "#ffffff",
      { "text-letter-spacing": 0.08 }, { "text-halo-color": "rgba(6,30,60,.9)", "text-halo-width": 2.4 * rem, "text-opacity": fade(14, 1, 14.6, 0) }),
  ];
}

async function raise(scene) {
  const { Map: Gl, Marker, setWorkerUrl } = await import(page.maplibre);
  setWorkerUrl(page.worker);
  const outline = outlineOf(scene);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const beside = innerWidth >= 1100 ? { left: 26 * rem, right: 26 * rem, top: 3 * rem, bottom: 11 * rem } : 20;
  const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  const communities = scene.boundary.features.filter((feature) => feature.properties.level === "community");
  for (const { properties, geometry } of scene.building.features) properties.in = !outline || inside(geometry.coordinates[0][0], outline.parts);
  const sources = { ...scene, communities: collection(communities), poi: collection(scene.poi.features.filter(({ geometry }) => !outline || inside(geometry.coordinates, outline.parts))), "community-names": collection([]), boundary: collection(outline?.parts ?? []), cases: collection([]), chosen: collection([]),
    outside: collection(outline ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [world, ...outline.parts.map((p) => p.geometry.coordinates[0])] } }] : []),
    "grid-names": collection([]) };
  const map = new Gl({ container: "map", attributionControl: false, fadeDuration: 0, maxPitch: 70, minZoom: 10, maxZoom: 19, dragRotate: true,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily, ...TILT,
    style: { version: 8, light: { anchor: "viewport", position: [1.2, 200, 40], intensity: 0.4, color: "#d7ebff" },
      sources: Object.fromEntries(Object.entries(sources).map(([name, data]) => [name, { type: "geojson", data, ...(name === "grid" ? { promoteId: "id" } : {}) }])), layers: layers() } });
  const home = (quick) => {
    if (!outline) return;
    const camera = map.cameraForBounds(outline.box, { padding: beside, bearing: tilted ? TILT.bearing : 0 });
    // Seen aslant, the far side shrinks: there is room to come nearer.
    map.easeTo({ ...camera, zoom: camera.zoom + (tilted ? 0.22 : 0), pitch: tilted ? TILT.pitch : 0, duration: quick || calm ? 0 : 900 });
  };
  const within = ({ properties: { label } }) => !outline || inside(label, outline.parts);
  let tilted = true;
  home(true);
  await new Promise((done) => map.once("load", done));

  // Whatever calls for attention breathes; a twelfth of a second is enough for that.
  let calling = 0;
  if (!calm) setInterval(() => {
    if (!calling || document.hidden) return;
    const breath = (performance.now() % 1800) / 1800;
    map.setPaintProperty("halo", "circle-radius", (8 + 22 * breath) * (rem / 16));
    map.setPaintProperty("halo", "circle-opacity", 0.5 * (1 - breath));
  }, 85);

  map.on("click", "cases", (event) => pick(event.features[0].properties.pk));
  map.on("mouseenter", "cases", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "cases", () => { map.getCanvas().style.cursor = ""; });
  map.once("idle", () => { document.documentElement.dataset.map = "ready"; });
  return {
    home,
    points(rows) {
      calling = rows.reduce((sum, row) => sum + row[5], 0);
      map.getSource("cases").setData(collection(rows.map(([pk, lng, lat, c, , h, l]) => dot([lng, lat], { pk, c, h, l }))));
      const open = new Map();
      for (const [, , , c, area] of rows) if (c !== "done") open.set(area, (open.get(area) ?? 0) + 1);
      for (const { properties: { id } } of scene.grid.features) map.setFeatureState({ source: "grid", id }, { open: open.get(id) ?? 0 });
      const named = (features, count) => collection(features.map(({ properties: { id, label, name } }) => dot(label, { name, count: count(id) ? ` ${count(id)}` : "" })));
      map.getSource("grid-names").setData(named(scene.grid.features.filter(within), (id) => open.get(id)));
      map.getSource("community-names").setData(named(communities.filter(within), () => 0));
    },
    layer(name, on) {
      if (name === "tilt") { tilted = on; map.easeTo({ pitch: on ? TILT.pitch : 0, bearing: on ? TILT.bearing : 0, duration: calm ? 0 : 700 }); }
      for (const id of GROUPS[name] ?? []) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    },
    shown(at) {
      map.getSource("chosen").setData(collection(at?.lng ? [dot([at.lng, at.lat], {})] : []));
      if (at?.lng) map.easeTo({ center: [at.lng, at.lat], zoom: Math.max(map.getZoom(), 15.2), offset: [innerWidth >= 1100 ? 6 * rem : 0, 0], duration: calm ? 0 : 800 });
    },
    grid(code) {
      const found = scene.grid.features.find((feature) => feature.properties.code === code);
      if (!found) return false;
      map.easeTo({ center: found.properties.label, zoom: 15.4, duration: calm ? 0 : 900 });
      return true;
    },
    ripple(at) {
      const element = document.createElement("div");
      element.className = "ripple";
      const marker = new Marker({ element }).setLngLat(at).addTo(map);
      setTimeout(() => marker.remove(), 6200);
    },
  };
}

// ── start ───────────────────────────────────────────────────────────────────────────────────────
async function start() {
  const scene = decode(await fetched(page.scene));
  const able = document.createElement("canvas").getContext("webgl2");
  view = able ? await raise(scene) : (await import(page.flat)).draw(one("#map"), scene, outlineOf(scene)?.box, pick);
  document.documentElement.dataset.view = able ? "raised" : "flat";
  buttons();
  await readPoints();
}
start().catch((error) => { console.error("wall map:", error); });
