// htmx, once, for all pages: morphing swaps, our headers, refusals as sentences. No eval, no inline anything.
import htmx from "htmx.org/dist/htmx.esm.js";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { csrfToken, sentenceOf } from "./http.js";
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
};

htmx.defineExtension("house-morph", {
  isInlineSwap: (style) => MORPHS[style] === "outerHTML",
  handleSwap(style, target, fragment) {
    const morphStyle = MORPHS[style];
    if (!morphStyle) return false;
    return Idiomorph.morph(target, fragment.children, { morphStyle, ignoreActiveValue: true, callbacks: KEEP });
  },
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = csrfToken();
  if (detail.triggeringEvent?.type === "live") detail.headers["X-Background"] = "1";
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A drawer is filled, never replaced; a refused form comes back by its own target.
  if (detail.target?.id === "drawer") detail.swapOverride = "innerHTML";
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (isBackground(detail)) return;
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
