// Colors, row height, width of the menu, single-letter keys: shown at once, kept in a cookie, told to the server.
import { remember } from "./cookies.js";
import { post } from "./http.js";

const root = document.documentElement;
const shell = document.getElementById("shell");
const APPLY = {
  theme(value) {
    root.dataset.theme = value;
    document.dispatchEvent(new Event("theme-chosen"));
  },
  density: (value) => (root.dataset.density = value),
  rail: (value) => shell?.classList.toggle("shell--wide", value === "wide"),
  keys: (value) => (root.dataset.keys = value),
};

function choose(name, value) {
  APPLY[name](value);
  remember(name, value);
  mark();
  if (shell) post("/me/preferences", { [name]: value }).catch(() => {}); // the cookie already holds it
}

function current() {
  return {
    theme: root.dataset.theme,
    density: root.dataset.density,
    rail: shell?.classList.contains("shell--wide") ? "wide" : "narrow",
    keys: root.dataset.keys ?? "on",
  };
}

function mark() {
  const now = current();
  for (const button of document.querySelectorAll("[data-preferences] button[name]"))
    button.setAttribute("aria-pressed", String(now[button.name] === button.value));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preferences] button[name]");
  if (button) {
    event.preventDefault();
    choose(button.name, button.value);
  }
  if (event.target.closest("[data-theme-toggle]")) choose("theme", root.dataset.bsTheme === "dark" ? "light" : "dark");
});

mark();
