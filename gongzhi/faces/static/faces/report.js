/* The report form with scripts: photos shrunk before they are sent, voice, position, what is known
   nearby. Without this file everything can still be sent. */
const $ = (id) => document.getElementById(id);
const form = $("report");
let busy = Promise.resolve(); // photos still being shrunk
let joining = false; // a “me too” button was pressed: no photos to wait for

/* ── photos ─────────────────────────────────────────────── */
const SIDE = 1280;
const input = $("photos");
const shots = $("shots");
const add = $("photos-add");
let chosen = [];

async function shrunk(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const by = Math.min(1, SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    if (by === 1 && file.size < 400e3) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * by);
    canvas.height = Math.round(image.naturalHeight * by);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // not an image this browser can open: the server says what is wrong with it
  } finally {
    URL.revokeObjectURL(url);
  }
}

function hold(field, files) {
  const transfer = new DataTransfer();
  files.forEach((file) => transfer.items.add(file));
  field.files = transfer.files;
}

function showShots() {
  hold(input, chosen);
  shots.querySelectorAll(".shot:not(.add)").forEach((shot) => {
    URL.revokeObjectURL(shot.firstChild.src);
    shot.remove();
  });
  chosen.forEach((file, n) => {
    const shot = document.createElement("div");
    const image = new Image();
    const remove = document.createElement("button");
    shot.className = "shot";
    image.src = URL.createObjectURL(file);
    image.alt = `${shots.dataset.name} ${n + 1}`;
    remove.type = "button";
    remove.className = "del";
    remove.setAttribute("aria-label", `${shots.dataset.remove} ${n + 1}`);
    remove.onclick = () => {
      chosen = chosen.filter((one) => one !== file);
      showShots();
      input.focus();
    };
    shot.append(image, remove);
    shots.insertBefore(shot, add.parentElement === shots ? add : null);
  });
  add.hidden = chosen.length >= Number(shots.dataset.most);
}

input?.addEventListener("change", () => {
  const fresh = [...input.files];
  const room = Number(shots.dataset.most) - chosen.length;
  $("photos-said").textContent = fresh.length > room ? shots.dataset.full : "";
  busy = busy.then(async () => {
    chosen.push(...(await Promise.all(fresh.slice(0, room).map(shrunk))));
    showShots();
  });
});

/* ── voice ──────────────────────────────────────────────── */
const rec = $("rec");
if (rec) {
  const voice = $("voice");
  const label = rec.querySelector("span");
  const heard = $("heard");
  const player = heard.querySelector("audio");
  let recorder = null;
  const play = (file) => {
    heard.hidden = false;
    player.src = URL.createObjectURL(file);
  };
  voice.addEventListener("change", () => voice.files[0] && play(voice.files[0]));
  heard.querySelector("button").onclick = () => {
    hold(voice, []);
    heard.hidden = true;
    player.removeAttribute("src");
  };
  const record = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const pieces = [];
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      const type = (recorder.mimeType || "audio/webm").split(";")[0];
      const file = new File(pieces, `voice.${type.split("/")[1]}`, { type });
      recorder = null;
      label.textContent = rec.dataset.off;
      rec.classList.remove("on");
      hold(voice, [file]);
      play(file);
    };
    recorder.start();
    setTimeout((mine) => mine === recorder && mine.state === "recording" && mine.stop(), 170e3, recorder);
    label.textContent = rec.dataset.on;
    rec.classList.add("on");
  };
  let native = !(window.MediaRecorder && navigator.mediaDevices);
  voice.addEventListener("click", (event) => {
    if (native) return;
    event.preventDefault();
    if (recorder) recorder.stop();
    else record().catch(() => {
      native = true; // no microphone: the same button now picks a sound file
      label.textContent = rec.dataset.refused;
    });
  });
}

/* ── place ──────────────────────────────────────────────── */
const mini = $("mini");
const picture = mini?.querySelector("img");
const where = $("where");
const estate = $("estate");
const ZOOM = 17;
const say = (text, name = "") => {
  where.querySelector("b").textContent = name;
  where.querySelector("span").textContent = text;
};
let shown = null; // [lng, lat] in the middle of the small map

