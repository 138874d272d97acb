"""PDFs: read whole, emptied of everything that acts, written anew; and drawn as pictures to look at."""

import io
import zlib
from typing import Any

import pikepdf
import pypdfium2

from desk.safety import images, kinds
from desk.safety.report import Bounds, Clean, NotTaken
from desk.safety.texts import SEEN_TEXT, searched

OBJECTS, DEPTH = 200_000, 60
STREAM = 160 << 20  # what one stream may unpack to: a page of 40 megapixels in color
FILTERS = 3  # inside each other; real papers have one or two
DPI = 72
POINTS = 14_400  # the longest side the format itself allows

# Keys that hold or lead to something that acts, wherever they stand, and what the page says of it.
KEYS = {
    "/AA": "open-action", "/OpenAction": "open-action", "/JS": "script", "/JavaScript": "script",
    "/EmbeddedFiles": "embedded-file", "/AF": "embedded-file", "/EF": "embedded-file", "/Collection": "embedded-file",
    "/XFA": "xfa", "/RichMediaContent": "media", "/Renditions": "media", "/AlternatePresentations": "media",
    "/Metadata": "metadata", "/PieceInfo": "metadata", "/LastModified": "", "/URLS": "action", "/IDS": "",
    "/Launch": "action", "/URI": "",
}  # fmt: skip
ACTIONS = {
    "/JavaScript": "script", "/Launch": "action", "/SubmitForm": "action", "/ImportData": "action",
    "/ResetForm": "action", "/GoToR": "action", "/GoToE": "action", "/GoTo3DView": "media", "/Movie": "media",
    "/Sound": "media", "/Rendition": "media", "/RichMediaExecute": "media", "/Hide": "action", "/Named": "action",
    "/SetOCGState": "action", "/Trans": "action", "/Thread": "action", "/NOP": "action",
}  # fmt: skip
ANNOTATIONS = {
    "/FileAttachment": "embedded-file", "/RichMedia": "media", "/Screen": "media", "/Movie": "media",
    "/Sound": "media", "/3D": "media",
}  # fmt: skip
LINKS = ("http://", "https://", "mailto:", "tel:")


def clean(body: bytes, bounds: Bounds) -> Clean:
    """
    :raises NotTaken: locked, damaged, too large in any way
    """
    made = Clean(kinds.PDF, b"")
    try:
        with pikepdf.open(io.BytesIO(body), suppress_warnings=True) as paper:
            if paper.is_encrypted:
                made.took_out("restrictions")  # it opens without a password, so everybody reads it
            made.pages = _count(paper, bounds)
            _empty(paper, made)
            made.body = _written(paper)
    except pikepdf.PasswordError:
        raise NotTaken("encrypted") from None
    except pikepdf.PdfError:
        raise NotTaken("damaged") from None
    if len(made.body) > bounds.file_bytes:
        raise NotTaken("grew", bounds.megabytes)
    _is_whole(made)
    made.text = words(made.body)
    return made


def _is_whole(made: Clean) -> None:
    """What was put together from a broken paper may be no paper: it is read once more."""
    try:
        with pikepdf.open(io.BytesIO(made.body), attempt_recovery=False) as paper:
            if len(paper.pages) != made.pages:
                raise NotTaken("damaged")
    except pikepdf.PdfError:
        raise NotTaken("damaged") from None


def of_pictures(pages: list[bytes]) -> Clean:
    """A fax or a scan: one picture a page."""
    made = Clean(kinds.PDF, b"", pages=len(pages))
    paper = pikepdf.new()
    for each in pages:
        _add_picture(paper, each)
    made.body = _written(paper)
    return made


def words(body: bytes) -> str:
    """What stands on the pages, for the index; from the first on until it is enough."""
    found: list[str] = []
    size = 0
    paper = _drawn(body)
    for number in range(len(paper)):
        page = paper[number]
        part = page.get_textpage().get_text_bounded()
        found.append(part)
        size += len(part)
        page.close()
        if size > SEEN_TEXT:
            break
    return searched("\n".join(found))


