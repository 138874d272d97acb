"""Pictures: every pixel read, a new file written; nothing else of the old one is left."""

import io

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from desk.safety import kinds
from desk.safety.report import Bounds, Clean, NotTaken

# Only these readers are ever asked, each only for what begins like its own.
FORMATS = {"png": "PNG", "jpeg": "JPEG", "tiff": "TIFF"}
READERS = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin)
QUALITY = 90
PAGE_SIDE = 2600  # pixels of a fax or scan page's longer side: 11 inches at 236 dpi
MODES = frozenset({"1", "L", "RGB", "RGBA"})
JPEG_MODES = frozenset({"L", "RGB"})
PAGE_MODES = frozenset({"1", "L", "RGB"})
EFFORT = 4  # of packing a PNG: a photo of 40 megapixels within the time there is


def clean_picture(body: bytes, found: str, bounds: Bounds) -> Clean:
    """
    A PNG stays one, a JPEG is compressed anew.

    :raises NotTaken: damaged, or too many pixels
    """
    picture = _opened(body, found, bounds)
    made = Clean(kinds.PNG if found == "png" else kinds.JPEG, b"")
    if picture.getexif() or picture.info.keys() - {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "dpi",
    }:
        made.took_out("metadata")
    if getattr(picture, "n_frames", 1) > 1:
        made.took_out("frames")
    size = picture.size
    ImageOps.exif_transpose(picture, in_place=True)  # never two copies more than needed
    if picture.size != size:
        made.took_out("rotation")
    out = io.BytesIO()
    if found == "png":
        _bare(_in_mode(picture)).save(out, "PNG", compress_level=EFFORT)
    else:
        _bare(_in_mode(picture, JPEG_MODES)).save(out, "JPEG", quality=QUALITY)
    made.body = out.getvalue()
    return made


def pages_of_tiff(body: bytes, bounds: Bounds) -> list[bytes]:
    """
    The pages of a fax or scan, each as a PNG of its own.

    :raises NotTaken: damaged, too many pages or pixels
    """
    picture = _opened(body, "tiff", bounds)
    count = getattr(picture, "n_frames", 1)
    if count > bounds.pages:
        raise NotTaken("too-many-pages", bounds.pages)
    pages = []
    for number in range(count):
        picture.seek(number)
        _bounded(picture, bounds)
        page = _in_mode(ImageOps.exif_transpose(picture), PAGE_MODES)
        if max(page.size) > PAGE_SIDE:
            page = page.convert("L") if page.mode == "1" else page
            page.thumbnail((PAGE_SIDE, PAGE_SIDE))
        out = io.BytesIO()
        _bare(page).save(out, "PNG")
        pages.append(out.getvalue())
    return pages


def smaller(body: bytes, found: str, width: int, bounds: Bounds) -> bytes:
    """A PNG of the picture at most so wide, for looking at."""
    picture = _opened(body, found, bounds)
    picture.thumbnail((width, width * 3))
    out = io.BytesIO()
    _bare(_in_mode(picture)).save(out, "PNG")
    return out.getvalue()


def _opened(body: bytes, found: str, bounds: Bounds) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # ours is the limit, and it refuses
    picture = Image.open(io.BytesIO(body), formats=[FORMATS[found]])
    _bounded(picture, bounds)
    return picture


def _bounded(picture: Image.Image, bounds: Bounds) -> None:
    """By the header, before a pixel is unpacked."""
    if picture.width * picture.height > bounds.pixels:
        raise NotTaken("too-many-pixels", bounds.megapixels)


def _in_mode(picture: Image.Image, modes: frozenset[str] = MODES) -> Image.Image:
    if picture.mode in modes:
        return picture
    if picture.mode.startswith("I"):  # sixteen bits of gray
        return picture.convert("L")
    has_alpha = "transparency" in picture.info or picture.mode in {"LA", "PA", "La", "RGBa"}
    return picture.convert("RGBA" if has_alpha and "RGBA" in modes else "RGB")


def _bare(picture: Image.Image) -> Image.Image:
    """Pixels alone: what a reader noted beside them is not written again."""
    picture.load()
    picture.info = {}
    return picture


def warm_up() -> None:
    """The readers are imported above; this one asks for its tables when it first writes."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=QUALITY)
    Image.new("L", (8, 8)).save(out, "PNG")
