// The keyboard: single letters on [data-key], undo, help. Letters rest in fields, under dialogs, and when switched off.
import { stepRow } from "./rows.js";
import { undoNewest } from "./toasts.js";

const help = document.getElementById("keys-help");
const ALWAYS = [
  ["Ctrl K or /", document.getElementById("palette")?.getAttribute("aria-label") ?? "Find"],
  ["Ctrl Z or u", "Undo the last change"],
  ["Ctrl Enter", "Send the form you are in"],
  ["Esc", "Close what is open"],
  ["?", "This list"],
];

const lettersOff = () => document.documentElement.dataset.keys === "off";
const isTyping = (target) => target.matches?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");

export const covered = () => Boolean(document.querySelector("dialog[open], .cover:not([hidden])"));

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || covered()) return;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (lettersOff() || isTyping(event.target) || event.key.length !== 1) return;
  if (event.key === "?") return take(event, showHelp());
  if (event.key === "u") return take(event, undoNewest());
  if (event.key === "j" || event.key === "k") return take(event, stepRow(event.key === "j" ? 1 : -1));
  const found = bearerOf(event.key);
  if (found) take(event, press(found));
});

function withControl(event) {
  if (event.key === "z" && !event.shiftKey && !isTyping(event.target)) take(event, undoNewest());
  if (event.key === "Enter") {
    const form = event.target.closest?.("form");
    if (form) take(event, form.requestSubmit(form.querySelector("[data-default]") ?? undefined) ?? true);
  }
}

function take(event, done) {
  if (done !== false) event.preventDefault();
}

// In a list the letter means the row one is in, not the first row.
function bearerOf(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const row = document.activeElement?.closest("[data-row]");
  const inRow = row?.querySelector(selector);
  // What the page itself offers goes before the shell around it.
  const found = [...document.querySelectorAll(`#main ${selector}`), ...document.querySelectorAll(selector)];
  return inRow ?? found.find((one) => !one.closest("[data-row]"));
}

function press(element) {
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

function showHelp() {
  const list = document.getElementById("keys-list");
  const named = new Map(ALWAYS);
  if (document.querySelector("#main [data-row]")) named.set("j or k", "Next row, row before");
  for (const one of [...document.querySelectorAll("#main [data-key]"), ...document.querySelectorAll("[data-key]")]) {
    const key = one.dataset.key;
    if (!named.has(key)) named.set(key, one.dataset.keyLabel ?? wordsOf(one));
  }
  for (const [key, says] of extraKeys()) named.set(key, says);
  list.replaceChildren(...[...named].flatMap(([key, says]) => [term(key), definition(says)]));
  help.showModal();
}

function wordsOf(element) {
  if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
  const copy = element.cloneNode(true);
  for (const aside of copy.querySelectorAll("kbd, .sr, .n")) aside.remove();
  const words = copy.textContent.trim();
  return element.closest("[data-row]") ? `${words} (in the row you are in)` : words;
}

// A module that has keys of its own lists them in a <template data-keys-of> on its page: "M: move the visit".
function extraKeys() {
  return [...document.querySelectorAll("template[data-keys-of]")]
    .flatMap((template) => template.content.textContent.trim().split("\n"))
    .map((line) => line.split(":").map((part) => part.trim()))
    .filter((pair) => pair.length === 2);
}

function term(key) {
  const made = document.createElement("dt");
  for (const part of key.split(" ")) {
    if (part === "or") made.append(" or ");
    else {
      const cap = document.createElement("kbd");
      cap.textContent = part;
      made.append(cap, " ");
    }
  }
  return made;
}

function definition(says) {
  const made = document.createElement("dd");
  made.textContent = says;
  return made;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) {
    document.querySelector(".menu:popover-open")?.hidePopover();
    showHelp();
  }
  event.target.closest("[data-close-sheet]")?.closest("dialog").close();
});
