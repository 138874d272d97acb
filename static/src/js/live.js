// Changes by others within two seconds: one stream per browser, held by one visible tab (Web Locks) and shared with the
// others (BroadcastChannel); closed when nobody looks; while it is lost every region asks again every 20 seconds.
import { hear, tell } from "./channel.js";
import { htmx } from "./setup.js";

const POLL_MS = 20_000;
const GATHER_MS = 120;
const LONGEST_WAIT_MS = 30_000;
const HANDOVER_MS = 100; // a lock that comes later was somebody else's
const FRESH_MS = 3_000; // a page so young has missed nothing
const PATIENCE_MS = 4_000; // a short gap is not worth a word
const meta = document.querySelector('meta[name="events-url"]');
const dot = document.getElementById("live-dot");
const due = new Set();
let gathering = null;
let stream = null;
let release = null;
let waits = 1_000;
let lostSince = null;
let polling = null;

// ---- regions ----

function regions(topics) {
  return [...document.querySelectorAll("[data-live]")].filter((region) =>
    region.dataset.live.split(/\s+/).some((wanted) => topics.some((topic) => fits(wanted, topic))),
  );
}

const fits = (wanted, topic) => topic === "*" || (wanted.endsWith("*") ? topic.startsWith(wanted.slice(0, -1)) : wanted === topic);

function changed(topics) {
  for (const topic of topics) due.add(topic);
  gathering ??= setTimeout(refresh, GATHER_MS + Math.random() * GATHER_MS);
}

function refresh() {
  gathering = null;
  if (document.documentElement.dataset.busy !== undefined) return void (gathering = setTimeout(refresh, 500)); // something is being dragged
  const topics = [...due];
  due.clear();
  for (const region of regions(topics)) htmx.trigger(region, "live");
}

// ---- the stream, in the tab that leads ----

function lead() {
  if (release || document.hidden || !meta) return;
  if (!navigator.locks) {
    release = disconnect;
    return connect();
  }
  const asked = performance.now();
  const wish = new AbortController();
  release = () => wish.abort();
  navigator.locks.request("live", { signal: wish.signal }, () => new Promise((resolve) => {
    release = () => {
      disconnect();
      resolve();
    };
    connect(performance.now() - asked > HANDOVER_MS);
  })).catch(() => {}); // given up before it came to us
}

function connect(afterAGap = false) {
  stream = new EventSource(meta.content || "/events/", { withCredentials: true });
  const mayHaveMissed = afterAGap || performance.now() > FRESH_MS;
  stream.onopen = () => {
    waits = 1_000;
    state({ live: true });
    if (mayHaveMissed) spread(["*"]); // between two streams, or two leading tabs, words are lost
  };
  stream.onmessage = ({ data }) => {
    spread([JSON.parse(data).topic]);
  };
  // The stream stands, but the office's broker is away: nothing would come.
  stream.addEventListener("lost", () => state({ live: false }));
  stream.addEventListener("found", () => state({ live: true }));
  stream.addEventListener("over", () => document.dispatchEvent(new Event("house:over")));
  stream.onerror = () => {
    disconnect();
    state({ live: false });
    setTimeout(() => release && !document.hidden && !stream && connect(true), waits + Math.random() * 500);
    waits = Math.min(waits * 2, LONGEST_WAIT_MS);
  };
}

function spread(topics) {
  tell("changed", { topics });
  changed(topics);
}

function disconnect() {
  stream?.close();
  stream = null;
}

// ---- what everybody knows ----

function state({ live }) {
  tell("live", { live });
  show(live);
}

function show(live) {
  if (live) {
    lostSince = null;
    clearInterval(polling);
    polling = null;
  } else {
    lostSince ??= new Date();
    polling ??= setInterval(() => !document.hidden && changed(["*"]), POLL_MS);
  }
  paint();
  if (lostSince) setTimeout(paint, PATIENCE_MS + 50);
}

function paint() {
  if (!dot) return;
  const lost = lostSince && Date.now() - lostSince > PATIENCE_MS;
  dot.hidden = false;
  dot.classList.toggle("live--lost", Boolean(lost));
  dot.classList.toggle("off-phone", !lost);
  const says = lost ? `Not live since ${lostSince.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).replace(/ [AP]M/, "")}` : "Live";
  if (dot.textContent !== says) dot.textContent = says;
  dot.title = lost ? "Trying again. What you see may be up to 20 seconds old." : "Changes by others show within two seconds";
}

let leftAt = 0;
function onVisibility() {
  if (document.hidden) {
    leftAt = Date.now();
    release?.();
    release = null;
  } else {
    lead();
    tell("live?");
    if (leftAt && Date.now() - leftAt > 1_000) changed(["*"]);
  }
}

if (meta) {
  hear("changed", ({ topics }) => changed(topics));
  hear("live", ({ live }) => show(live));
  hear("live?", () => stream?.readyState === EventSource.OPEN && tell("live", { live: true }));
  document.addEventListener("visibilitychange", onVisibility);
  document.addEventListener("house:out", () => {
    release?.();
    release = null;
  });
  document.addEventListener("house:in", () => {
    lead();
    changed(["*"]);
  });
  addEventListener("pagehide", () => {
    release?.();
    release = null;
  });
  addEventListener("pageshow", ({ persisted }) => persisted && onVisibility());
  lead();
  tell("live?");
}

// HX-Trigger: {"changed": {"topics": ["visits"]}}: one's own act need not wait for the stream.
document.addEventListener("changed", ({ detail }) => changed(detail.topics ?? []));
