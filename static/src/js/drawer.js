// The one drawer at the right. Any request with hx-target="#drawer" opens it; Esc closes it and puts the focus back.
import { enter, leave, onBack } from "./drawer_back.js";
import { toast } from "./toasts.js";

const drawer = document.getElementById("drawer");
let opener = null;

export function close() {
  if (!drawer || drawer.hidden) return;
  const kept = isTyped() ? [...drawer.childNodes] : null;
  drawer.querySelectorAll(".htmx-request").forEach(hush);
  drawer.hidden = true;
  leave();
  drawer.replaceChildren();
  drawer.dispatchEvent(new CustomEvent("drawer:closed", { bubbles: true }));
  restoreFocus();
  if (kept) offerBack(kept, "Closed without saving.");
}

// But for the form that is answered just now: it has said what was typed.
const isTyped = (answered = null) => [...drawer.querySelectorAll("form[data-dirty]")].some((form) => form !== answered);

// An answer to what stood in the drawer has nothing left to say once it is gone.
function hush(asking) {
  asking.addEventListener("htmx:beforeOnLoad", (event) => event.preventDefault(), { once: true });
}

// Something else is coming. What was typed and not sent is put aside, whole, before it is overwritten; regions that
// asked about it are not heard any more. A pressed button is: what it did is told, and Undo with it.
function makeRoom(answered) {
  for (const asking of drawer.querySelectorAll(".htmx-request:not(form, button, a)")) if (asking !== answered) hush(asking);
  if (drawer.hidden || !isTyped(answered?.closest("form"))) return;
  const kept = [...drawer.childNodes];
  drawer.replaceChildren();
  offerBack(kept, "Left without saving.");
}

// What was typed is not lost by a stray Esc or click: the toast brings it back as it was.
function offerBack(nodes, text) {
  const made = toast({ text, icon: "edit" });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.dataset.undo = "";
  button.textContent = "Bring it back";
  button.addEventListener("click", () => {
    makeRoom();
    drawer.replaceChildren(...nodes);
    open();
    (made.closest("#recent > li") ?? made).remove();
  });
  made.querySelector(".toast-say").after(button);
}

// For a refusal that has no page of its own: what the rules said, in their own words.
export function fill(title, body) {
  const made = document.getElementById("drawer-blank").content.cloneNode(true);
  made.querySelector("h2").textContent = title;
  made.querySelector(".in").append(body);
  if (drawer.hidden) opener = document.activeElement;
  makeRoom();
  drawer.replaceChildren(made);
  open();
}

function open() {
  if (drawer.hidden) enter();
  drawer.hidden = false;
  const title = drawer.querySelector("#drawer-title");
  if (title) drawer.setAttribute("aria-labelledby", "drawer-title");
  const first =
    drawer.querySelector("[autofocus], [data-focus]") ??
    drawer.querySelector(".in :is(input:not([type=hidden]), select, textarea)") ??
    drawer.querySelector("[data-close-drawer]") ??
    drawer;
  first.focus({ preventScroll: true });
  drawer.dispatchEvent(new CustomEvent("drawer:opened", { bubbles: true }));
}

function restoreFocus() {
  const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
  (back || document.getElementById("main"))?.focus({ preventScroll: true });
  opener = null;
}

if (drawer) {
  onBack(close);
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target === drawer && detail.shouldSwap && detail.xhr.status < 400) makeRoom(detail.requestConfig.elt);
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target === drawer && drawer.hidden) opener = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== drawer) return;
    if (!drawer.childElementCount) return close();
    // A refused form keeps the focus where htmx put it; only a drawer that opens or changes its subject takes it.
    if (drawer.hidden || !drawer.contains(document.activeElement)) open();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-close-drawer]");
    if (!link || !drawer.contains(link)) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (drawer.hidden || drawer.matches(".drawer--page")) return;
    event.preventDefault();
    close();
  });
  // HX-Trigger: close-drawer, after an act that leaves nothing to look at. Not at once: the toast of the same answer
  // is sent from the form in the drawer, and from a form that is gone nothing would arrive.
  document.addEventListener("close-drawer", () =>
    queueMicrotask(() => {
      for (const form of drawer.querySelectorAll("form[data-dirty]")) delete form.dataset.dirty;
      close();
    }),
  );
}
