// Where things are on the day grid: columns, cards, minutes from the top, and what is free.

const NOT_IN_THE_WAY = ".st-noshow, .st-cancelled, .appt--ghost, .appt--from";
const BUSY = ".appt, .hold, .block:not(.block--hold), .shut";
const NIL = "00000000-0000-0000-0000-000000000000";

const number = (element, name) => Number.parseFloat(element.style.getPropertyValue(name)) || 0;

export class Geometry {
  constructor(day) {
    this.day = day;
    this.body = day.querySelector(".day-body");
    const [hours, minutes] = day.dataset.start.split(":").map(Number);
    this.start = hours * 60 + minutes;
    this.slot = Number(day.dataset.slot || 15);
  }

  get length() {
    return (number(this.day, "--slots") || 44) * 15; // --slots counts quarter hours: the height of the sheet
  }

  get columns() {
    return [...this.body.querySelectorAll(".col[data-column]")];
  }

  column(id) {
    return this.columns.find((one) => one.dataset.column === id);
  }

  columnOf(element) {
    return element.closest(".col");
  }

  cards(column = this.body) {
    return [...column.querySelectorAll(".appt[data-appt]:not(.appt--ghost)")];
  }

  card(id) {
    return this.body.querySelector(`.appt[data-appt="${CSS.escape(id)}"]:not(.appt--ghost)`);
  }

  placeOf(element) {
    return { t: number(element, "--t"), m: number(element, "--m"), lane: number(element, "--lane") };
  }

  cardsAt(column, t) {
    return this.cards(column)
      .filter((card) => {
        const place = this.placeOf(card);
        return place.t <= t && t < place.t + place.m;
      })
      .sort((a, b) => this.placeOf(a).lane - this.placeOf(b).lane);
  }

  url(name, id = NIL) {
    return this.day.dataset[name]?.replace(NIL, id);
  }

  // ---- words ----

  clock(t) {
    const at = this.start + t;
    const hour = Math.floor(at / 60) % 24;
    const figure = `${hour % 12 || 12}:${String(at % 60).padStart(2, "0")}`;
    if (hour >= 7 && hour < 19) return figure; // each bare figure means one time of the working day
    return `${figure} ${hour < 12 ? "am" : "pm"}`;
  }

  range(t, m) {
    return `${this.clock(t)}–${this.clock(t + m)}`;
  }

  wire(t) {
    const at = this.start + t;
    return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  }

  fromWire(time) {
    const [hours, minutes] = time.split(":").map(Number);
    return hours * 60 + minutes - this.start;
  }

  nameOf(column) {
    return column.getAttribute("aria-label");
  }

  // ---- points ----

  snap(t, m = this.slot) {
    const snapped = Math.round(t / this.slot) * this.slot;
    return Math.max(0, Math.min(snapped, this.length - m));
  }

  at(x, y) {
    const box = this.body.getBoundingClientRect();
    const column = this.columns.find((one) => {
      const { left, right } = one.getBoundingClientRect();
      return x >= left && x < right;
    });
    return { column, t: ((y - box.top) / box.height) * this.length };
  }

  // ---- what is free ----

  inTheWay(column, t, m, mover) {
    return [...column.querySelectorAll(BUSY)].filter((one) => {
      if (one === mover || one.matches(NOT_IN_THE_WAY) || one.closest(NOT_IN_THE_WAY)) return false;
      const place = this.placeOf(one);
      return place.t < t + m && t < place.t + place.m;
    });
  }

  freeFrom(column, t) {
    const next = [...column.querySelectorAll(BUSY)]
      .filter((one) => !one.matches(NOT_IN_THE_WAY))
      .map((one) => this.placeOf(one).t)
      .filter((start) => start > t);
    return Math.min(this.length, ...next) - t;
  }

  get now() {
    const line = this.body.querySelector(".nowline");
    return line ? number(line, "--t") : 0;
  }

  // The nearest times that would do, earlier and later; nothing in the past.
  nearest(column, t, m, mover, count = 2) {
    const found = [];
    for (let away = this.slot; away < this.length && found.length < count; away += this.slot) {
      for (const other of [t - away, t + away]) {
        if (other < this.now || other < 0 || other + m > this.length || found.length >= count) continue;
        if (!this.inTheWay(column, other, m, mover).length) found.push(other);
      }
    }
    return found.sort((a, b) => a - b);
  }

  // "Ferreira, L. at 11:30", "Lunch": what stands in the way, in the words of the page.
  wordsOf(element) {
    if (!element.matches(".appt")) return element.textContent.trim() || "closed hours";
    const who = element.querySelector(".who");
    const shown = who?.cloneNode(true);
    shown?.querySelector(".rest")?.remove();
    return `${shown?.textContent.trim() ?? "another visit"} at ${this.clock(this.placeOf(element).t)}`;
  }
}
