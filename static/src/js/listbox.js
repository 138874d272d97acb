// What a combobox and the palette share: options from the server, one of them active, arrows and Enter.
import { post } from "./http.js";

const WAIT_MS = 110;

export class Listbox {
  constructor({ input, list, says, url, choose }) {
    Object.assign(this, { input, list, says, url, choose });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option && !this.isStale) this.choose(option, event);
    });
  }

  get options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  get active() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  // What is shown until the answer comes belongs to older words: nothing of it may be chosen.
  ask(words, wait = WAIT_MS) {
    clearTimeout(this.timer);
    this.request?.abort(); // or its answer would pass for the answer to these words
    this.isStale = true;
    this.list.setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.fetch(words), wait);
  }

  async fetch(words) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await post(this.url(), { q: words }, { signal: this.request.signal });
      if (answer.ok) this.show(await answer.text());
      else this.tell(answer.status === 401 ? "You were signed out." : "The search did not answer. Try again.");
    } catch (error) {
      if (error.name !== "AbortError") this.tell("The search did not answer. Try again.");
    }
  }

  show(html) {
    this.list.innerHTML = html;
    this.list.hidden = false;
    this.isStale = false;
    this.list.removeAttribute("aria-busy");
    this.input.setAttribute("aria-expanded", "true");
    this.activate(this.options[0]);
    const count = this.options.filter((option) => !option.dataset.create).length; // the way to somebody new is nobody found
    this.tell(count ? `${count} found` : (this.list.querySelector(".combo-none") ?? this.list).textContent.trim());
    this.ready?.();
    this.ready = null;
  }

  // Enter before the answer is there waits for it.
  whenFresh(act) {
    if (this.isStale) this.ready = act;
    else act();
  }

  tell(words) {
    if (this.says) this.says.textContent = words;
  }

  hide() {
    clearTimeout(this.timer);
    this.ready = null;
    this.request?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  activate(option) {
    this.active?.setAttribute("aria-selected", "false");
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  step(by) {
    const options = this.options;
    if (!options.length) return;
    const next = options.indexOf(this.active) + by;
    this.activate(options.at(next % options.length));
  }
}
