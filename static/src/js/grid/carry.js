// A card that is lifted: moved or resized, by pointer or by keys, dropped, refused or put back. Only the server decides;
// dropping on a conflict never books.
import { Hint } from "./hint.js";

const SETTLE_MS = 2_000;

export class Carry {
  constructor(geometry, { say, after }) {
    this.geometry = geometry;
    this.say = say;
    this.after = after;
    this.hint = new Hint(geometry, {
      use: (time, column) => this.useTime(time, column),
      overbook: () => this.send({ overbook: "1" }),
      leave: () => this.cancel(),
    });
    geometry.day.addEventListener("htmx:beforeSwap", (event) => this.onAnswer(event));
  }

  get active() {
    return Boolean(this.card);
  }

  lift(card, kind) {
    if (this.active) this.cancel();
    if ("fixed" in card.dataset) return this.say("This visit cannot be moved any more.");
    const column = this.geometry.columnOf(card);
    this.card = card;
    this.kind = kind;
    this.from = { column, ...this.geometry.placeOf(card) };
    this.to = { ...this.from };
    this.ghost = ghostOf(card);
    card.classList.add("appt--from");
    document.documentElement.dataset.busy = "";
    this.paint();
    this.say(`${kind === "resize" ? "Changing the length" : "Moving"}. Arrows, then Enter; Escape leaves it as it was.`);
  }

  // ---- where it would stand ----

  aim({ column = this.to.column, t = this.to.t, m = this.to.m }) {
    const { geometry } = this;
    const length = Math.max(geometry.slot, Math.min(m, geometry.length - t));
    const next = { column, t: geometry.snap(t, length), m: length };
    if (next.column === this.to.column && next.t === this.to.t && next.m === this.to.m) return;
    Object.assign(this.to, next);
    this.paint();
    this.say(`${geometry.range(next.t, next.m)}, ${geometry.nameOf(column)}${this.clash ? `, overlaps ${this.clash}` : ""}`);
  }

  step(key) {
    const { geometry, to } = this;
    const by = { ArrowDown: geometry.slot, ArrowUp: -geometry.slot }[key];
    if (this.kind === "resize") return by ? (this.aim({ m: to.m + by }), true) : false;
    if (by) return this.aim({ t: to.t + by }), true;
    const side = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!side) return false;
    const next = geometry.columns[geometry.columns.indexOf(to.column) + side];
    if (next) this.aim({ column: next });
    return true;
  }

  paint() {
    const { ghost, to, geometry } = this;
    to.column.append(ghost);
    ghost.style.setProperty("--t", to.t);
    ghost.style.setProperty("--m", to.m);
    ghost.querySelector("[data-when]").textContent = geometry.range(to.t, to.m);
    const blocking = geometry.inTheWay(to.column, to.t, to.m, this.card);
    this.clash = blocking.length ? geometry.wordsOf(blocking[0]) : "";
    ghost.classList.toggle("is-clash", Boolean(this.clash));
    this.hint.near(to.column, to.t, to.m);
    if (this.clash) this.hint.say(`Overlaps ${this.clash}.`);
    else this.hint.close();
    ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // ---- letting go ----

  drop() {
    const { from, to, geometry } = this;
    if (from.column === to.column && from.t === to.t && from.m === to.m) return this.cancel();
    if (!this.clash) return this.send();
    const times = this.kind === "move" ? geometry.nearest(to.column, to.t, to.m, this.card) : [];
    this.hint.collision(this.clash, times, "overbook" in geometry.day.dataset);
    this.hint.focus();
    this.say(`Overlaps ${this.clash}. Choose another time, or leave it.`);
  }

  useTime(time, column) {
    const target = column ? this.geometry.column(column) : this.to.column;
    this.to = { ...this.to, column: target ?? this.to.column, t: this.geometry.fromWire(time) };
    this.paint();
    this.send();
  }

  async send(more = {}) {
    const { card, to, geometry, kind } = this;
    const version = card.dataset.version ?? "";
    const values =
      kind === "resize" ? { minutes: to.m, version, ...more } : { column: to.column.dataset.column, start: geometry.wire(to.t), version, ...more };
    this.ghost.classList.add("is-saving");
    this.ghost.querySelector("[data-when]").textContent = "saving…";
    this.refused = false;
    const url = geometry.url(kind === "resize" ? "resizeUrl" : "moveUrl", card.dataset.appt);
    try {
      await window.htmx.ajax("POST", url, { source: geometry.day, target: geometry.day, swap: "morph", values });
    } catch {
      return this.cancel(); // the message says why; the card is back where it was
    }
    if (!this.refused && this.active) this.done();
  }

  onAnswer(event) {
    const { detail } = event;
    if (!this.active || detail.target !== this.geometry.day) return;
    if (detail.xhr.status < 400) return;
    detail.shouldSwap = false;
    event.stopPropagation(); // setup.js need not show it again
    this.refused = true;
    if (![409, 422].includes(detail.xhr.status)) return void this.cancel();
    this.ghost.classList.remove("is-saving");
    this.ghost.hidden = true;
    this.hint.refusal(detail.xhr.responseText);
    this.hint.focus();
  }

  // The ghost stays in the new place until the page has drawn the card there, so that nothing jumps.
  done() {
    const { ghost, card, geometry } = this;
    const id = card.dataset.appt;
    this.release();
    const settled = () => {
      ghost.remove();
      geometry.day.removeEventListener("htmx:afterSettle", settled);
      clearTimeout(late);
      geometry.card(id)?.classList.remove("appt--from");
      this.after(id);
    };
    const late = setTimeout(settled, SETTLE_MS);
    geometry.day.addEventListener("htmx:afterSettle", settled);
  }

  cancel() {
    if (!this.active) return this.hint.close();
    const { card, ghost } = this;
    ghost.remove();
    card.classList.remove("appt--from");
    this.release();
    this.say("Left as it was.");
    this.after(card.dataset.appt);
  }

  release() {
    this.hint.close();
    this.card = null;
    delete document.documentElement.dataset.busy;
  }
}

function ghostOf(card) {
  const ghost = document.createElement("div");
  ghost.className = card.className.replace("appt--from", "");
  ghost.classList.add("appt--ghost");
  ghost.dataset.keep = "";
  ghost.setAttribute("aria-hidden", "true");
  const first = card.querySelector(".appt-1").cloneNode(true);
  for (const more of first.querySelectorAll(".word, .flag")) more.remove();
  const when = document.createElement("span");
  when.dataset.when = "";
  ghost.append(first);
  if (card.matches(".appt-s")) {
    when.className = "word word--always"; // one line is all there is
    first.append(when);
  } else {
    when.className = "appt-2";
    ghost.append(when);
  }
  return ghost;
}
