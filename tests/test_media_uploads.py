"""Uploads: what is taken comes out clean and upright, what is refused is told why."""

import base64
import hashlib
import io
import os
import struct
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import ExifTags, Image, ImageCms, ImageFile, PngImagePlugin

from heritage.media import ImageRefused, looks, make_safe, uploads
from heritage.media.uploads import MAX_SIDE
from tests import builders as build

ROOT = Path(__file__).resolve().parents[1]
MARK = b"PLANTED-MARKER-7391"
LIMITS = {"max_bytes": 2_000_000, "max_pixels": 4_000_000}
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + MARK + b"</x:xmpmeta>"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def photo(mode="RGB", size=(64, 48)):
    """A picture with thousands of colours, so that it passes for a photograph."""
    grey = Image.linear_gradient("L").resize(size)
    wide = Image.radial_gradient("L").resize(size)
    rgb = Image.merge("RGB", (grey, wide, grey.transpose(Image.Transpose.FLIP_TOP_BOTTOM)))
    return rgb.convert(mode)


def encoded(picture, form="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def opened(safe):
    picture = Image.open(io.BytesIO(safe.content))
    picture.load()
    return picture


def exif(orientation=None):
    data = Image.Exif()
    data[ExifTags.Base.ImageDescription] = MARK.decode()
    if orientation:
        data[ExifTags.Base.Orientation] = orientation
    gps = data.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (34.0, 43.0, 21.0)
    return data


def png_text():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARK.decode())
    info.add_text("Secret", MARK.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return info


def icc():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def png_chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width, height):
    """A PNG of a few bytes that claims to be as large as it is told."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def tiff_of_sixteen_bits():
    """A TIFF of three times sixteen bits, which Pillow itself cannot write."""
    width, height = 64, 48
    pixels = b"".join(
        struct.pack("<3H", x * 1000, y * 1300, (x * y * 21) % 65536)
        for y in range(height)
        for x in range(width)
    )
    bits_at, strip_at = 8 + 2 + 9 * 12 + 4, 8 + 2 + 9 * 12 + 4 + 6
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, 3, bits_at),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, strip_at),
        (277, 3, 1, 3),
        (278, 3, 1, height),
        (279, 4, 1, len(pixels)),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(4)
    return head + struct.pack("<3H", 16, 16, 16) + pixels


MARKED = {
    "jpeg": lambda: encoded(photo(), exif=exif(), comment=MARK, xmp=XMP, icc_profile=icc()),
    "png": lambda: encoded(photo(), "PNG", exif=exif(), pnginfo=png_text(), icc_profile=icc()),
    "png with alpha": lambda: encoded(
        Image.new("RGBA", (9, 9), (9, 9, 9, 99)), "PNG", exif=exif(), pnginfo=png_text()
    ),
    "webp": lambda: encoded(photo(), "WEBP", exif=exif(), xmp=XMP, icc_profile=icc()),
    "avif": lambda: encoded(photo(), "AVIF", exif=exif(), xmp=XMP, icc_profile=icc()),
    "tiff": lambda: encoded(photo(), "TIFF", exif=exif(), description=MARK.decode()),
    "gif": lambda: encoded(photo("P"), "GIF", comment=MARK),
    "trailing bytes": lambda: encoded(photo()) + b"PK\3\4<script>" + MARK,
}


@pytest.mark.parametrize("kind", MARKED)
def test_nothing_but_pixels_is_kept(kind):
    data = MARKED[kind]()
    assert MARK in data
    safe = make_safe(data, **LIMITS)
    picture = opened(safe)
    assert MARK not in safe.content
    assert not picture.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(picture.info)
    assert not getattr(picture, "text", {})


CASES = {
    # name: (bytes, format of the result, mode of the result)
    "photograph": (lambda: encoded(photo()), "jpeg", "RGB"),
    "grey photograph": (lambda: encoded(photo("L")), "jpeg", "L"),
    "cmyk": (lambda: encoded(photo("CMYK")), "jpeg", "RGB"),
    "png photograph": (lambda: encoded(photo(), "PNG"), "jpeg", "RGB"),
    "opaque alpha": (lambda: encoded(photo("RGBA"), "PNG"), "jpeg", "RGB"),
    "alpha": (lambda: encoded(Image.new("RGBA", (8, 8), (200, 60, 40, 90)), "PNG"), "png", "RGBA"),
    "grey alpha": (lambda: encoded(Image.new("LA", (8, 8), (90, 90)), "PNG"), "png", "RGBA"),
    "webp alpha": (
        lambda: encoded(Image.new("RGBA", (8, 8), (20, 60, 40, 90)), "WEBP", lossless=True),
        "png",
        "RGBA",
    ),
    "webp": (lambda: encoded(photo(), "WEBP"), "jpeg", "RGB"),
    "tiff": (lambda: encoded(photo(), "TIFF", compression="tiff_lzw"), "jpeg", "RGB"),
    "tiff cmyk": (lambda: encoded(photo("CMYK"), "TIFF"), "jpeg", "RGB"),
    "tiff lab": (lambda: encoded(Image.new("LAB", (8, 8)), "TIFF"), "png", "RGB"),
    "palette": (lambda: encoded(photo("P"), "PNG"), "png", "RGB"),
    "palette with alpha": (
        lambda: encoded(photo("P"), "PNG", transparency=bytes(range(256))),
        "png",
        "RGBA",
    ),
    "transparent colour": (
        lambda: encoded(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
        "png",
        "RGBA",
    ),
    "line drawing": (lambda: encoded(photo("1"), "PNG"), "png", "L"),
    "gif": (lambda: encoded(photo("P"), "GIF"), "png", "RGB"),
    "avif": (lambda: encoded(photo(), "AVIF"), "jpeg", "RGB"),
    "avif with alpha": (
        lambda: encoded(Image.new("RGBA", (64, 48), (200, 60, 40, 90)), "AVIF"),
        "png",
        "RGBA",
    ),
    "sixteen bits of three colours": (lambda: tiff_of_sixteen_bits(), "jpeg", "RGB"),
    "wrong profile": (lambda: encoded(photo(), icc_profile=b"no profile at all"), "jpeg", "RGB"),
    "profile of other channels": (lambda: encoded(photo("L"), icc_profile=icc()), "jpeg", "L"),
    "broken exif": (lambda: encoded(photo(), exif=b"Exif\0\0II*\0\xff\xff"), "jpeg", "RGB"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_taken(name):
    make, form, mode = CASES[name]
    safe = make_safe(io.BytesIO(make()), **LIMITS)
    picture = opened(safe)
    assert (safe.format, picture.format.lower(), picture.mode) == (form, form, mode)
    assert (safe.width, safe.height) == picture.size
    assert safe.extension == {"jpeg": "jpg", "png": "png"}[form]
    assert safe.sha256 == hashlib.sha256(safe.content).hexdigest()


def test_a_jpeg_is_progressive_and_close_to_the_original():
    safe = make_safe(encoded(photo(), "PNG"), **LIMITS)
    picture = opened(safe)
    assert picture.info["progressive"]
    pairs = zip(picture.tobytes(), photo().tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 24


# Where the red corner of a picture lies, once it is turned as each orientation says.
CORNERS = {1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "tl", 6: "tr", 7: "br", 8: "bl"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", CORNERS)
def test_orientation(form, orientation):
    picture = Image.new("RGB", (64, 32), "white")
    picture.paste("red", (0, 0, 16, 16))
    safe = make_safe(encoded(picture, form, exif=exif(orientation)), **LIMITS)
    assert (safe.width, safe.height) == ((32, 64) if orientation > 4 else (64, 32))
    vertical, horizontal = CORNERS[orientation]
    x = 2 if horizontal == "l" else safe.width - 3
    y = 2 if vertical == "t" else safe.height - 3
    red, green, _blue = opened(safe).convert("RGB").getpixel((x, y))
    assert red > 200 > 60 > green


def test_sixteen_bits_are_scaled_and_not_cut_off():
    picture = Image.new("I;16", (4, 1))
    for x, value in enumerate((0, 0x4000, 0x8000, 0xFFFF)):
        picture.putpixel((x, 0), value)
    result = opened(make_safe(encoded(picture, "PNG"), **LIMITS))
    assert list(result.tobytes()) == pytest.approx([0, 64, 127, 255], abs=1)


def test_a_profile_is_applied():
    # A profile of our own, in which red and green have changed places.
    swapped = icc().replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
    picture = Image.new("RGB", (8, 8), (255, 0, 0))
    safe = make_safe(encoded(picture, "PNG", icc_profile=swapped), **LIMITS)
    assert opened(safe).getpixel((4, 4)) == pytest.approx((0, 255, 0), abs=3)


def test_alpha_is_kept_and_what_was_erased_is_gone():
    picture = Image.new("RGBA", (3, 1), (10, 20, 30, 255))
    picture.putpixel((0, 0), (250, 0, 0, 0))
    picture.putpixel((1, 0), (250, 0, 0, 128))
    result = opened(make_safe(encoded(picture, "PNG"), **LIMITS))
    pixels = [result.getpixel((x, 0)) for x in range(3)]
    assert pixels == [(0, 0, 0, 0), (250, 0, 0, 128), (10, 20, 30, 255)]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_several_frames_the_first(form):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if form == "WEBP" else {}
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)
    picture = opened(make_safe(data, **LIMITS))
    assert getattr(picture, "n_frames", 1) == 1
    assert picture.convert("RGB").getpixel((9, 9)) == (255, 0, 0)


REFUSED = {
    # name: (bytes, code, a part of what is said)
    "empty": (lambda: b"", "empty", "empty"),
    "text": (lambda: b"Dear editor, here is the picture.", "not_a_picture", "not a picture"),
    "zip": (lambda: b"PK\3\4" + bytes(60), "not_a_picture", "JPEG, PNG, WebP or TIFF"),
    "svg": (lambda: b"<?xml version='1.0'?>\n<SVG onload='x()'/>", "svg", "scripts"),
    "pdf": (lambda: b"%PDF-1.7 ...", "unsupported", "PDF"),
    "bmp": (lambda: encoded(photo(), "BMP"), "unsupported", "BMP"),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(60), "unsupported", "HEIC"),
    "heic as another may begin": (
        lambda: b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(60),
        "unsupported",
        "HEIC",
    ),
    "film": (lambda: b"\0\0\0\x18ftypisom" + bytes(60), "not_a_picture", "not a picture"),
    "measured": (lambda: encoded(photo("F"), "TIFF"), "unsupported", "measured data"),
    "signature only": (lambda: b"\xff\xd8\xff", "damaged", "JPEG"),
    "too many bytes": (lambda: bytes(2_100_000), "too_large", "2.0\xa0MB"),
    "too many pixels": (
        lambda: encoded(photo("L", (2001, 2000))),
        "too_many_pixels",
        "2001 × 2000",
    ),
    "too long": (lambda: png_header(MAX_SIDE + 1, 1), "too_long", str(MAX_SIDE)),
    "bomb": (lambda: png_header(100_000, 100_000), "too_many_pixels", "4 million"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    make, code, text = REFUSED[name]
    with pytest.raises(ImageRefused) as caught:
        make_safe(make(), **LIMITS)
    assert caught.value.code == code
    assert text in str(caught.value)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_cut_short(form, part):
    data = encoded(photo("P" if form == "GIF" else "RGB", (200, 150)), form)
    with pytest.raises(ImageRefused) as caught:
        make_safe(data[: int(len(data) * part)], **LIMITS)
    assert caught.value.code == "damaged"
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("size", [(100_000, 100_000), (10_000, 9_500), (40_000, 50_000)])
def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch, size):
    def load(self):
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    with pytest.raises(ImageRefused) as caught:
        make_safe(png_header(*size), **LIMITS)
    assert caught.value.code == "too_many_pixels"


def test_a_limit_above_that_of_pillow_is_the_one_that_counts(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # would warn, and warnings are errors
    assert make_safe(encoded(photo()), **LIMITS).width == 64


class Upload(io.BytesIO):
    """A stream that knows its size, as Django's do, and counts what is taken from it."""

    def __init__(self, size):
        super().__init__(b"\xff" * size)
        self.size, self.taken = size, 0

    def read(self, count=-1):
        part = super().read(min(count, 1000))  # and gives less than asked, as a socket may
        self.taken += len(part)
        return part


