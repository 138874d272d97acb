// A chart is drawn from the table beside it, so the two never differ and the table is the accessible form:
// <figure data-chart="line"><canvas></canvas><table class="tbl">…first column labels, one series per other column…</table></figure>
import {
  BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

const drawn = new Map();
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const figure = (cell) => Number.parseFloat((cell.dataset.value ?? cell.textContent).replace("−", "-").replace(/[^\d.-]/g, ""));

function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    series: heads.map((label, at) => ({ label, data: rows.map((row) => figure(row.cells[at + 1])) })),
  };
}

function look(at) {
  const color = token(["--accent", "--ink-3", "--st-checkout-bar", "--st-arrived-bar"][at % 4]);
  return { borderColor: color, backgroundColor: color, borderWidth: 2, pointRadius: 2, borderDash: [[], [5, 3], [2, 2], [8, 2, 2, 2]][at % 4] };
}

function draw(frame) {
  const { labels, series } = read(frame.querySelector("table"));
  const axis = { ticks: { color: token("--ink-2") }, grid: { color: token("--line-soft") }, border: { color: token("--line") } };
  drawn.get(frame)?.destroy();
  drawn.set(
    frame,
    new Chart(frame.querySelector("canvas"), {
      type: frame.dataset.chart,
      data: { labels, datasets: series.map((one, at) => ({ ...one, ...look(at) })) },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: { x: axis, y: { ...axis, beginAtZero: true } },
        plugins: { legend: { display: series.length > 1, labels: { color: token("--ink-2") } } },
      },
    }),
  );
}

function drawAll() {
  for (const [frame, chart] of drawn) {
    if (frame.isConnected) continue;
    chart.destroy();
    drawn.delete(frame);
  }
  for (const frame of document.querySelectorAll("figure[data-chart]")) draw(frame);
}

Chart.defaults.font.family = token("--font");
Chart.defaults.font.size = 12;
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-density"] });
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