def drawn(body: bytes, number: int, width: int) -> bytes:
    """
    One page as a PNG of this width.

    :raises NotTaken: there is no such page
    """
    paper = _drawn(body)
    if not 0 <= number < len(paper):
        raise NotTaken("damaged")
    page = paper[number]
    across, down = page.get_size()
    scale = width / max(across, 1)
    if down * scale > width * 3:  # a till receipt: narrow and long
        scale = width * 3 / down
    picture = page.render(scale=scale, draw_annots=True, may_draw_forms=False).to_pil()
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def turned(body: bytes, pages: list[int], by: int) -> bytes:
    """The same paper with these pages turned clockwise."""
    with pikepdf.open(io.BytesIO(body), suppress_warnings=True) as paper:
        for number in pages:
            paper.pages[number].rotate(by, relative=True)
        return _written(paper)


def part(body: bytes, first: int, last: int) -> bytes:
    """The pages from `first` to `last`, counted from 0, both included, as a paper of their own."""
    with pikepdf.open(io.BytesIO(body), suppress_warnings=True) as paper:
        taken = pikepdf.new()
        taken.pages.extend(paper.pages[first : last + 1])
        return _written(taken)


def _count(paper: pikepdf.Pdf, bounds: Bounds) -> int:
    count = len(paper.pages)
    if count == 0:
        raise NotTaken("damaged")
    if count > bounds.pages:
        raise NotTaken("too-many-pages", bounds.pages)
    if len(paper.objects) > OBJECTS:
        raise NotTaken("bomb")
    return count


def _empty(paper: pikepdf.Pdf, made: Clean) -> None:
    for each in list(paper.objects):
        if isinstance(each, pikepdf.Object):
            _emptied(each, made, 0)
        if isinstance(each, pikepdf.Stream):
            _bounded(each)
    if "/Info" in paper.trailer:
        made.took_out("metadata")
        del paper.trailer["/Info"]


