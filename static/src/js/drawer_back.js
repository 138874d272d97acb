// The way Back out of an open drawer: it has an entry of its own in the browser's history, so that Back (on a phone:
// the gesture) closes the drawer and does not leave the page.
let ours = false; // the newest entry is the open drawer's
let leaving = false; // closed by X or Esc: the entry is being taken out, which the browser does a moment later

let at = ""; // the address it was opened on

const push = () => history.pushState({ drawer: true }, "");

export function enter() {
  if (ours) return;
  ours = true;
  at = location.href;
  if (!leaving) push();
}

export function leave() {
  const isNewest = ours && history.state?.drawer;
  ours = false;
  if (!isNewest || leaving) return;
  leaving = true;
  history.back();
}

export function onBack(close) {
  // Caught before htmx hears of it: nothing of the page is to be restored.
  addEventListener("popstate", (event) => {
    if (!leaving && !ours) return;
    if (!leaving && location.href !== at) return void (ours = false); // a link to a part of the page: Back is its own
    event.stopImmediatePropagation();
    if (leaving) {
      leaving = false;
      if (ours) push(); // opened again meanwhile
    } else {
      ours = false;
      close();
    }
  }, true);
  // A filter of the page behind got an address of its own.
  document.addEventListener("htmx:pushedIntoHistory", () => (ours = false));
}

// After a reload, or back from another page, the drawer is closed: its entry is the page's.
if (history.state?.drawer) history.replaceState(null, "");
