"""What is served of a photograph: nothing beside the picture, whatever was in the file, and no more
bytes than a page has for it."""

import base64
import io
import random
import signal
import struct
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image as Picture
from PIL import ImageCms

from heritage.media import tiles
from heritage.models import Image, Job, Rendition
from heritage.services import jobs, renditions
from tests import builders as build
from tests.killable_workers import killable_workers, wait_until
from tests.landscapes import landscape
from tests.test_jobs import fresh, make_silent
from tests.test_pictures import XMP, exif

SECRETS = (b"Li Hua", b"Camera Wang", b"SECRET", b"Exif", b"http://ns.adobe.com", b"photoshop")


def stuffed(picture):
    """As a camera, an editing program and a scanner would have left it."""
    out = io.BytesIO()
    picture.save(
        out,
        "JPEG",
        quality=92,
        exif=exif(),
        xmp=XMP,
        comment=b"SECRET comment",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    data = out.getvalue()
    iptc = (
        b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 12) + b"\x1c\x02PSECRET iptc"
    )
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + b"SECRET behind the end"


# --- what a file holds: its segments, chunks or boxes ------------------------------------------


def parts_of(data):
    """The names of the parts of a picture file, in their order; of anything behind it "rest"."""
    if data.startswith(b"\xff\xd8"):
        return list(_jpeg(data))
    if data.startswith(b"\x89PNG"):
        return list(_png(data))
    if data.startswith(b"RIFF"):
        return list(_riff(data))
    assert data[4:8] == b"ftyp"
    return list(_boxes(data))


def _jpeg(data):
    at = 2
    while at < len(data):
        assert data[at] == 0xFF
        marker = data[at + 1]
        at += 2
        if marker == 0xD9:
            break
        (length,) = struct.unpack(">H", data[at : at + 2])
        yield f"APP{marker - 0xE0}" if 0xE0 <= marker <= 0xEF else f"{marker:02X}"
        if marker == 0xE0:
            assert length == 16 and data[at + 2 : at + 7] == b"JFIF\0"  # no small picture in it
        at += length
        if marker == 0xDA:  # the picture itself goes on to the next marker
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
    if at != len(data):
        yield "rest"


def _png(data):
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8].decode()
        yield kind
        at += 12 + length
        if kind == "IEND" and at != len(data):
            yield "rest"
            return


def _riff(data):
    at = 12
    while at < len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        yield data[at : at + 4].decode()
        at += 8 + length + length % 2


def _boxes(data, inside=""):
    at = 0
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8].decode("latin-1")
        body = data[at + 8 : at + length]
        if kind == "infe":  # an item, by its type
            yield f"item {body[8:12].decode('latin-1')}"
        elif kind == "colr":
            yield f"colr {body[:4].decode('latin-1')}"
        elif kind in ("meta", "iinf", "iprp", "ipco"):
            yield kind
            yield from _boxes(body[{"meta": 4, "iinf": 6}.get(kind, 0) :], kind)
        else:
            yield kind
        at += length
    if at != len(data):
        yield "rest"


