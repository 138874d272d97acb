"""What a file was called, in letters that can do nothing: shown, searched, and sent along with a download."""

import re
import unicodedata

from desk.safety.kinds import Kind

LONGEST = 120
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # turning marks, half letters, line ends
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # of some file system or other
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
NAMELESS = "Document"


def shown(given: str) -> str:
    """The last part of what a browser or a scanner called it, one line, without its path."""
    last = re.split(r"[/\\]", given.replace("\x00", ""))[-1]
    letters = "".join(each for each in last if unicodedata.category(each) not in HIDDEN)
    plain = " ".join(FORBIDDEN.sub(" ", unicodedata.normalize("NFC", letters)).split()).strip(". ")
    return _short(plain) or NAMELESS


def stem(given: str) -> str:
    """The name without what says its type: the title one gives a paper."""
    name = shown(given)
    found = re.match(r"^(.+)\.[A-Za-z0-9]{1,5}$", name)
    title = (found.group(1) if found else name).strip(". ")
    return title or NAMELESS


def download(title: str, kind: Kind) -> str:
    """What it is saved as: its type by what it is, never by what it was called."""
    name = shown(title)[: LONGEST - len(kind.suffix)].removesuffix(kind.suffix).strip(". ")
    return (NAMELESS if not name or DEVICES.match(name) else name) + kind.suffix


def _short(name: str) -> str:
    """The end of a name says more than its middle."""
    if len(name) <= LONGEST:
        return name
    head, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 5:
        return name[:LONGEST]
    return f"{head[: LONGEST - len(suffix) - 1]}.{suffix}"
