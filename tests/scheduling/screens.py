"""The schedule of tomorrow, as a browser shows it: where its times stand."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
TOMORROW = datetime.now(ZONE).date() + timedelta(days=1)
PAGE = f"/schedule/?day={TOMORROW}"


def spot(page, who, clock):
    """Where a time stands on the sheet, after scrolling there."""
    hour, minute = map(int, clock.split(":"))
    quarter = (hour - 7) * 4 + minute // 15
    column = page.locator(f'.col[aria-label="{who.short}"]')
    column.evaluate(
        """(col, quarter) => {
            const main = document.getElementById("main"), row = col.offsetHeight / (14 * 4);
            const top = col.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
            main.scrollTop = Math.max(0, top + quarter * row - 400);
        }""",
        quarter,
    )
    box = column.bounding_box()
    row = box["height"] / (14 * 4)
    return box["x"] + box["width"] / 2, box["y"] + quarter * row + row / 2


def start_of(visit):
    visit.refresh_from_db()
    return f"{visit.starts_at.astimezone(ZONE):%H:%M}"
