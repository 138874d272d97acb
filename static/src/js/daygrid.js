// The day as a sheet one can walk, book, move and resize on, with or without a pointer. Markup: docs/pages.md.
import { Carry } from "./grid/carry.js";
import { Cursor } from "./grid/cursor.js";
import { Geometry } from "./grid/geometry.js";
import { watchHold } from "./grid/holding.js";
import { Pointer } from "./grid/pointer.js";

const day = document.querySelector("[data-daygrid]");
keepHeadsApart();
if (day) start();
showNow();
document.addEventListener("htmx:afterSettle", showNow); // a window that became narrow has fetched the list

// The list opens where the work is, once.
function showNow() {
  const mark = document.getElementById("now-mark");
  if (!mark || mark.closest("main").dataset.seen !== undefined) return;
  mark.closest("main").dataset.seen = "";
  mark.scrollIntoView({ block: "center", behavior: "instant" });
}

// Date, counts and column heads stick below one another; how tall they are depends on window and density.
function keepHeadsApart() {
  const main = document.getElementById("main");
  const head = main.querySelector(".day-top");
  const counts = document.getElementById("counts");
  if (!head || !counts) return;
  const measure = () => {
    main.style.setProperty("--day-head-h", `${head.offsetHeight}px`);
    main.style.setProperty("--day-top", `${head.offsetHeight + (document.getElementById("counts")?.offsetHeight ?? 0)}px`);
  };
  const seen = new ResizeObserver(measure);
  seen.observe(head);
  seen.observe(counts);
}

function start() {
  const geometry = new Geometry(day);
  const spoken = document.createElement("p");
  spoken.className = "sr";
  spoken.setAttribute("role", "status");
  spoken.dataset.keep = "";
  day.append(spoken);
  const say = (words) => (spoken.textContent = words);

  const carry = new Carry(geometry, { say, after: (id) => back(id) });
  const cursor = new Cursor(geometry, { book });
  new Pointer(geometry, carry, { book });
  watchHold();
  scrollToNow();

  function back(id) {
    const card = geometry.card(id);
    if (!card) return cursor.show(false);
    cursor.adopt(card);
    card.focus({ preventScroll: true });
  }

  function book(column, t) {
    const url = geometry.url("bookUrl");
    if (!url) return;
    pick(geometry.column(column), t);
    window.htmx.ajax("POST", url, {
      source: day,
      target: "#drawer",
      swap: "innerHTML",
      values: { column, start: geometry.wire(t) },
    });
  }

  // The slot the drawer is about, until the drawer closes.
  function pick(column, t) {
    unpick();
    const made = document.createElement("div");
    made.className = "slot-pick";
    made.dataset.keep = "";
    made.dataset.picked = "";
    made.style.setProperty("--t", t);
    made.style.setProperty("--m", geometry.slot);
    made.textContent = `${geometry.clock(t)} New`;
    made.setAttribute("aria-hidden", "true");
    column?.append(made);
  }

  // A card opens its visit; what a drag leaves behind is swallowed before it comes here.
  day.addEventListener("click", (event) => {
    const card = event.target.closest(".appt[data-appt]");
    const url = card && geometry.url("openUrl", card.dataset.appt);
    if (!url || carry.active) return;
    window.htmx.ajax("GET", url, { source: card, target: "#drawer", swap: "innerHTML" });
  });

  // The morning is over: the sheet opens where the work is.
  function scrollToNow() {
    const main = document.getElementById("main");
    const line = geometry.body.querySelector(".nowline");
    if (!line || main.scrollTop) return;
    const below = line.getBoundingClientRect().top - main.getBoundingClientRect().top;
    if (below > main.clientHeight * 0.7) main.scrollTop = below - main.clientHeight / 2;
  }

  const unpick = () => day.querySelector("[data-picked]")?.remove();
  document.addEventListener("drawer:closed", unpick);

  day.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".hintbox")) return onHintKey(event);
    const card = event.target.closest(".appt[data-appt]");
    if (carry.active) return done(event, carrying(event));
    if (!card && event.target !== cursor.button) return;
    if (card && event.shiftKey && ["ArrowDown", "ArrowUp"].includes(event.key) && geometry.url("resizeUrl")) {
      carry.lift(card, "resize");
      return done(event, carry.active && carry.step(event.key));
    }
    if (card && event.key.toLowerCase() === "m" && geometry.url("moveUrl")) return done(event, (carry.lift(card, "move"), true));
    if (!event.shiftKey) done(event, cursor.step(event.key));
  });

  function carrying(event) {
    if (event.key === "Enter") carry.drop();
    else if (event.key === "Escape") carry.cancel();
    else return carry.step(event.key);
    return true;
  }

  function onHintKey(event) {
    if (event.key === "Escape" && carry.hint.isOpen) done(event, (carry.cancel(), true));
  }

  function done(event, used) {
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  }

  day.addEventListener("focusin", ({ target }) => {
    if (target.matches(".appt[data-appt]") && !carry.active) cursor.adopt(target);
  });

  // "Move…" in a drawer or an agenda: <button data-move-appt="id">
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move-appt], [data-resize-appt]");
    const card = button && geometry.card(button.dataset.moveAppt ?? button.dataset.resizeAppt);
    if (!card) return;
    event.preventDefault();
    if (innerWidth < 1200) document.body.dispatchEvent(new CustomEvent("close-drawer", { bubbles: true }));
    carry.lift(card, "moveAppt" in button.dataset ? "move" : "resize");
    if (carry.active) card.focus();
  });

  // A live change may have brought, taken or redrawn cards.
  document.addEventListener("htmx:afterSettle", () => {
    if (carry.active) return;
    const focused = day.contains(document.activeElement);
    cursor.show(focused && (document.activeElement === cursor.button || document.activeElement.matches(".appt")));
  });
}
