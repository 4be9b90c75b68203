/* Signing in on site: ask the phone where it is, once, when the button is pressed; then send. */
const form = document.getElementById("sign");
const said = document.getElementById("sign-said");

form?.addEventListener("submit", (event) => {
  if (form.elements.lng.value || !("geolocation" in navigator)) return;
  event.preventDefault();
  said.textContent = form.dataset.busy;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lng.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.accuracy.value = Math.round(coords.accuracy);
      form.submit();
    },
    () => {
      said.textContent = form.dataset.failed;
    },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
  );
});
