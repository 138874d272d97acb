// One tab stop for the whole day: arrows walk slots and cards, Enter books or opens.

const PAGE = 60;

export class Cursor {
  constructor(geometry, { book }) {
    this.geometry = geometry;
    this.book = book;
    this.column = geometry.columns[0]?.dataset.column;
    this.t = geometry.snap(geometry.now);
    this.card = this.here ? (geometry.cardsAt(this.here, this.t)[0]?.dataset.appt ?? null) : null;
    this.show(false);
  }

  get here() {
    return this.geometry.column(this.column) ?? this.geometry.columns[0];
  }

  // The cursor is a card where one stands, otherwise a button made anew, so that a screen reader says each step.
  show(focus = true) {
    if (!this.here) return; // nobody works here today
    for (const card of this.geometry.cards()) card.tabIndex = -1;
    const card = this.card && this.geometry.card(this.card);
    this.button?.remove();
    this.button = null;
    const target = card ?? this.makeButton();
    target.tabIndex = 0;
    if (focus) {
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  makeButton() {
    const { geometry, here, t } = this;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "slot-cursor";
    button.dataset.keep = "";
    button.style.setProperty("--t", t);
    button.style.setProperty("--m", geometry.slot);
    button.setAttribute("aria-label", `${geometry.nameOf(here)}, ${geometry.clock(t)}, ${this.stateOf(here, t)}`);
    button.addEventListener("click", () => this.book(this.column, this.t));
    here.append(button);
    this.button = button;
    return button;
  }

  stateOf(column, t) {
    const [blocking] = this.geometry.inTheWay(column, t, this.geometry.slot);
    if (blocking) return this.geometry.wordsOf(blocking);
    return `free, ${this.geometry.freeFrom(column, t)} min`;
  }

  goTo(column, t, lane = 0) {
    this.column = column;
    this.t = this.geometry.snap(t);
    const cards = this.geometry.cardsAt(this.here, this.t);
    this.card = cards[Math.min(lane, cards.length - 1)]?.dataset.appt ?? null;
    this.show();
  }

  // Taken over when a card is focused by pointer or by code.
  adopt(card) {
    this.card = card.dataset.appt;
    this.column = this.geometry.columnOf(card).dataset.column;
    this.t = this.geometry.placeOf(card).t;
    for (const other of this.geometry.cards()) other.tabIndex = other === card ? 0 : -1;
    this.button?.remove();
    this.button = null;
  }

  step(key) {
    const card = this.card && this.geometry.card(this.card);
    const place = card ? this.geometry.placeOf(card) : { t: this.t, m: this.geometry.slot };
    const moves = {
      ArrowDown: () => this.goTo(this.column, place.t + place.m),
      ArrowUp: () => this.goTo(this.column, place.t - this.geometry.slot),
      ArrowRight: () => this.sideways(1, card, place),
      ArrowLeft: () => this.sideways(-1, card, place),
      Home: () => this.goTo(this.column, 0),
      End: () => this.goTo(this.column, this.geometry.length),
      PageDown: () => this.goTo(this.column, this.t + PAGE),
      PageUp: () => this.goTo(this.column, this.t - PAGE),
    };
    moves[key]?.();
    return key in moves;
  }

  // Through the lanes of overlapping cards first, then into the next column at the same time.
  sideways(by, card, place) {
    const lanes = card ? this.geometry.cardsAt(this.here, this.t) : [];
    const inLane = lanes[lanes.indexOf(card) + by];
    if (card && inLane) {
      this.card = inLane.dataset.appt;
      return this.show();
    }
    const columns = this.geometry.columns;
    const next = columns[columns.indexOf(this.here) + by];
    if (next) this.goTo(next.dataset.column, place.t, by < 0 ? Infinity : 0);
  }
}
