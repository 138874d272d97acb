// Type-ahead for a person: the field shows the name, a hidden input carries the id. Changing the text drops the id.
import { htmx } from "./setup.js";
import { Listbox } from "./listbox.js";

const started = new WeakSet();

function start(root) {
  if (started.has(root)) return;
  started.add(root);
  const input = root.querySelector('[role="combobox"]');
  const hidden = root.querySelector('input[type="hidden"]');
  const box = new Listbox({
    input,
    list: root.querySelector('[role="listbox"]'),
    says: root.querySelector("[data-combo-says]"),
    url: () => root.dataset.url,
    choose: pick,
  });
  let shown = input.value;
  let told = hidden.value;

  function pick(option) {
    box.hide();
    if (option.dataset.create) return create(option);
    hidden.value = told = option.dataset.value;
    input.value = shown = option.dataset.text;
    box.tell(`${shown} chosen`);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    root.dispatchEvent(new CustomEvent("combobox:picked", { bubbles: true, detail: { id: hidden.value, text: shown } }));
  }

  // By POST the whole form goes along, so that nothing typed is lost on the way.
  function create({ dataset }) {
    const verb = dataset.verb ?? "GET";
    htmx.ajax(verb, dataset.create, { source: verb === "POST" ? input : undefined, target: "#drawer", swap: "innerHTML", values: {} });
  }

  input.addEventListener("input", () => {
    if (input.value !== shown && hidden.value) hidden.value = "";
    if (input.value.trim()) box.ask(input.value);
    else box.hide();
  });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      if (box.list.hidden) box.ask(input.value, 0);
      else box.step(steps[event.key]);
    } else if (event.key === "Enter" && !box.list.hidden && box.active) {
      if (!box.isStale) pick(box.active); // never somebody one has not seen
    }
    else if (event.key === "Escape" && !box.list.hidden) box.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => box.hide());
  // What follows from the choice is asked for when the choice changes, not once more when the field is left: the
  // answer would take a button away under the pointer that is on its way to it.
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    if (hidden.value === told) return;
    told = hidden.value;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

htmx.onLoad((content) => {
  for (const root of content.querySelectorAll("[data-combobox]")) start(root);
  if (content.matches?.("[data-combobox]")) start(content);
});