def _emptied(thing: Any, made: Clean, depth: int) -> None:
    """One object and what stands directly in it; what it points to is an object of its own."""
    if depth > DEPTH:
        raise NotTaken("bomb")
    if isinstance(thing, pikepdf.Array):
        _without_bad_items(thing, made)
        for item in thing:
            if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect:
                _emptied(item, made, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        _without_bad_keys(thing, made)
        for key in list(thing.keys()):
            value: Any = thing.get(key)
            if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect:
                _emptied(value, made, depth + 1)


def _without_bad_keys(thing: Any, made: Clean) -> None:
    for key, told in KEYS.items():
        if key in thing and key != "/URI":
            del thing[key]
            if told:
                made.took_out(told)
    for key in ("/A", "/PA", "/Next"):
        action = thing.get(key)
        if (action is not None) and (told := _acts(action)):
            del thing[key]
            made.took_out(told)
    if told := _acts(thing):  # an action that stands by itself, for whoever still points to it
        for key in list(thing.keys()):
            del thing[key]
        made.took_out(told)


def _without_bad_items(row: Any, made: Clean) -> None:
    for index in range(len(row) - 1, -1, -1):
        item = row[index]
        told = _acts(item) or _annotates(item)
        if told:
            del row[index]
            made.took_out(told)


def _acts(thing: Any) -> str:
    """Why an action is not kept; empty for none, and for links to the web and inside the paper."""
    if not isinstance(thing, pikepdf.Dictionary):
        return ""
    kind = _name(thing.get("/S"))
    if kind == "/URI":
        return "" if _leads_to_the_web(thing.get("/URI")) else "link"
    return ACTIONS.get(kind, "")


def _leads_to_the_web(address: Any) -> bool:
    return isinstance(address, pikepdf.String) and str(address).strip().lower().startswith(LINKS)


def _annotates(thing: Any) -> str:
    if not isinstance(thing, pikepdf.Dictionary):
        return ""
    return ANNOTATIONS.get(_name(thing.get("/Subtype")), "")


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _bounded(stream: pikepdf.Stream) -> None:
    """
    A stream that unpacks to more than a page can hold is a bomb for whoever opens the paper.

    :raises NotTaken: it is one
    """
    filters = stream.get("/Filter")
    named = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    if len(named) > FILTERS:
        raise NotTaken("bomb")
    if _name(stream.get("/Subtype")) == "/Image":
        _bounded_picture(stream)
    raw = stream.read_raw_bytes()
    flated = 0
    for each in named:
        if str(each) not in {"/FlateDecode", "/Fl"}:
            break
        flated += 1
    if flated and len(raw) * 1032**flated > STREAM:  # Deflate packs 1032 to 1 at most
        _unpacked(raw, flated)


def _bounded_picture(stream: pikepdf.Stream) -> None:
    try:
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    except (TypeError, ValueError):
        raise NotTaken("damaged") from None
    if not 0 <= pixels <= STREAM:
        raise NotTaken("bomb")


def _unpacked(raw: bytes, stages: int) -> None:
    """Through all stages, a piece at a time, counting only."""
    chain = [zlib.decompressobj() for _ in range(stages)]
    total = [0] * stages

    def feed(piece: bytes, stage: int) -> None:
        if stage == stages:
            return
        while piece:
            out = chain[stage].decompress(piece, 1 << 20)
            total[stage] += len(out)
            if total[stage] > STREAM:
                raise NotTaken("bomb")
            feed(out, stage + 1)
            piece = chain[stage].unconsumed_tail

    try:
        feed(raw, 0)
    except zlib.error:
        return  # a damaged stream unpacks to nothing more


def _written(paper: pikepdf.Pdf) -> bytes:
    """Only what the pages lead to, without encryption, without anything behind its end."""
    out = io.BytesIO()
    paper.remove_unreferenced_resources()
    paper.save(
        out,
        encryption=False,
        deterministic_id=True,
        preserve_pdfa=False,
        fix_metadata_version=False,
        compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()


def _add_picture(paper: pikepdf.Pdf, png: bytes) -> None:
    picture = images.Image.open(io.BytesIO(png), formats=["PNG"])
    bits, space = (1, "/DeviceGray") if picture.mode == "1" else (8, "/DeviceGray")
    if picture.mode == "RGB":
        space = "/DeviceRGB"
    drawing = pikepdf.Stream(paper, zlib.compress(picture.tobytes(), 6))
    drawing["/Type"], drawing["/Subtype"] = pikepdf.Name("/XObject"), pikepdf.Name("/Image")
    drawing["/Width"], drawing["/Height"] = picture.width, picture.height
    drawing["/ColorSpace"], drawing["/BitsPerComponent"] = pikepdf.Name(space), bits
    drawing["/Filter"] = pikepdf.Name("/FlateDecode")
    across = 612.0  # a Letter page; a landscape one lies
    down = round(across * picture.height / max(picture.width, 1), 2)
    page = paper.add_blank_page(page_size=(across, min(down, POINTS)))
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Page=paper.make_indirect(drawing))
    )
    shown = f"q {across} 0 0 {min(down, POINTS)} 0 0 cm /Page Do Q".encode()
    page.Contents = pikepdf.Stream(paper, shown)


def _drawn(body: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError:
        raise NotTaken("damaged") from None


def count(body: bytes) -> int:
    return len(_drawn(body))


def warm_up() -> None:
    """The drawing engine looks for the machine's letters when it first draws, the locks for their chance."""
    out = io.BytesIO()
    images.Image.new("L", (1, 1)).save(out, "PNG")
    made = of_pictures([out.getvalue()])
    words(made.body)
    drawn(made.body, 0, 8)
    with pikepdf.open(io.BytesIO(made.body)) as paper:
        locked = io.BytesIO()
        paper.save(locked, encryption=pikepdf.Encryption(owner="x", user=""))
        pikepdf.open(locked).close()
