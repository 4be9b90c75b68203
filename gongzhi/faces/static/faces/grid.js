/* “Find my grid” by where I stand. */
const button = document.getElementById("here");
const label = button.querySelector("span");
button.addEventListener("click", () => {
  const failed = () => { label.textContent = button.dataset.failed; };
  if (!navigator.geolocation) return failed();
  label.textContent = button.dataset.busy;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => location.assign(`?lng=${coords.longitude.toFixed(6)}&lat=${coords.latitude.toFixed(6)}`),
    failed,
    { enableHighAccuracy: true, timeout: 10000 },
  );
});
