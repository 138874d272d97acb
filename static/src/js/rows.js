// j and k walk the rows of a page: each row's first link or button takes the focus, so Enter opens it and its letters work.
let place = -1; // where one was: the row that is done goes, and the next one stands in its place

export function stepRow(by) {
  const rows = [...document.querySelectorAll("#main [data-row]")].filter((row) => row.checkVisibility());
  if (!rows.length) return false;
  const now = rows.indexOf(document.activeElement?.closest("[data-row]"));
  const next = now >= 0 ? now + by : place < 0 ? 0 : by > 0 ? place : place - 1;
  place = Math.min(Math.max(next, 0), rows.length - 1);
  const row = rows[place];
  (row.querySelector("a[href]") ?? row.querySelector("button"))?.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}
