"""What a picture file says of itself: author, date, caption, licence and place, as suggestions.

Cameras and editors write it as EXIF, XMP or IPTC. It is only suggested to editors. What cannot be
read is left out without an error, since most files say nothing.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin, PngImagePlugin

_LONGEST = 2_000  # characters of a text
_LARGEST_XMP = 500_000  # bytes
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_CC = "{http://creativecommons.org/ns#}"
_TIFF_XMP = 700
_DAY = re.compile(r"(\d{4})[-:]?(\d{2})[-:]?(\d{2})")
_DEGREES = (1, 60, 3600)


@dataclass(slots=True)
class Embedded:
    """What a file says; a text is empty where it says nothing."""

    author: str = ""
    taken: str = ""  # EDTF, such as 2024-05-13
    caption: str = ""
    licence_url: str = ""
    rights: str = ""  # a statement in words
    point: tuple[float, float] | None = None  # latitude and longitude, where the camera was


def read_embedded(data: bytes) -> Embedded:
    """Read what a file says, without decoding its pixels; never raises an error."""
    found = Embedded()
    try:
        with Image.open(
            io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
        ) as picture:
            for read in (_xmp, _iptc, _exif):
                try:
                    for name, value in read(picture):
                        if value and not getattr(found, name):
                            setattr(found, name, value)
                except Exception:  # noqa: S112 - hostile bytes make a parser raise anything
                    continue
    except Exception:  # noqa: S110 - as above
        pass
    return found


type Facts = Iterator[tuple[str, Any]]


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return " ".join(str(value or "").replace("\0", " ").split())[:_LONGEST]


def _day(text: str) -> str:
    """The day that a time begins with, if there is such a day."""
    match = _DAY.match(text)
    if not match:
        return ""
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""


def _xmp(picture: ImageFile.ImageFile) -> Facts:
    raw = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if raw is None and hasattr(picture, "tag_v2"):
        raw = picture.tag_v2.get(_TIFF_XMP)
    if raw is None and isinstance(picture, PngImagePlugin.PngImageFile):
        raw = picture.text.get("XML:com.adobe.xmp")
    data = raw.encode() if isinstance(raw, str) else bytes(raw or b"")
    if not data or len(data) > _LARGEST_XMP or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return
    root = ET.fromstring(data.strip(b"\0 \r\n\t"))  # noqa: S314 - no entities, see above
    values: dict[str, str] = {}
    for about in root.iter(f"{_RDF}Description"):
        for name, value in about.attrib.items():
            values.setdefault(name, _text(value))
        for element in about:
            items = [_text(item.text) for item in element.iter(f"{_RDF}li")]
            texts = items or [_text(element.text), element.get(f"{_RDF}resource", "")]
            several = ", " if element.tag == f"{_DC}creator" else ""
            texts = list(filter(None, texts))
            if texts:
                values.setdefault(element.tag, several.join(texts) if several else texts[0])
    yield "author", values.get(f"{_DC}creator")
    yield "caption", values.get(f"{_DC}description")
    for name in (f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated"):
        yield "taken", _day(values.get(name, ""))
    for name in (f"{_CC}license", f"{_RIGHTS}WebStatement"):
        address = values.get(name, "")
        yield "licence_url", address if address.startswith(("http://", "https://")) else ""
    yield "rights", values.get(f"{_DC}rights")


def _iptc(picture: ImageFile.ImageFile) -> Facts:
    facts: dict[tuple[int, int], Any] = IptcImagePlugin.getiptcinfo(picture) or {}

    def text_of(number: int) -> str:
        value = facts.get((2, number), b"")
        return ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)

    yield "author", text_of(80)
    yield "caption", text_of(120)
    yield "taken", _day(text_of(55))
    yield "rights", text_of(116)


def _exif(picture: ImageFile.ImageFile) -> Facts:
    exif = picture.getexif()
    yield "author", _text(exif.get(ExifTags.Base.Artist))
    yield "caption", _text(exif.get(ExifTags.Base.ImageDescription))
    yield "rights", _text(exif.get(ExifTags.Base.Copyright))
    yield (
        "taken",
        _day(_text(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal))),
    )
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S")
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W")
    # Zero and zero is what a camera writes that does not know.
    if (latitude or longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
        yield "point", (round(latitude, 6), round(longitude, 6))


def _degrees(gps: dict, value: int, reference: int, negative: str) -> float:
    parts = gps.get(value) or ()
    found = sum(float(part) / unit for part, unit in zip(parts, _DEGREES, strict=False))
    is_negative = _text(gps.get(reference)).upper().startswith(negative)
    return -found if is_negative else found
