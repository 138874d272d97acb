// Paper in the browser: the button prints. No shell, no stream, nothing else.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
