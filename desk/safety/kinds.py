"""What the office takes in, and the sentence for everything else. Read by the web process and by its child."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type of file that may become available; `magic` is how what the child wrote has to begin."""

    media_type: str
    suffix: str
    label: str
    icon: str
    magic: bytes = b""


PDF = Kind("application/pdf", ".pdf", "PDF", "file-text", b"%PDF-1.")
PNG = Kind("image/png", ".png", "Picture (PNG)", "photo", b"\x89PNG\r\n\x1a\n")
JPEG = Kind("image/jpeg", ".jpg", "Picture (JPEG)", "photo", b"\xff\xd8\xff")
TEXT = Kind("text/plain", ".txt", "Text", "file-text")
CSV = Kind("text/csv", ".csv", "Table (CSV)", "table")
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(
    f"{_OOXML}wordprocessingml.document", ".docx", "Word document", "file-text", b"PK\x03\x04"
)
XLSX = Kind(f"{_OOXML}spreadsheetml.sheet", ".xlsx", "Excel workbook", "table", b"PK\x03\x04")

TAKEN = {each.media_type: each for each in (PDF, PNG, JPEG, TEXT, CSV, DOCX, XLSX)}
PICTURES = frozenset({PNG.media_type, JPEG.media_type})
# What the chooser of a browser offers; what is sent all the same is told by its contents.
ACCEPT = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt,.csv,.docx,.xlsx"
IN_WORDS = "PDF, PNG, JPEG, TIFF, plain text, CSV, Word (.docx) and Excel (.xlsx)"

# Why a file was not taken: what is wrong, and what would be right.
SENTENCES = {
    "empty": "The file is empty. Send it again from where it came.",
    "too-large": "The file is larger than {limit} MB. Split it, or scan it at a lower resolution.",
    "grew": "Unpacked, the file is larger than {limit} MB. Split it, or make a smaller one.",
    "too-many-pages": "It has more than {limit} pages. Split it into parts.",
    "too-many-pixels": "The picture has more than {limit} megapixels. Make it smaller.",
    "encrypted": "It is locked with a password. Save it without one and send it again.",
    "damaged": "It is damaged, or not what it seems to be: it could not be read whole. Make it anew.",
    "too-long": "Checking it took too long, so it was not kept. Print it to a new PDF and send that.",
    "too-much": "It needs more memory to read than a real paper does, so it was not kept.",
    "bomb": "It unpacks to far more than it is: nothing was opened. Make it anew.",
    "not-at-start": "It holds something before the PDF begins. Print it to a new PDF and send that.",
    "html": "It is a web page or a drawing with program code. Print it to a PDF and send that.",
    "program": "It is a program. Programs are not kept here.",
    "archive": "It is an archive. Unpack it and send the files one by one.",
    "old-office": "It is an old Word or Excel file. Save it as PDF, .docx or .xlsx and send that.",
    "macros": "It holds macros. Save it without them (.docx, .xlsx) or as a PDF.",
    "embedded": "It holds other files or programs inside. Save it as a PDF and send that.",
    "reaches-out": "It fetches something from elsewhere when it is opened. Save it as a PDF and send that.",
    "heic": "It is a HEIC photo. Send it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible).",
    "picture": "This kind of picture is not taken. Send it as JPEG or PNG.",
    "mail": "It is a saved e-mail. Print it to a PDF, and send its attachments one by one.",
    "media": "Sound and video are not kept here.",
    "not-text": "It is not a kind of file that is kept here. Send one of: " + IN_WORDS + ".",
    "busy": "Many files are being checked right now. Send this one again in a minute.",
    "failed": "It could not be checked, so it was not kept. Print it to a PDF and send that.",
    "infected": "The virus scanner found something in it ({limit}). It was destroyed.",
}

# What was taken out of a file on the way in, as the page tells it.
REMOVED = {
    "metadata": "hidden details (camera, place, author)",
    "rotation": "the turn that was only noted, now made",
    "script": "program code",
    "open-action": "something done on opening",
    "action": "buttons that start, send or open something",
    "embedded-file": "files inside it",
    "media": "sound, video or 3-D scenes",
    "xfa": "an active form",
    "link": "links that do not lead to a web page or a mail address",
    "restrictions": "restrictions on printing and copying",
    "trailing": "what stood behind its end",
    "frames": "further frames of a moving picture",
    "formulas": "formulas: they are plain text now",
    "controls": "signs that cannot be seen",
    "thumbnail": "a small picture of it",
}


def sentence(code: str, limit: object = "") -> str:
    return SENTENCES.get(code, SENTENCES["failed"]).replace("{limit}", str(limit))


def removed_in_words(codes: list[str]) -> str:
    """`program code, files inside it`; empty when nothing was."""
    return ", ".join(REMOVED[code] for code in codes if code in REMOVED)
