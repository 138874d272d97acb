// Nobody's work stays readable on an empty desk: two minutes' warning, any key stays, then the page is covered.
// What was typed is still under the cover and comes back when the same person signs in again.
import { hear, tell } from "./channel.js";
import { csrfToken, post } from "./http.js";

const WARN_S = 120;
const TOUCH_S = 60; // how often work without requests (a long note) is told to the server
const SLACK_S = 30; // the server notes presence at most this late
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
const cover = document.getElementById("cover");
const dialog = document.getElementById("idle");
const me = meta("actor");
const limit = Number(meta("idle-seconds")) - SLACK_S;
let seen = Date.now();
let asking = false;

const idleFor = () => (Date.now() - seen) / 1000;

function there() {
  seen = Date.now();
  if (dialog.open) dialog.close();
}

async function touch() {
  if (asking) return;
  asking = true;
  try {
    const answer = await post("/me/alive");
    if (answer.status === 401 || answer.redirected) return signedOut();
    there();
    tell("alive");
  } catch {
    // no network: the warning says how long is left
  } finally {
    asking = false;
  }
}

function onActivity(event) {
  if (!cover.hidden) return;
  if (dialog.open) {
    if (event.type === "keydown") event.preventDefault();
    touch();
  } else if (idleFor() > TOUCH_S) touch();
}

function tick() {
  if (!cover.hidden) return;
  const left = limit - idleFor();
  if (left <= 0) return signedOut();
  if (left > WARN_S) return;
  document.getElementById("idle-left").textContent = left > 60 ? "2 minutes" : `${Math.ceil(left / 10) * 10} seconds`;
  if (!dialog.open) dialog.showModal();
}

function signedOut() {
  if (dialog.open) dialog.close();
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  document.querySelector(":popover-open")?.hidePopover();
  document.getElementById("shell").inert = true;
  cover.hidden = false;
  document.getElementById("cover-in").focus();
  document.dispatchEvent(new Event("house:out"));
}

function backIn(who) {
  if (cover.hidden) return;
  if (who !== me) return location.reload(); // somebody else signed in: nothing of the first person stays
  cover.hidden = true;
  document.getElementById("shell").inert = false;
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = csrfToken();
  there();
  document.dispatchEvent(new Event("house:in"));
}

if (me && limit > 0 && cover) {
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, onActivity, true);
  document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.requestConfig.headers["X-Background"] !== "1") {
      there();
      tell("alive");
    }
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault(); // not to the sign-in page: what was typed would be gone
    signedOut();
  });
  document.addEventListener("submit", ({ target }) => target.matches("[data-sign-out]") && tell("out"));
  hear("alive", there);
  hear("out", signedOut);
  document.addEventListener("house:over", () => {
    signedOut();
    tell("out");
  });
  hear("here", ({ who }) => backIn(who));
  tell("here", { who: me });
  setInterval(tick, Math.min(10_000, limit * 100));
  // A laptop that slept: whoever opens it sees nothing before the first timer runs.
  for (const kind of ["visibilitychange", "resume"]) document.addEventListener(kind, tick);
  for (const kind of ["focus", "pageshow"]) addEventListener(kind, tick);
}
