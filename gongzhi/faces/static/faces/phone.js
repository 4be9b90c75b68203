/* Every phone page: elder mode without losing what was typed, reading aloud, focus on what is wrong. */
const root = document.documentElement;
const byId = (id) => document.getElementById(id);

document.querySelector("[data-focus]")?.focus();

/* On a form the switch works in place; elsewhere it is a plain link. */
const elder = byId("elder");
if (elder && byId("report")) {
  elder.addEventListener("click", (event) => {
    event.preventDefault();
    const on = root.classList.toggle("elder");
    const label = elder.querySelector("span");
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `elder=${on ? 1 : ""};path=/;max-age=${on ? 31536000 : 0};samesite=lax${secure}`;
    [label.textContent, elder.dataset.other] = [elder.dataset.other, label.textContent];
  });
}

/* What stands on the page, in sentences short enough for every speech engine. */
function sentences() {
  const walker = document.createTreeWalker(byId("main"), NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    const text = data.replace(/\s+/g, " ").trim();
    if (text && parent.getClientRects().length && !parent.closest("select, script, textarea, .credit")) words.push(text);
  }
  const parts = [];
  for (const piece of words.join("，").split(/[。！？；，]/)) {
    if (piece.trim()) parts.push(piece.trim());
  }
  return parts;
}

const aloud = byId("aloud");
if (aloud && "speechSynthesis" in window) {
  const label = aloud.querySelector("span");
  const idle = label.textContent;
  const rest = () => {
    label.textContent = idle;
    aloud.setAttribute("aria-pressed", "false");
  };
  aloud.addEventListener("click", () => {
    const speaking = aloud.getAttribute("aria-pressed") === "true";
    speechSynthesis.cancel();
    if (speaking) return rest();
    label.textContent = aloud.dataset.stop;
    aloud.setAttribute("aria-pressed", "true");
    const parts = sentences();
    parts.forEach((part, n) => {
      const said = new SpeechSynthesisUtterance(part);
      said.lang = root.lang;
      said.rate = 0.9;
      if (n === parts.length - 1) said.onend = rest;
      speechSynthesis.speak(said);
    });
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
} else if (aloud) {
  aloud.hidden = true;
}
