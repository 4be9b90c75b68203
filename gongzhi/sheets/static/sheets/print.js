// The printer's page: a button where there is script; the browser's own menu does the same without.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