def test_no_more_is_read_than_needed():
    upload = Upload(5 * 1024 * 1024)
    with pytest.raises(ImageRefused, match=r"5\.0\xa0MB, and the limit is 1\.0\xa0MB"):
        make_safe(upload, max_bytes=1024 * 1024, max_pixels=100)
    assert upload.taken == 1024 * 1024 + 1


def test_a_file_of_exactly_the_limit_is_taken():
    data = encoded(photo())
    assert make_safe(data, max_bytes=len(data), max_pixels=64 * 48).width == 64
    for limits in ({"max_bytes": len(data) - 1}, {"max_pixels": 64 * 48 - 1}):
        with pytest.raises(ImageRefused):
            make_safe(data, **(LIMITS | limits))


# --- what a picture may cost -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "form", "options", "share"),
    [
        ("RGBA", "PNG", {}, 2),
        ("CMYK", "JPEG", {}, 2),
        ("RGB", "WEBP", {}, 2),
        ("RGB", "WEBP", {"lossless": True}, 2),
        ("RGBA", "WEBP", {}, 3),
        ("RGBA", "WEBP", {"lossless": True}, 3),
        ("RGB", "AVIF", {"speed": 10}, 2),
    ],
)
def test_where_a_pixel_takes_more_there_may_be_fewer(mode, form, options, share):
    most = 4_000_000 // share // 2_000
    picture = Image.new(mode, (2000, most + 1), (9, 9, 9, 99)[: len(mode)])
    words = r"(2|1\.33\d*) million for a WebP, or for one with transparency"
    with pytest.raises(ImageRefused, match=words) as refused:
        make_safe(encoded(picture, form, **options), **LIMITS)
    assert refused.value.code == "too_many_pixels"
    smaller = picture.crop((0, 0, 2000, most))
    assert make_safe(encoded(smaller, form, **options), **LIMITS).width == 2000
    assert make_safe(encoded(picture.convert("RGB"), "PNG"), **LIMITS).width == 2000


