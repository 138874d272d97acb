// The box beside a card that is being moved: where it would stand, with whom it collides, which times would do.

export class Hint {
  constructor(geometry, { use, overbook, leave }) {
    this.geometry = geometry;
    this.box = document.createElement("div");
    this.box.className = "hintbox";
    this.box.dataset.keep = "";
    this.box.setAttribute("role", "status");
    this.box.hidden = true;
    geometry.body.append(this.box);
    this.box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.use) use(button.dataset.use, button.dataset.column);
      if ("overbook" in button.dataset) overbook();
      if ("leave" in button.dataset) leave();
    });
  }

  get isOpen() {
    return !this.box.hidden;
  }

  near(column, t, m) {
    this.place = { column, t, m };
  }

  // Under the card and to its right; above or to its left where the sheet ends.
  open() {
    this.box.hidden = false;
    const { column, t, m } = this.place;
    const { body, length } = this.geometry;
    const sheet = body.getBoundingClientRect();
    const side = column.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const minute = sheet.height / length;
    const below = (t + m) * minute + 6;
    const top = below + height > sheet.height ? t * minute - height - 6 : below;
    const right = side.right - sheet.left - 6;
    const left = right + width > sheet.width ? side.left - sheet.left - width + 6 : right;
    this.box.style.setProperty("top", `${Math.max(0, top)}px`);
    this.box.style.setProperty("left", `${Math.max(0, left)}px`);
  }

  say(strong, more = "") {
    const bold = document.createElement("b");
    bold.textContent = strong;
    this.box.replaceChildren(bold, more && ` ${more}`);
    this.open();
  }

  collision(words, times, mayOverbook) {
    this.say(`Overlaps ${words}.`);
    const options = document.createElement("span");
    options.className = "opts";
    for (const t of times) options.append(chip(`Use ${this.geometry.clock(t)}`, { use: this.geometry.wire(t) }));
    if (mayOverbook) options.append(chip("Overbook…", { overbook: "" }));
    options.append(chip("Leave it", { leave: "" }));
    this.box.append(options);
    this.open();
  }

  refusal(html) {
    this.box.innerHTML = html;
    if (!this.box.querySelector("button")) {
      const options = document.createElement("span");
      options.className = "opts";
      options.append(chip("Leave it", { leave: "" }));
      this.box.append(options);
    }
    window.htmx.process(this.box);
    this.open();
  }

  focus() {
    this.box.querySelector("button, a, input, textarea")?.focus();
  }

  close() {
    this.box.hidden = true;
    this.box.replaceChildren();
  }
}

function chip(words, data) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chip";
  button.textContent = words;
  Object.assign(button.dataset, data);
  return button;
}
