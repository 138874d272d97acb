// One field over everything one can go to or do. What is typed travels in a POST body, never in an address.
import { htmx } from "./setup.js";
import { covered } from "./keys.js";
import { Listbox } from "./listbox.js";

const palette = document.getElementById("palette");
if (palette) start();

function start() {
  const input = document.getElementById("palette-ask");
  const list = document.getElementById("palette-list");
  const box = new Listbox({
    input,
    list,
    says: document.getElementById("palette-says"),
    url: () => list.dataset.url,
    choose: (option, event) => go(option, event.ctrlKey || event.metaKey),
  });

  function open() {
    document.querySelector(".menu:popover-open")?.hidePopover();
    palette.showModal();
    input.value = "";
    input.focus();
    box.ask("", 0);
  }

  function go(option, inNewTab) {
    const { url, drawer } = option.dataset;
    palette.close();
    if (inNewTab) window.open(url, "_blank", "noopener");
    else if (drawer !== undefined) htmx.ajax("GET", url, { target: "#drawer", swap: "innerHTML" });
    else location.assign(url);
  }

  input.addEventListener("input", () => box.ask(input.value));
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) box.step(steps[event.key]);
    else if (event.key === "Enter") box.whenFresh(() => box.active && go(box.active, event.ctrlKey || event.metaKey));
    else return;
    event.preventDefault();
  });
  palette.addEventListener("close", () => {
    box.hide();
    list.replaceChildren(); // no names stay in a closed palette
    input.value = "";
  });
  palette.addEventListener("click", (event) => event.target === palette && palette.close());

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || covered()) return;
    const control = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && document.documentElement.dataset.keys !== "off";
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (!control && (!slash || typing)) return;
    event.preventDefault();
    open();
  });
}
