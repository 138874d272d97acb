// The slot a booking form holds is given back when its drawer closes or turns to something else. The hold also
// lapses by itself after a minute, so a lost message does no harm.
import { post } from "../http.js";

export function watchHold() {
  let held = null;

  const release = () => {
    if (held) post(held, {}, { keepalive: true }).catch(() => {});
    held = null;
  };

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "drawer") return;
    const now = detail.target.querySelector("form[data-release]")?.dataset.release ?? null;
    if (now === held) return;
    release();
    held = now;
  });
  document.addEventListener("close-drawer", () => (held = null)); // booked: the act gave it back
  document.addEventListener("drawer:closed", release);
  addEventListener("pagehide", release);
}
