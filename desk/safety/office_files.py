"""
Word and Excel without macros: unpacked within bounds, looked through, packed anew.

Kept to be taken away and opened in their own program, never shown here. What runs, holds other files or
fetches something on opening is refused rather than cut out: nobody could say what is left of such a file.
"""

import html
import io
import re
import zipfile

from desk.safety import kinds
from desk.safety.report import Bounds, Clean, NotTaken
from desk.safety.texts import searched

ENTRIES, UNPACKED, RATIO = 2_000, 120 << 20, 200
MAIN = {
    b"wordprocessingml.document.main+xml": kinds.DOCX,
    b"spreadsheetml.sheet.main+xml": kinds.XLSX,
}
MACROS = re.compile(
    r"vba(Project|Data)|\.bin$|macrosheets/|activeX/|ctrlProps/|dialogsheets/", re.IGNORECASE
)
PRINTER = re.compile(
    r"(^|/)printerSettings/printerSettings\d+\.bin$"
)  # bytes for a printer, left out
INSIDE = re.compile(
    r"embeddings/|oleObject|\.(exe|dll|js|vbs|hta|jar|ps1|bat|cmd|scr|lnk)$", re.IGNORECASE
)
LEFT_OUT = re.compile(r"(^|/)(thumbnail\.\w+|docProps/(core|app|custom)\.xml)$", re.IGNORECASE)
MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.IGNORECASE)
OUTSIDE = re.compile(
    rb"<(?:\w+:)?Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE
)
HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
WEB = re.compile(rb"Target\s*=\s*[\"'](https?://|mailto:|#)", re.IGNORECASE)
DDE = re.compile(
    rb"\bDDE(AUTO)?\b|ddeLink|externalBook|INCLUDETEXT|INCLUDEPICTURE\s", re.IGNORECASE
)
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
WORDS = re.compile(r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t>")
READ = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes)\.xml$|xl/(sharedStrings|worksheets/sheet\d+)\.xml$"
)


def clean(body: bytes, bounds: Bounds) -> Clean:
    """
    :raises NotTaken: no Word or Excel file, or one with something in it
    """
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = _unpacked(packed)
    made = Clean(_kind(parts), b"")
    words = []
    for name, part in parts.items():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _looked_through(name, part)
        if READ.search(name):
            words += [
                html.unescape(each) for each in WORDS.findall(part.decode("utf-8", "replace"))
            ]
    made.text = searched(" ".join(words))
    made.body = _packed(parts, made)
    if len(made.body) > bounds.file_bytes:
        raise NotTaken("grew", bounds.megabytes)
    return made


def _unpacked(packed: zipfile.ZipFile) -> dict[str, bytes]:
    entries = packed.infolist()
    if len(entries) > ENTRIES:
        raise NotTaken("bomb")
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        name = entry.filename
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            raise NotTaken("encrypted")
        if name in parts or name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise NotTaken("damaged")
        with packed.open(entry) as part:
            read = part.read(min(UNPACKED - total, max(entry.compress_size, 1024) * RATIO) + 1)
        total += len(read)
        if total > UNPACKED or len(read) > max(entry.compress_size, 1024) * RATIO:
            raise NotTaken("bomb")
        parts[name] = read
    return parts


def _kind(parts: dict[str, bytes]) -> kinds.Kind:
    types = parts.get("[Content_Types].xml", b"")
    if MACRO_TYPES.search(types):
        raise NotTaken("macros")
    found = [kind for mark, kind in MAIN.items() if mark in types]
    if len(found) != 1:
        raise NotTaken("archive")
    for name in parts:
        if MACROS.search(name) and not PRINTER.search(name):
            raise NotTaken("macros")
        if INSIDE.search(name):
            raise NotTaken("embedded")
    return found[0]


def _looked_through(name: str, part: bytes) -> None:
    if (
        b"\x00" in part[:4]
    ):  # UTF-16: no program writes it here, and no mark below would be found in it
        raise NotTaken("damaged")
    if DOCTYPE.search(part):
        raise NotTaken("embedded")
    for link in OUTSIDE.findall(part):
        if not (HYPERLINK.search(link) and WEB.search(link)):
            raise NotTaken("reaches-out")
    if DDE.search(part) and re.search(rb"instrText|ddeLink|externalBook", part):
        raise NotTaken("reaches-out")


def _packed(parts: dict[str, bytes], made: Clean) -> bytes:
    """Its parts alone, in a new file: what stood before, between and behind them is gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            if LEFT_OUT.search(name):
                made.took_out("metadata")
                part = _empty(name)
            if PRINTER.search(name):
                part = b""
            packed.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# One transparent pixel, and properties that say nothing: a part that is pointed to must be there.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)
NOTHING = {
    "core": b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/'
    b'package/2006/metadata/core-properties"/>',
    "app": b'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/extended-properties"/>',
    "custom": b'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/custom-properties"/>',
}


def _empty(name: str) -> bytes:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return NOTHING.get(stem, PIXEL)


def warm_up() -> None:
    """Packs once, so that what packing needs is there."""
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", b"x")