PEAK = """
import io, resource, sys
from PIL import ExifTags, Image, ImageCms
from heritage.media.uploads import make_safe

mode, megapixels, form = sys.argv[1], float(sys.argv[2]), sys.argv[3]
width, height = int((megapixels * 1.5e6) ** 0.5), int((megapixels / 1.5 * 1e6) ** 0.5)
data = io.BytesIO()
exif = Image.Exif()
exif[ExifTags.Base.Orientation] = 6
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
options = {
    "JPEG": {"exif": exif, "icc_profile": profile}, "PNG": {"compress_level": 1},
    "WEBP": {"lossless": True, "quality": 0, "method": 0},
    "AVIF": {"speed": 10},
}[form]
Image.linear_gradient("L").resize((width, height)).convert(mode).save(data, form, **options)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
make_safe(data.getvalue(), max_bytes=10**9, max_pixels=10**9)
print(before, peak())
"""


@pytest.mark.parametrize(
    ("mode", "megapixels", "form", "most"),
    [
        ("RGB", 24, "JPEG", 10),
        ("RGB", 24, "PNG", 10),
        ("RGBA", 12, "PNG", 20),
        ("RGB", 12, "WEBP", 20),
        ("RGBA", 8, "WEBP", 30),
        ("RGB", 12, "AVIF", 20),
    ],
)
def test_no_picture_takes_more_memory_than_its_pixels_allow(mode, megapixels, form, most):
    """Bytes for each pixel at the peak, beside what a process with such a file takes anyway.

    The most pixels of each kind take the same: ten bytes for each that the lightest may have.
    """

    done = subprocess.run(
        [sys.executable, "-c", PEAK, mode, str(megapixels), form],
        cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    before, peak = map(int, done.stdout.split())
    # Making the file holds the picture once, in four bytes a pixel; that is given back before.
    assert peak - before + 4 * megapixels * 1e6 < most * megapixels * 1e6


def progressive(scans: int) -> bytes:
    """A progressive JPEG with the last of its scans again and again."""
    data = encoded(photo(), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def test_a_jpeg_of_endless_scans_is_refused():
    with pytest.raises(ImageRefused) as refused:
        make_safe(progressive(200), **LIMITS)
    assert refused.value.code == "damaged"
    assert make_safe(progressive(0), **LIMITS).format == "jpeg"


def test_what_a_phone_puts_behind_a_jpeg_is_no_scan():
    assert make_safe(encoded(photo()) + b"\xff\xda" * 500, **LIMITS).format == "jpeg"


def test_one_picture_is_decoded_at_a_time(monkeypatch):
    """Of a worker with several threads: each takes hundreds of megabytes."""
    decode, inside, most = uploads._decode, [], []

    def slowly(*args):
        inside.append(None)
        most.append(len(inside))
        time.sleep(0.02)  # the others would come in
        picture = decode(*args)
        inside.pop()
        return picture

    monkeypatch.setattr(uploads, "_decode", slowly)
    data = encoded(photo())
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _number: make_safe(data, **LIMITS), range(4)))
    assert len({each.sha256 for each in made}) == 1
    assert most == [1, 1, 1, 1]


