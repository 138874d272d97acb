// What happened, with its way back. At least ten seconds, longer under the pointer or the focus; then it moves to
// "Recent changes" in the bell's menu, so that the timer is never the only chance.

const SHOWN_MS = 12_000;
const KEPT = 30;
const box = document.getElementById("toasts");
const recent = document.getElementById("recent");
const timers = new WeakMap();

export function toast({ text, icon, undo, tone, key }) {
  const made = document.getElementById("toast-blank").content.firstElementChild.cloneNode(true);
  made.querySelector(".toast-say").textContent = text;
  if (icon) useIcon(made, icon);
  if (tone) made.classList.add(`toast-u--${tone}`);
  if (key) made.dataset.toastKey = key;
  const form = made.querySelector("form");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
  } else {
    form.remove();
  }
  box.append(made);
  return made;
}

function useIcon(made, icon) {
  const use = made.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

function arrived(made) {
  const key = made.dataset.toastKey;
  if (key) for (const older of box.querySelectorAll(`[data-toast-key="${CSS.escape(key)}"]`)) if (older !== made) leave(older);
  window.htmx?.process(made);
  start(made);
}

function start(made) {
  clearTimeout(timers.get(made));
  // A refusal stays until it is read: its reason must not vanish.
  if (made.classList.contains("toast-u--act")) return;
  timers.set(made, setTimeout(() => (made.matches(":hover, :focus-within") ? start(made) : leave(made)), SHOWN_MS));
}

function leave(made) {
  clearTimeout(timers.get(made));
  if (recent && made.isConnected && !made.classList.contains("toast-u--act")) keep(made);
  else made.remove();
}

// The same nodes move into the menu, so that Undo there is the same Undo.
function keep(made) {
  recent.querySelector(".recent-none")?.remove();
  const item = document.createElement("li");
  made.querySelector("[data-toast-close]")?.remove();
  const when = document.createElement("time");
  when.className = "sub";
  when.textContent = new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  made.classList.replace("toast-u", "recent-change");
  made.append(when);
  made.querySelector("form")?.setAttribute("hx-target", "closest .recent-change");
  item.append(made);
  recent.prepend(item);
  while (recent.children.length > KEPT) recent.lastElementChild.remove();
}

export function undoNewest() {
  const shown = [...(box?.querySelectorAll("[data-undo]") ?? [])].at(-1);
  const button = shown ?? recent?.querySelector("[data-undo]");
  button?.click();
  return Boolean(button);
}

function watch() {
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node instanceof Element && node.matches("[data-toast]")) arrived(node);
  }).observe(box, { childList: true });
  for (const first of box.querySelectorAll("[data-toast]")) arrived(first);

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-toast-close]");
    if (close && box.contains(close)) leave(close.closest("[data-toast]"));
  });
  // HX-Trigger: {"toast": {"text": "…", "undo": "/undo/…"}} on an answer that has no body
  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const undone = detail.elt.closest?.("[data-toast]");
    if (undone && detail.successful && detail.xhr.status === 204) (undone.closest("#recent > li") ?? undone).remove();
  });
}

if (box) watch();
