"""Validates uploaded pictures and encodes them again: upright, in sRGB, without metadata."""

import hashlib
import io
import re
import threading
from dataclasses import dataclass
from typing import BinaryIO, Literal

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import (
    AvifImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from heritage.media import looks
from heritage.values.language import join_sentences

JPEG_QUALITY = 88
# libjpeg writes no longer side, and a browser shows none: a longer scroll is sent in parts.
MAX_SIDE = 65_500
# A lossless picture with no more colours than this is a plan or a rubbing, not a photograph:
# JPEG would fringe its lines, and PNG is smaller.
FEW_COLOURS = 256
# Of pictures in these modes a pixel takes four bytes and one copy: ten bytes at most. Others, those
# with transparency among them, take 14 on their way. The decoder of WebP holds a pixel four times,
# so that it takes 16 bytes, and 22 with transparency. They may have fewer pixels, see `_share`.
_LIGHT = ("1", "L", "P", "RGB", "YCbCr")
# Writing a progressive JPEG takes as much memory again as the picture: larger ones are baseline.
_MAX_PROGRESSIVE = 16_000_000
# A progressive JPEG has some ten scans; each takes as long as the whole, so thousands take minutes.
_MAX_SCANS = 100
_SCAN, _END = 0xDA, 0xD9
_AFTER_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a marker that is none of its own

_EXTENSION = {"jpeg": "jpg", "png": "png"}

# The classes are called directly, because Image.open() judges the size by a global limit and
# speaks through the warnings module, and neither can be set for one thread alone. It would
# also turn a JPEG with a depth map or a second view into a multi-picture file.
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}
_ORIGINAL = {
    **{"JPEG": "jpg", "PNG": "png", "WebP": "webp"},
    **{"TIFF": "tif", "GIF": "gif", "AVIF": "avif"},
}
_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"%PDF-", "PDF"),
    (b"8BPS", "Photoshop"),
    (b"BM", "BMP"),
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Of a process with several threads: each picture takes hundreds of megabytes.
_one_at_a_time = threading.Lock()
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class ImageRefused(ValueError):
    """An upload that is refused.

    Its text is for the sender, in their language: why, and what to do. `code` is for programs and
    does not depend on the language: empty, too_large, svg, unsupported, not_a_picture, damaged,
    too_many_pixels or too_long.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SafeImage:
    """A picture encoded by us, with nothing in it but its pixels.

    `extension` has no dot; `width` and `height` are pixels after rotation; `sha256` is the digest
    of `content`, in hexadecimal. `original` is the upload as it was sent; `look` and `placeholder`
    are those of `looks`.
    """

    content: bytes
    format: Literal["jpeg", "png"]
    extension: str
    width: int
    height: int
    sha256: str
    original: bytes
    original_extension: str
    look: str
    placeholder: str


def make_safe(stream_or_bytes: BinaryIO | bytes, *, max_bytes: int, max_pixels: int) -> SafeImage:
    """Check an upload and encode it again: upright, in sRGB and without metadata.

    A stream is read from its position, `max_bytes` + 1 bytes at most. JPEG, PNG, WebP, AVIF, TIFF
    and GIF are accepted, identified by their content; of several frames the first. Formats whose
    pixels take much memory may have half or a third of `max_pixels`, so that no picture needs more
    memory than ten bytes for each of `max_pixels`. The result is PNG if there is transparency or,
    in a lossless file, few colours; otherwise JPEG. Raises ImageRefused with a reason to show.
    """
    data = _read(stream_or_bytes, max_bytes)
    kind = _identify(data)
    with _one_at_a_time:
        picture = _decode(data, kind, max_pixels)
        picture = _upright(picture)  # the one before is let go: each takes hundreds of megabytes
        picture = _plain(picture)
        small = looks.small_copy(picture)
        look, placeholder = looks.look_of(small), looks.placeholder_of(small)
        form, content = _encode(picture, lossless=kind not in ("JPEG", "AVIF"))
    return SafeImage(
        content=content,
        format=form,
        extension=_EXTENSION[form],
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(content).hexdigest(),
        original=data,
        original_extension=_ORIGINAL[kind],
        look=look,
        placeholder=placeholder,
    )


def _read(source: BinaryIO | bytes, max_bytes: int) -> bytes:
    """The whole upload, if it is not longer than allowed."""
    if isinstance(source, bytes | bytearray | memoryview):
        data, size = bytes(source[: max_bytes + 1]), len(source)
    else:
        parts, wanted = [], max_bytes + 1
        # A raw stream may give less than was asked for, and only nothing means the end.
        while wanted > 0 and (part := source.read(wanted)):
            parts.append(part)
            wanted -= len(part)
        data = b"".join(parts)
        size = getattr(source, "size", None) or len(data)
    if len(data) > max_bytes:
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(max_bytes)}
        if size > max_bytes + 1:
            message = _("This file is %(size)s, and the limit is %(limit)s.") % sizes
        else:  # How much more a stream without a size would have given was never read.
            message = _("This file is larger than the limit of %(limit)s.") % sizes
        remedy = _("Make the picture smaller, or save it as a JPEG of a lower quality.")
        raise ImageRefused(join_sentences([message, remedy]), code="too_large")
    if not data:
        raise ImageRefused(_("This file is empty. Choose the picture again."), code="empty")
    return data


def _identify(data: bytes) -> str:
    """The format according to the first bytes, never the file name or the declared type."""
    kind = next((name for start, name in _SIGNATURES if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "WebP"
    elif data[4:8] == b"ftyp":
        kind = _format_of_brands(data)
    if kind in _READERS:
        return kind
    if kind:
        message = _("%(format)s files are not taken. Save the picture as JPEG, PNG, WebP or TIFF.")
        raise ImageRefused(message % {"format": kind}, code="unsupported")
    if b"<svg" in data[:4096].lower():
        raise ImageRefused(
            _("SVG drawings are not taken, because they can carry scripts. Save it as a PNG."),
            code="svg",
        )
    raise ImageRefused(
        _("This file is not a picture, whatever its name says. Choose a JPEG, PNG, WebP or TIFF."),
        code="not_a_picture",
    )


def _format_of_brands(data: bytes) -> str:
    """AVIF or HEIC, as the box at the start of the file says: both may begin with `mif1`."""
    length = min(int.from_bytes(data[:4]), 256)
    box = data[8:length]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}  # 4: a version
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return "HEIC" if brands & _HEIC else ""


def _decode(data: bytes, kind: str, max_pixels: int) -> Image.Image:
    """The first frame, fully decoded; its size is checked before any pixel is."""
    try:
        if kind == "JPEG" and _scans(data) > _MAX_SCANS:
            raise ValueError("more scans than any picture needs")
        picture = _READERS[kind](io.BytesIO(data))
        _judge_size(picture, max_pixels)
        picture.load()
    except (ImageRefused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(_("more pixels than can be read"), max_pixels) from error
    except Exception as error:
        # A hostile or broken file makes a decoder raise almost anything: OSError, SyntaxError,
        # struct.error, KeyError ... To the sender it is all one, and the cause is chained.
        message = _(
            "This %(format)s file is damaged or was cut short. Send it again; if that does not "
            "help, open it in a picture editor and save it anew."
        )
        raise ImageRefused(message % {"format": kind}, code="damaged") from error
    _judge_size(picture, max_pixels)  # a GIF frame may have enlarged its canvas
    return picture


def _scans(data: bytes) -> int:
    """The number of scans of a JPEG up to its end; what phones append is not counted."""
    at, scans = 2, 0
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _END:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xFF:  # a filler
            at += 1
            continue
        at += 2 + length
        if marker == _SCAN:
            scans += 1
            found = _AFTER_A_SCAN.search(data, at)
            if found is None:
                break
            at = found.start()
    return scans


def _judge_size(picture: Image.Image, max_pixels: int) -> None:
    size = width, height = picture.size
    share = _share(picture)
    if width * height > max_pixels // share:
        found = _("%(width)d × %(height)d pixels") % {"width": width, "height": height}
        raise _too_many_pixels(found, max_pixels, share)
    if max(size) > MAX_SIDE:
        message = _(
            "This picture is %(side)d pixels long, and no side may be longer than %(limit)d. "
            "Make it smaller, or send it in parts."
        )
        raise ImageRefused(message % {"side": max(size), "limit": MAX_SIDE}, code="too_long")


def _share(picture: Image.Image) -> int:
    """By what the number of pixels is divided that a picture of this kind may have."""
    is_light = picture.mode in _LIGHT and not picture.has_transparency_data
    if isinstance(picture, WebPImagePlugin.WebPImageFile | AvifImagePlugin.AvifImageFile):
        return 2 if is_light else 3
    return 1 if is_light else 2


def _too_many_pixels(found: str, max_pixels: int, share: int = 1) -> ImageRefused:
    message = _(
        "This picture has %(found)s, and the limit is %(limit)s million in all. "
        "Make it smaller and send it again."
    )
    if share > 1:
        message = _(
            "This picture has %(found)s, and the limit is %(limit)s million for a WebP, or for one "
            "with transparency, four inks or 16 bits a channel. Make it smaller, or save it as a "
            "JPEG in RGB, and send it again."
        )
    values = {"found": found, "limit": f"{max_pixels // share / 1_000_000:g}"}
    return ImageRefused(message % values, code="too_many_pixels")


def _upright(picture: Image.Image) -> Image.Image:
    """Rotated as its EXIF says. Unreadable EXIF is ignored."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # the EXIF parser meets the same hostile bytes as the decoders
        orientation = None
    turn = None if orientation is None else _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _plain(picture: Image.Image) -> Image.Image:
    """The same pixels in sRGB: L or RGB, or RGBA if there is transparency."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("I", "F"):
        raise ImageRefused(
            _("This is measured data, not a photograph. Save it with 8 or 16 bits a channel."),
            code="unsupported",
        )
    if picture.mode.startswith("I;16"):
        # convert("L") would cut every value above 255 off to white.
        picture.info.pop("transparency", None)  # its value counts in sixteen bits as well
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    picture = _to_srgb(picture, profile)
    if alpha is not None and alpha.histogram()[255] < alpha.width * alpha.height:
        picture = _with_alpha(picture, alpha)
    return picture


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """L, RGB or CMYK in, L or RGB out, with its colours as its own profile means them."""
    if profile:
        mode = "L" if picture.mode == "L" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            if picture.mode == "RGB":
                ImageCms.profileToProfile(picture, source, srgb, inPlace=True)
                return picture
            # sRGB has no grey channel, so a grey picture comes back as equal R, G and B.
            converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
            if converted is not None:
                return converted.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for other channels: browsers ignore those as well
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """RGBA without the colours of fully transparent pixels.

    An eraser often sets alpha to zero and keeps the colour, so a face or a number plate could be
    recovered.
    """
    visible = alpha.point(lambda value: 255 if value else 0)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture, mask=visible)
    clean.putalpha(alpha)
    return clean


def _encode(picture: Image.Image, *, lossless: bool) -> tuple[Literal["png", "jpeg"], bytes]:
    # Pillow's writers take comments, profiles and more from here unless told otherwise.
    picture.info = {}
    drawing = lossless and picture.getcolors(FEW_COLOURS) is not None
    out = io.BytesIO()
    form: Literal["png", "jpeg"] = "png" if picture.mode == "RGBA" or drawing else "jpeg"
    if form == "png":
        picture.save(out, "PNG")
    else:
        # Full colour resolution: renditions are made from this, and red on stone would smear.
        progressive = picture.width * picture.height <= _MAX_PROGRESSIVE
        picture.save(
            out, "JPEG", quality=JPEG_QUALITY, progressive=progressive, subsampling="4:4:4"
        )
    return form, out.getvalue()
