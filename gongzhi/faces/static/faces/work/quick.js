// Ticks survive a refresh of the list and are counted; a reply template fills its field in place.
const ticked = new Set();

function count() {
  const sign = document.querySelector("[data-picked]");
  if (sign) sign.textContent = ticked.size ? String(ticked.size) : "";
}

function shown() {
  const boxes = [...document.querySelectorAll("#rows input[name=case]")];
  const here = new Map(boxes.map((box) => [box.value.split(":")[0], box]));
  for (const pk of ticked) if (!here.has(pk)) ticked.delete(pk);
  for (const [pk, box] of here) {
    box.checked = ticked.has(pk);
    box.closest(".line").classList.toggle("ticked", box.checked);
  }
  count();
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("#rows input[name=case]")) return;
  const pk = box.value.split(":")[0];
  if (box.checked) ticked.add(pk);
  else ticked.delete(pk);
  box.closest(".line").classList.toggle("ticked", box.checked);
  count();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-fill]");
  const field = link && document.getElementById(link.dataset.fill);
  if (!field) return;
  event.preventDefault();
  field.value = link.dataset.text;
  field.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "list") shown();
});
// A browser that goes back keeps its ticks in the form, and this module starts anew.
for (const box of document.querySelectorAll("#rows input[name=case]:checked")) ticked.add(box.value.split(":")[0]);
shown();
