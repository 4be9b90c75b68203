// The map without WebGL: the same scene as one SVG, the cases as circles that can be tabbed to.
const NS = "http://www.w3.org/2000/svg";
const element = (name, attributes = {}) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

export function draw(container, scene, box, pick) {
  const [[west, south], [east, north]] = box ?? [[73, 18], [135, 54]];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = 1000 / ((east - west) * squeeze);
  const x = (lng) => ((lng - west) * squeeze * scale).toFixed(1);
  const y = (lat) => ((north - lat) * scale).toFixed(1);
  const height = (north - south) * scale;
  const svg = element("svg", { class: "flat", viewBox: `-60 -60 1120 ${height + 120}`, preserveAspectRatio: "xMidYMid meet" });
  const line = (ring) => ring.map(([lng, lat], n) => `${n ? "L" : "M"}${x(lng)} ${y(lat)}`).join("");

  for (const name of ["block", "green", "water", "road", "building", "grid", "boundary"]) {
    const group = element("g");
    const byClass = new Map();
    for (const { properties, geometry } of scene[name].features) {
      const kind = name === "road" ? `road ${properties.v}` : name;
      const path = geometry.type === "Polygon" ? geometry.coordinates.map((ring) => `${line(ring)}Z`).join("") : line(geometry.coordinates);
      byClass.set(kind, (byClass.get(kind) ?? "") + path);
    }
    for (const [kind, d] of byClass) group.append(element("path", { class: kind, d, "fill-rule": "evenodd" }));
    svg.append(group);
  }
  for (const { properties } of scene.grid.features) {
    const text = element("text", { x: x(properties.label[0]), y: y(properties.label[1]) });
    text.textContent = properties.name;
    svg.append(text);
  }
  const cases = element("g");
  svg.append(cases);
  container.replaceChildren(svg);
  for (const name of ["heat", "tilt"]) document.querySelector(`[data-layer=${name}]`).hidden = true;
  document.querySelector("[data-home]").hidden = true;
  cases.addEventListener("click", (click) => click.target.dataset.pk && pick(click.target.dataset.pk));
  document.documentElement.dataset.map = "ready";

  return {
    points(rows) {
      cases.replaceChildren(...rows.map(([pk, lng, lat, colour, , calls]) => {
        const circle = element("circle", { cx: x(lng), cy: y(lat), r: 6, class: `${colour}${calls ? " calls" : ""}` });
        circle.dataset.pk = pk;
        return circle;
      }));
    },
    layer: (name, on) => svg.classList.toggle(`no-${name}`, !on),
    home() {},
  };
}
