// Menus are popovers, which open and close by themselves; this puts each under its button and moves by arrows.

document.addEventListener(
  "beforetoggle",
  (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]:is(:focus, :hover)`) ?? document.querySelector(`[popovertarget="${menu.id}"]`);
    place(menu, button);
    menu.dispatchEvent(new CustomEvent("menu-open"));
  },
  true,
);

function place(menu, button) {
  if (!button || innerWidth < 768) return;
  const box = button.getBoundingClientRect();
  const fromRight = box.left > innerWidth / 2;
  menu.style.setProperty("top", `${box.bottom + 4}px`);
  menu.style.setProperty("left", fromRight ? "auto" : `${box.left}px`);
  menu.style.setProperty("right", fromRight ? `${innerWidth - box.right}px` : "auto");
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll("a, button")];
  const next = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  items.at(next % items.length)?.focus();
  event.preventDefault();
});

// The first arrow down on the button goes into the menu it opened.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown") return;
  const menu = document.getElementById(event.target.getAttribute?.("popovertarget") ?? "");
  if (!menu) return;
  if (!menu.matches(":popover-open")) menu.showPopover();
  menu.querySelector("a, button")?.focus();
  event.preventDefault();
});

// A choice made by htmx closes the menu it was made in.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const menu = detail.elt.closest?.(".menu:popover-open");
  if (menu && detail.elt.matches(".menu-item")) menu.hidePopover();
});
