// Small courtesies that need no file of their own.

// A strip or table that scrolls sideways can be reached and scrolled by keyboard, and has a name.
const scrollers = new ResizeObserver((entries) => entries.forEach(({ target }) => reachable(target)));

function reachable(box) {
  if (box.scrollWidth <= box.clientWidth) return box.removeAttribute("tabindex");
  box.tabIndex = 0;
  if (!box.hasAttribute("role")) box.setAttribute("role", "group");
  if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", box.dataset.scroller || "More to the side");
}

export function watch(root = document) {
  for (const box of root.querySelectorAll("[data-scroller], .counts, .alerts, .gaps")) scrollers.observe(box);
}

// The i on a tile: opens its formula under the row, and closes it again.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[data-formula]");
    if (!button) return;
    const wasOpen = button.getAttribute("aria-expanded") === "true";
    for (const other of document.querySelectorAll("[data-formula]")) other.setAttribute("aria-expanded", "false");
    if (!wasOpen) return button.setAttribute("aria-expanded", "true");
    event.stopImmediatePropagation();
    document.getElementById(button.getAttribute("aria-controls"))?.replaceChildren();
  },
  true,
);

// A form is sent once: the second press of a double click would enter the same person twice.
const SENT_FOR_MS = 800;
const free = (form) => setTimeout(() => delete form.dataset.sent, SENT_FOR_MS);
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "";
    setTimeout(() => free(form), 5_000); // whatever happens, nobody is locked out of their own form
  },
  true,
);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt?.closest?.("form");
  if (form) free(form);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Tabs that are anchors on one page (Today on a phone) say which is current.
function markTabs() {
  for (const tabs of document.querySelectorAll(".tabs[data-anchors]"))
    for (const link of tabs.querySelectorAll("a")) {
      const current = location.hash ? link.hash === location.hash : link.hasAttribute("data-first");
      if (current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
}

addEventListener("hashchange", markTabs);
document.addEventListener("htmx:afterSettle", () => watch());
markTabs();
watch();

// Rows close up after a click: for a moment none takes another, or a double click would mark the next patient too.
const STEADY_MS = 350;
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const board = detail.target?.closest?.(".board-all");
  if (!board || detail.requestConfig?.verb !== "post") return;
  board.dataset.steady = "";
  setTimeout(() => delete board.dataset.steady, STEADY_MS);
});