# Tables, frame, scan; what a PNG needs; the picture and its transparency.
ALLOWED = {
    "jpeg": {"APP0", "DB", "C0", "C2", "C4", "DA", "DD"},
    "png": {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"},
    "webp": {"VP8 ", "VP8L", "VP8X", "ALPH"},
    "avif": {
        *("ftyp", "meta", "hdlr", "pitm", "iloc", "iinf", "item av01", "iprp", "ipco", "ispe"),
        *("pixi", "av1C", "colr nclx", "ipma", "mdat", "iref", "auxC"),
    },
}


def assert_bare(data, where):
    kind = Picture.open(io.BytesIO(data)).format.lower()
    extra = set(parts_of(data)) - ALLOWED[kind]
    assert not extra, (where, kind, extra)
    assert not [word for word in SECRETS if word in data], where


@pytest.mark.django_db
def test_nothing_that_is_served_says_more_than_the_picture(client):
    found = set(parts_of(stuffed(landscape(90, 60))))
    assert found - ALLOWED["jpeg"] == {
        "APP1",
        "APP2",
        "APP13",
        "FE",
        "rest",
    }  # the parser sees them
    site = build.make_site("Here", slug="here")
    clear = landscape(700, 500).convert("RGBA")
    clear.putalpha(Picture.linear_gradient("L").resize(clear.size))
    out = io.BytesIO()
    clear.save(out, "PNG", exif=exif())
    images = [
        build.make_image(site, file=ContentFile(data, name=name), author="Bo")
        for data, name in (
            (stuffed(landscape(1500, 1000)), "stuffed.jpg"),
            (out.getvalue(), "clear.png"),
        )
    ]
    call_command("renditions", stdout=io.StringIO())
    addresses = [f"/previews/{site.uid}.jpg"]
    for image in images:
        folder = f"/images/{image.uid}"
        addresses.append(f"{folder}/{image.file_name}")
        rows = Rendition.objects.filter(source=image.source).exclude(form__in=Rendition.NO_FILES)
        addresses += [f"{folder}/{row.name}" for row in rows]
        whole = tiles.PixelSize(image.width, image.height)
        names = [
            *tiles.tile_names(whole),
            "10,10,200,200/99,/90/gray.png",
            "square/!90,90/!0/color.jpg",
        ]
        addresses += [f"/iiif/3/{image.tiles_id}/{name}" for name in names]
        assert_bare(
            base64.b64decode(image.placeholder), "placeholder"
        ) if image.placeholder else None
    kinds = set()
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        data = answer.getvalue() if answer.streaming else answer.content
        assert_bare(data, address)
        kinds.add(answer["Content-Type"])
    assert kinds == {"image/jpeg", "image/png", "image/avif"}
    assert images[0].placeholder and len(addresses) > 25
    # The uploads themselves, which nothing serves, are as they were sent.
    with images[0].original.open("rb") as original:
        assert b"SECRET comment" in original.read()


# --- how many bytes ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_photographs_weigh_what_pages_have_room_for(client):
    """A card 15 kB, the first of a page 120 kB, twenty on a list 400 kB, as AVIF."""
    cards = 0
    for seed in range(2):
        image = build.make_image(
            build.make_site(f"Site {seed}"), file=build_jpeg(landscape(2400, 1600, seed))
        )
        renditions.make(image)
        sizes = dict(
            Rendition.objects.filter(source=image.source, form="avif").values_list("width", "bytes")
        )
        assert sizes[320] <= 15_000 and sizes[1280] <= 120_000, sizes
        cards += sizes[320]
    assert 10 * cards <= 400_000


def build_jpeg(picture):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return ContentFile(out.getvalue(), name="landscape.jpg")


# --- broken off ----------------------------------------------------------------------------------

KILLS, PICTURES = 8, 4


def assert_whole():
    """What rows and links name is there and can be read, and is the whole of it."""
    for row in Rendition.objects.exclude(form="all"):
        names = [row.path]
        if row.form == "tiles":
            size = tiles.PixelSize(row.width, row.height)
            names = [f"{row.path}/{name}" for name in tiles.tile_names(size)]
        assert sum(map(default_storage.size, names)) == row.bytes
        for name in names:
            with default_storage.open(name) as file:
                Picture.open(file).load()
    made = {row.source for row in Rendition.objects.filter(form="tiles")}
    folder = Path(default_storage.path("iiif/3"))
    links = [each.resolve().name for each in folder.iterdir()] if folder.is_dir() else []
    assert set(links) <= made


@pytest.mark.django_db
def test_sizes_that_are_there_are_not_made_again_by_a_second_run():
    """The small ones would be made of a wider one than before, and be other than their rows say."""
    image = build.make_image(build.make_site("Site"), file=build_jpeg(landscape(1100, 700)))
    renditions.make(image)
    Rendition.objects.filter(form__in=("avif", "all"), width__lt=1100).delete()
    assert renditions.make(image) == 2  # AVIF of 320 and 640 pixels
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_killed_leaves_nothing_in_part_and_goes_on(settings):
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"  # that of the process beside
    dice = random.Random(3)
    for seed in range(PICTURES):
        site = build.make_site(f"Site {seed}")
        build.make_image(site, file=build_jpeg(landscape(1100, 700, seed)))
    Rendition.objects.all().delete()
    Job.objects.all().delete()
    partly = set()
    with killable_workers() as workers:
        job = jobs.start(renditions.KIND)

        def has_done(target):
            return fresh(job).state == "done" or Rendition.objects.count() >= target

        for _kill in range(KILLS):
            worker = workers.begin()
            before = Rendition.objects.count()
            wait_until(lambda before=before: has_done(before + dice.randint(1, 4)))
            time.sleep(dice.random() * 0.1)
            workers.end(worker, signal.SIGKILL)
            assert_whole()
            partly.add(Rendition.objects.count())
            job = fresh(job)
            if job.state == "done":
                break
            make_silent(job)
            job = fresh(job)
            job.continue_()
        worker = workers.begin()
        wait_until(lambda: fresh(job).state == "done")
        workers.end(worker, signal.SIGTERM)
    assert len(partly) > 2, partly
    assert_whole()
    assert not renditions.missing().exists()
    assert Rendition.objects.filter(form="tiles").count() == PICTURES
    links = {each.name for each in Path(default_storage.path("iiif/3")).iterdir()}
    assert links == {image.tiles_id for image in Image.objects.all()}
