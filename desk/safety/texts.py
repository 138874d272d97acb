"""Plain text and CSV: read as text or not at all, written back as UTF-8 that nobody's program runs."""

import csv
import io
import re
import unicodedata

from desk.safety import kinds
from desk.safety.report import Bounds, Clean, NotTaken

SEEN_TEXT = 300_000  # bytes of text that are searched
NUMBER = re.compile(r"^[+-]?[\d.,\s]+%?$|^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")  # noqa: RUF001  full-width ones too
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
KEPT = {"\n", "\t", "\u200d"}  # and the joiner of many scripts
CELL, ROWS = 100_000, 200_000


def clean(body: bytes, name: str, bounds: Bounds) -> Clean:
    """
    :raises NotTaken: it is no text
    """
    text = _decoded(body)
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = "".join(
        each for each in whole if each in KEPT or unicodedata.category(each) not in HIDDEN
    )
    made = _table(visible) if name.lower().endswith(".csv") else None
    made = made or Clean(kinds.TEXT, visible.encode())
    if visible != whole:
        made.took_out("controls")
    made.text = searched(visible)
    if len(made.body) > bounds.file_bytes:
        raise NotTaken("grew", bounds.megabytes)
    return made


def searched(text: str) -> str:
    """As much as the index takes: words are found by their beginning, not by the end of a book."""
    short = text.replace("\x00", " ").encode("utf-8", "replace")[:SEEN_TEXT]
    return short.decode("utf-8", "ignore")


def _decoded(body: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what old programs of Windows write."""
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _strict(body, "utf-16")
    if b"\x00" in body:
        raise NotTaken("not-text")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strict(body, "cp1252")


def _strict(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        raise NotTaken("not-text") from None
    odd = sum(1 for each in text if each not in "\r\n\t\f" and unicodedata.category(each) in HIDDEN)
    if odd * 50 > len(text):  # words with here and there a stray sign, or something binary
        raise NotTaken("not-text")
    return text


def _table(text: str) -> Clean | None:
    """The same cells; those that a spreadsheet would run become text. None: it is no table."""
    csv.field_size_limit(CELL)
    made = Clean(kinds.CSV, b"")
    out = io.StringIO()
    writer = csv.writer(out)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        for count, row in enumerate(csv.reader(io.StringIO(text), dialect, strict=False)):
            if count >= ROWS:
                return None
            writer.writerow([_harmless(cell, made) for cell in row])
    except csv.Error:
        return None
    made.body = out.getvalue().encode()
    return made


def _harmless(cell: str, made: Clean) -> str:
    begin = cell.lstrip(" \u00a0")
    if begin.startswith(RUNS) and not NUMBER.match(begin.strip()):
        made.took_out("formulas")
        return f"'{cell}"
    return cell