# --- originals and looks ---------------------------------------------------------------------


@pytest.mark.django_db
def test_the_original_is_kept_as_it_was_sent_and_nothing_serves_it(client, settings):
    data = MARKED["jpeg"]()
    site = build.make_site("Here")
    images = [
        build.make_image(site, file=ContentFile(data, name="survey of Li.jpg")) for _ in range(2)
    ]
    for image in images:
        image.refresh_from_db()
    name = f"{hashlib.sha256(data).hexdigest()}.jpg"
    assert {image.original.name for image in images} == {name}
    assert [path.name for path in Path(settings.ORIGINALS_ROOT).iterdir()] == [name]
    assert (Path(settings.ORIGINALS_ROOT) / name).read_bytes() == data
    with pytest.raises(ValueError, match="not served"):
        images[0].original.url  # noqa: B018
    assert client.get(f"/images/{images[0].uid}/{name}").status_code == 404
    served = client.get(f"/images/{images[0].uid}/{images[0].file_name}")
    assert MARK not in served.getvalue()


@pytest.mark.django_db
def test_an_original_that_was_written_in_part_is_written_anew(settings):
    data = encoded(photo())
    folder = Path(settings.ORIGINALS_ROOT)
    folder.mkdir()
    name = f"{hashlib.sha256(data).hexdigest()}.jpg"
    (folder / name).write_bytes(data[:50])
    build.make_image(build.make_site("Here"), file=ContentFile(data, name="a.jpg"))
    assert (folder / name).read_bytes() == data


