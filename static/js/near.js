// Sites near the reader: where that is the browser is asked only when they press the button.

if (isSecureContext && "geolocation" in navigator) {
  document.documentElement.classList.add("locates");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#near-me");
  if (!button) return;
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false;
      // To about a kilometre: it stands in the address, and that is near enough.
      const point = [coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(2));
      const near = document.getElementById("near");
      near.value = point.join(",");
      near.form.requestSubmit();
    },
    () => {
      button.disabled = false;
      document.getElementById("near-me-said").textContent = button.dataset.refused;
    },
    { maximumAge: 600_000, timeout: 15_000 },
  );
});