function look(lng, lat) {
  shown = [lng, lat];
  mini.hidden = false;
  picture.src = `${mini.dataset.url}?lng=${lng.toFixed(6)}&lat=${lat.toFixed(6)}&z=${ZOOM}`;
}

function setPlace(lng, lat) {
  $("lng").value = lng.toFixed(6);
  $("lat").value = lat.toFixed(6);
  $("datum").value = "wgs84";
  look(lng, lat);
  say(where.dataset.got);
  askNearby();
}

$("locate")?.addEventListener("click", () => {
  const failed = () => {
    say(where.dataset.failed);
    (estate || $("address")).focus();
  };
  if (!navigator.geolocation) return failed();
  say(where.dataset.busy);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => setPlace(coords.longitude, coords.latitude),
    failed,
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
  );
});

/* A tap moves the pin: from pixels of the picture to degrees by Web Mercator. */
mini?.querySelector("button").addEventListener("click", (event) => {
  if (!shown) return;
  const box = picture.getBoundingClientRect();
  const scale = 358 / box.width;
  const world = 256 * 2 ** ZOOM;
  const [lng, lat] = shown;
  const dx = (event.clientX - box.left - box.width / 2) * scale;
  const dy = (event.clientY - box.top - box.height / 2) * scale;
  if (!event.clientX && !event.clientY) return setPlace(lng, lat); // by keyboard: right here
  const y = Math.asinh(Math.tan((lat * Math.PI) / 180)) - (dy / world) * 2 * Math.PI;
  setPlace(lng + (dx / world) * 360, (Math.atan(Math.sinh(y)) * 180) / Math.PI);
});

estate?.addEventListener("change", () => {
  const at = estate.selectedOptions[0].dataset.at;
  if (at && !$("lng").value) look(...at.split(",").map(Number));
  askNearby();
});

if ($("lng")?.value) shown = [Number($("lng").value), Number($("lat").value)];

/* ── what is known nearby, and whether to call for help ─── */
/* Whom to call stands right under the words; said again only when it changes. */
function warn(alarm) {
  const place = $("alarm");
  if (!place) return;
  if (place.textContent === (alarm ? alarm.textContent : "")) return alarm?.remove();
  place.replaceChildren(...(alarm ? [alarm] : []));
}

/* The components around the place; drawn again only when they are others, so that a choice and the
   keyboard's place stay. */
function offer(things) {
  const place = $("things");
  const fresh = things?.content.firstElementChild;
  if (!place || !fresh) return;
  if (place.firstElementChild?.dataset.shown !== fresh.dataset.shown) place.replaceChildren(fresh);
  things.remove();
}

let asked = 0;
let timer = 0;

function askNearby() {
  const near = $("near");
  if (!near || !form.dataset.near) return;
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (form.elements.text.value.trim().length < 2 && !$("lng").value) return;
    const mine = ++asked;
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "text", "lng", "lat", "datum", "estate", "address", "component", "painted"]) {
      body.append(name, form.elements[name]?.value ?? "");
    }
    try {
      const answer = await fetch(form.dataset.near, { method: "POST", body });
      if (!answer.ok || mine !== asked) return;
      near.innerHTML = await answer.text();
      warn(near.querySelector(".alarm"));
      offer(near.querySelector("[data-things]"));
      const found = near.querySelector("[data-where]");
      if (found && $("lng").value) say(found.lastChild.textContent, found.firstChild.textContent);
      if (form.elements.sure) form.elements.sure.value = near.querySelector("[data-known]") ? "1" : "";
    } catch {
      /* no network right now: the server asks again when the report is sent */
    }
  }, 700);
}

$("text")?.addEventListener("input", askNearby);
$("address")?.addEventListener("change", askNearby);
$("painted")?.addEventListener("input", askNearby);
$("things")?.addEventListener("change", askNearby);
$("near")?.addEventListener("click", (event) => {
  if (event.target.closest("button")) joining = true;
});

/* ── sending, once ──────────────────────────────────────── */
let ready = false;
form?.addEventListener("submit", async (event) => {
  if (joining || ready) return;
  event.preventDefault();
  const send = $("send");
  send.disabled = true;
  send.textContent = form.dataset.sending;
  await busy;
  ready = true;
  form.submit();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // back from the receipt: a new form with a new key
});