def test_a_picture_is_known_again_by_its_look():
    plain = Image.linear_gradient("L").rotate(90).resize((400, 300)).convert("RGB")
    plain.paste("white", (40, 60, 150, 260))
    plain.paste("black", (200, 20, 360, 140))
    other = plain.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    same = [
        encoded(plain, quality=30),
        encoded(plain.resize((200, 150)), "PNG"),
        encoded(plain.point(lambda value: min(255, value + 20)), "WEBP"),
        encoded(plain.convert("RGBA"), "PNG"),
    ]
    look = make_safe(encoded(plain), **LIMITS).look
    assert all(looks.distance(look, make_safe(data, **LIMITS).look) <= looks.ALIKE for data in same)
    assert looks.distance(look, make_safe(encoded(other), **LIMITS).look) > looks.ALIKE


def test_a_placeholder_is_the_picture_in_a_few_pixels():
    safe = make_safe(encoded(Image.new("RGB", (400, 200), (200, 30, 30))), **LIMITS)
    tiny = Image.open(io.BytesIO(base64.b64decode(safe.placeholder)))
    assert tiny.size == (16, 8) and len(safe.placeholder) < 300
    assert tiny.convert("RGB").getpixel((8, 4)) == pytest.approx((200, 30, 30), abs=12)
