"""`python -m tests.robustness.asvs` writes docs/asvs.md from asvs.toml."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
PAGE = TESTS.parent / "docs" / "asvs.md"
STATUSES = {
    "test": "kept, with a test",
    "done": "kept, without a test of its name",
    "na": "does not apply",
    "open": "not yet",
}
# What a machine can try of ASVS 5.0 level 2, as chosen for this office.
WANTED = """
1.2.1-5 1.2.9 1.3.1-2 1.3.4 1.3.6-7 1.3.11 1.5.1-2 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-3
3.7.2 4.1.1-3 5.2.1-3 5.3.1-2 5.4.1-3 6.2.1-12 6.3.1-4 6.4.1-3 6.5.1-5 6.6.2-3 7.2.1-4 7.3.1-2 7.4.1-5
7.5.1-2 7.6.2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-3 10.3.1-2 10.4.1-6 10.4.8-10 11.2.1 11.2.3 11.3.1-2
11.4.1-2 11.5.1 12.1.1-2 12.2.1 12.3.1-2 13.2.2-4 13.4.1-5 14.2.1-3 14.3.1-3 15.1.2 15.2.1-3 15.3.1-4
15.3.7 16.2.1-2 16.2.4-5 16.3.1-4 16.4.1-2 16.5.1-3
"""


@dataclass(frozen=True)
class Item:
    id: str
    what: str
    status: str
    by: tuple[str, ...]


def items() -> list[Item]:
    chapters = tomllib.loads((HERE / "asvs.toml").read_text())
    return [
        Item(key, what, status, tuple(by))
        for chapter in chapters.values()
        for key, (what, status, *by) in chapter.items()
    ]


def wanted() -> list[str]:
    found = []
    for part in WANTED.split():
        section, first, last = re.fullmatch(r"(\d+\.\d+)\.(\d+)(?:-(\d+))?", part).groups()
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    path = TESTS / file
    return path.is_file() and re.search(rf"^def {name}\(", path.read_text(), re.M) is not None


def page() -> str:
    rows = items()
    count = Counter(each.status for each in rows)
    lines = [
        "# ASVS 5.0, level 2",
        "",
        "Of the 253 requirements of level 2, the 159 that a machine can try here, and what tries them. The",
        "rest are documents, or speak of things the office does not have. The words are short and ours; the",
        "standard's own text decides. Written by `python -m tests.robustness.asvs`; `make test` fails on an",
        "item without an answer and on a test that does not exist.",
        "",
        " · ".join(f"{STATUSES[status]}: **{count[status]}**" for status in STATUSES),
        "",
        "| id | what | | by |",
        "|---|---|---|---|",
    ]
    for each in rows:
        by = "<br>".join(f"`{one}`" for one in each.by) if each.status == "test" else each.by[0]
        lines.append(f"| {each.id} | {each.what} | {STATUSES[each.status]} | {by} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
