"""Files as they come from outside, made by code: the harmless, the odd and the hostile."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

from desk.safety import kinds
from desk.safety.checking import Checked


def checked(
    body=b"Wash your hands.\n", name="Hand washing.txt", text=None, kind=kinds.TEXT, pages=0
):
    """What the check makes of a file, without asking it: for tests of what comes after."""
    words = body.decode("utf-8", "replace") if text is None else text
    return Checked(name, kind, body, words, pages, (), body)


def pdf(words="Wash your hands", pages=1, change=None, **save):
    """A paper with words on each page; `change(paper)` does something to it before it is saved."""
    paper = pikepdf.new()
    font = paper.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for number in range(pages):
        page = paper.add_blank_page(page_size=(612, 792))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pikepdf.Stream(
            paper, f"BT /F1 24 Tf 72 700 Td ({words} {number + 1}) Tj ET".encode()
        )
    if change:
        change(paper)
    return saved(paper, **save)


def saved(paper, **save):
    out = io.BytesIO()
    paper.save(out, **save)
    return out.getvalue()


def picture(form="PNG", size=(60, 40), mode="RGB", **save):
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode in {"L", "1"} else None).save(out, form, **save)
    return out.getvalue()


def fax(pages=3):
    out = io.BytesIO()
    leaves = [Image.new("1", (1700, 2200), number % 2) for number in range(pages)]
    leaves[0].save(out, "TIFF", save_all=True, append_images=leaves[1:], compression="group4")
    return out.getvalue()


def chunk(kind, body):
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def png_of(width, height, data=b"", colors=2):
    """A PNG that says it is so large, whatever is in it."""
    head = struct.pack("!IIBBBBB", width, height, 8, colors, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", data or zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/{part}" ContentType="application/vnd.{type}"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="{part}"/></Relationships>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def office_file(
    more=None, *, kind=WORD, part="word/document.xml", words="Lease of the copier", types=None
):
    parts = {
        "[Content_Types].xml": types or TYPES.format(part=part, type=kind),
        "_rels/.rels": RELS.format(part=part),
        part: f"<?xml version='1.0'?><w:document {W}><w:body>"
        f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>",
    } | (more or {})
    return zipped(parts)


def workbook(more=None, words="Flu vaccine"):
    sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return office_file(
        {"xl/sharedStrings.xml": f'<sst xmlns="{sheet}"><si><t>{words}</t></si></sst>'} | (more or {}),
        kind=SHEET, part="xl/workbook.xml",
    )  # fmt: skip


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return out.getvalue()
