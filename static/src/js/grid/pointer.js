// Mouse and pen: drag a card to move it, its lower edge to change its length; after "Move…" the next click drops it.
// Not by touch: a finger scrolls; the phone has the agenda.

const THRESHOLD = 5;
const EDGE = 7;
const SCROLL_EDGE = 48;

export class Pointer {
  constructor(geometry, carry, { book }) {
    Object.assign(this, { geometry, carry, book });
    const { body } = geometry;
    body.addEventListener("pointerdown", (event) => this.down(event));
    body.addEventListener("pointermove", (event) => this.move(event));
    body.addEventListener("pointerup", (event) => this.up(event));
    body.addEventListener("pointercancel", () => this.abandon());
    body.addEventListener("click", (event) => this.click(event), true);
    body.addEventListener("dragstart", (event) => event.preventDefault());
  }

  down(event) {
    if (event.button !== 0 || event.pointerType === "touch" || this.carry.active) return;
    const card = event.target.closest(".appt[data-appt]");
    if (!card) return;
    const box = card.getBoundingClientRect();
    this.pressed = {
      card,
      x: event.clientX,
      y: event.clientY,
      grip: event.clientY - box.top,
      kind: box.bottom - event.clientY <= EDGE && this.geometry.url("resizeUrl") ? "resize" : "move",
      pointer: event.pointerId,
    };
  }

  move(event) {
    if (this.carrying) return this.follow(event, 0); // picked up by "Move…" or M
    const { pressed } = this;
    if (!pressed) return;
    if (!this.dragging) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < THRESHOLD) return;
      if (!this.geometry.url(pressed.kind === "resize" ? "resizeUrl" : "moveUrl")) return this.abandon();
      this.carry.lift(pressed.card, pressed.kind);
      if (!this.carry.active) return this.abandon();
      this.dragging = true;
      this.geometry.body.setPointerCapture(pressed.pointer);
    }
    this.follow(event, pressed.grip);
  }

  get carrying() {
    return this.carry.active && !this.pressed && !this.carry.hint.box.querySelector("button");
  }

  follow(event, grip) {
    const { carry, geometry } = this;
    if (!carry.active) return;
    if (carry.kind === "resize") {
      const { t } = geometry.at(event.clientX, event.clientY);
      carry.aim({ m: Math.round((t - carry.to.t) / geometry.slot) * geometry.slot });
    } else {
      const { column, t } = geometry.at(event.clientX, event.clientY - grip);
      carry.aim({ column: column ?? carry.to.column, t });
    }
    this.scroll(event.clientY);
  }

  scroll(y) {
    const main = document.getElementById("main");
    const box = main.getBoundingClientRect();
    if (y > box.bottom - SCROLL_EDGE) main.scrollBy(0, 14);
    else if (y < box.top + SCROLL_EDGE) main.scrollBy(0, -14);
  }

  up() {
    const dragged = this.dragging;
    this.pressed = null;
    this.dragging = false;
    if (!dragged) return;
    this.swallow = true; // the click that follows belongs to the drag
    setTimeout(() => (this.swallow = false), 50);
    if (this.carry.active) this.carry.drop();
  }

  abandon() {
    this.pressed = null;
    if (this.dragging) this.carry.cancel();
    this.dragging = false;
  }

  click(event) {
    if (this.swallow) return stop(event);
    if (event.target.closest(".hintbox")) return;
    if (this.carrying && event.detail) {
      stop(event);
      return this.carry.drop();
    }
    if (this.carry.active || !event.detail || event.target.closest(".appt, .hold, .slot-cursor, .slot-pick, a, button")) return;
    const { column, t } = this.geometry.at(event.clientX, event.clientY);
    if (column) this.book(column.dataset.column, Math.floor(t / this.geometry.slot) * this.geometry.slot);
  }
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
