"""What a file is, told by how it begins and never by its name."""

import re

from desk.safety.report import NotTaken

# Longer and more certain marks first.
KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
)
REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x05\x06", "archive"), (b"PK\x07\x08", "archive"), (b"Rar!", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ\x00", "archive"), (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MSCF", "archive"), (b"!<arch>", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"), (b"{\\rtf", "old-office"),
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"\xca\xfe\xba\xbe", "program"), (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xfe\xed\xfa", "program"), (b"#!", "program"), (b"L\x00\x00\x00\x01\x14\x02\x00", "program"),
    (b"\x00asm", "program"), (b"<?php", "program"), (b"dex\n", "program"), (b"CWS", "program"), (b"FWS", "program"),
    (b"GIF8", "picture"), (b"BM", "picture"), (b"8BPS", "picture"), (b"\x00\x00\x01\x00", "picture"),
    (b"II+\x00", "picture"), (b"MM\x00+", "picture"), (b"\xff\x0a", "picture"), (b"\x00\x00\x00\x0cjP", "picture"),
    (b"%!PS", "picture"), (b"\xc5\xd0\xd3\xc6", "picture"), (b"\x76\x2f\x31\x01", "picture"),
    (b"ID3", "media"), (b"OggS", "media"), (b"fLaC", "media"), (b"\x1aE\xdf\xa3", "media"), (b"FLV\x01", "media"),
    (b"Return-Path:", "mail"), (b"Received:", "mail"), (b"From: ", "mail"), (b"MIME-Version:", "mail"),
)  # fmt: skip
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|form|math|xsl|\?xml|\?php|%)"
    rb"|^\s*<\?|^\s*<!--|^\s*<[a-z!]",
    re.IGNORECASE,
)
LOOKED_AT = 4096


def kind_of(body: bytes) -> str:
    """
    `pdf`, `png`, `jpeg`, `tiff`, `zip` or `text`.

    :raises NotTaken: everything that is known and not taken
    """
    if not body.strip(b"\x00\r\n\t "):
        raise NotTaken("empty")
    for mark, found in KNOWN:
        if body.startswith(mark):
            return found
    for mark, code in REFUSED:
        if body.startswith(mark) and not _reads_like_words(mark, body):
            raise NotTaken(code)
    _refuse_by_place(body)
    head = _plain(body[:LOOKED_AT])
    if MARKUP.search(head):
        raise NotTaken("html")
    if b"%PDF-" in body[:1024]:
        raise NotTaken("not-at-start")
    return "text"


def _reads_like_words(mark: bytes, body: bytes) -> bool:
    """“BMI of the last visits” is no bitmap and “MZ” no program: two letters need something binary behind them."""
    return len(mark) <= 4 and mark.isalpha() and b"\x00" not in body[:64]


def _refuse_by_place(body: bytes) -> None:
    """Marks that do not stand at the very beginning."""
    if body[4:8] == b"ftyp":
        raise NotTaken(
            "heic" if body[8:12] in HEIC else "picture" if body[8:12] in AVIF else "media"
        )
    if body[:4] == b"RIFF":
        raise NotTaken("picture" if body[8:12] == b"WEBP" else "media")
    if body[257:262] == b"ustar":
        raise NotTaken("archive")
    if body[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        raise NotTaken("media")


AVIF = {b"avif", b"avis"}


def _plain(head: bytes) -> bytes:
    """UTF-16 as bytes that the marks above can be found in."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.replace(b"\x00", b"")[2:]
    return head.removeprefix(b"\xef\xbb\xbf")
