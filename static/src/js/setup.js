// htmx, once, for all pages: morphing swaps, our headers, refusals as sentences. No eval, no inline anything.
import htmx from "htmx.org/dist/htmx.esm.js";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { csrfToken, sentenceOf } from "./http.js";
import { fill } from "./drawer.js";
import { toast } from "./toasts.js";

const MORPHS = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };

const KEEP = {
  // What somebody is typing, or has open, is never taken from under their hands.
  beforeNodeMorphed(old, fresh) {
    if (!(old instanceof Element)) return true;
    if (old.matches("form[data-dirty], dialog[open], [data-keep]")) return false;
    if (old.matches(":popover-open")) return false;
    if (old instanceof HTMLDetailsElement && fresh instanceof HTMLDetailsElement) fresh.open = old.open;
    return true;
  },
  beforeNodeRemoved: (old) => !(old instanceof Element && old.matches("[data-keep]")),
};

htmx.defineExtension("house-morph", {
  isInlineSwap: (style) => MORPHS[style] === "outerHTML",
  handleSwap(style, target, fragment) {
    const morphStyle = MORPHS[style];
    if (!morphStyle) return false;
    // Of the active element Idiomorph would keep all that is in it: right for a field, wrong for the words of a button.
    const ignoreActiveValue = document.activeElement?.matches("input, textarea, select") ?? false;
    return Idiomorph.morph(target, fragment.children, { morphStyle, ignoreActiveValue, callbacks: KEEP });
  },
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = csrfToken();
  if (detail.triggeringEvent?.type === "live") detail.headers["X-Background"] = "1";
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A drawer is filled, never replaced; a form that comes back refused is morphed, so that focus and caret stay.
  if (detail.target?.id === "drawer") detail.swapOverride = detail.xhr.status < 400 ? "innerHTML" : "morph:innerHTML";
  if (detail.shouldSwap && detail.xhr.status >= 400) refused(detail);
});

// A refusal that no view has put into its own words must not replace what it was about.
function refused(detail) {
  const said = new DOMParser().parseFromString(detail.xhr.responseText, "text/html").querySelector("[data-refusal]");
  if (!said) return;
  detail.shouldSwap = false;
  if (document.getElementById("drawer") && said.querySelector(".verdict")) {
    said.querySelector(".error-say").remove();
    fill("Not done", said);
  } else {
    toast({ text: said.textContent.trim(), icon: "alert-circle", tone: "act" });
  }
}

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (isBackground(detail) || detail.xhr.status === 401) return; // 401: idle.js covers the page
  toast({ text: sentenceOf(detail.xhr.status, detail.xhr.responseText), icon: "alert-circle", tone: "act" });
});

for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, ({ detail }) => {
    if (!isBackground(detail)) toast({ text: sentenceOf(0), icon: "plug-connected-x", tone: "act" });
  });
}

function isBackground(detail) {
  return detail.requestConfig?.headers?.["X-Background"] === "1";
}

export { htmx };
