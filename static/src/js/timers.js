// Waits that tick by the minute, by the server's clock: <b data-since="2026-11-16T10:21:00-08:00" data-limit="20">31 m</b>.

const serverTime = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
const ahead = Number.isNaN(serverTime) ? 0 : serverTime - Date.now();

export const now = () => new Date(Date.now() + ahead);

function words(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && `${hours} h`, (rest || !hours) && `${rest} m`].filter(Boolean).join(" ");
}

export function tick(root = document) {
  for (const timer of root.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((now() - Date.parse(timer.dataset.since)) / 60_000));
    const says = (timer.dataset.words ?? "{}").replace("{}", words(minutes));
    if (timer.textContent !== says) timer.textContent = says;
    if (timer.dataset.limit && minutes >= Number(timer.dataset.limit)) overdue(timer);
  }
  for (const shown of root.querySelectorAll("[data-clock]")) {
    const says = wallClock(shown.dataset.clock);
    if (shown.textContent !== says) shown.textContent = says;
  }
  moveNowLine(root);
}

const wallClock = (timeZone) => now().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone }).replace(/ [AP]M/, "");

// What waits too long says so by word, color and a wider bar, as if the server had drawn it so.
function overdue(timer) {
  timer.closest(".wait")?.classList.add("act");
  timer.closest(".visit")?.classList.add("is-long");
  timer.closest(".appt")?.classList.add("appt--long");
}

function moveNowLine(root) {
  for (const line of root.querySelectorAll(".nowline[data-midnight]")) {
    const minutes = Math.floor((now() - Date.parse(line.dataset.midnight)) / 60_000);
    line.style.setProperty("--t", minutes);
    const label = line.querySelector("b");
    if (!label) continue;
    label.textContent = wallClock(line.dataset.zone);
    line.setAttribute("aria-label", `Now ${label.textContent}`);
  }
}

setInterval(() => tick(), 20_000);
document.addEventListener("htmx:afterSettle", () => tick());
tick();
