"""Parts of pictures for viewers that speak IIIF, put together from stored tiles.

The requests are those that validators of the Image API 3.0 make of a server of level 2.
"""

import copy
import io

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image as Picture
from PIL import ImageChops, ImageStat

from heritage.formats import iiif
from heritage.media import tiles
from heritage.services import renditions
from heritage.web.iiif import views
from tests import builders as build
from tests.webrows import vocabulary

pytestmark = pytest.mark.django_db

WIDTH, HEIGHT, SQUARES = 1200, 1000, 10
COLOURS = {
    (column, row): (25 * column, 25 * row, 255 - 12 * (column + row))
    for column in range(SQUARES)
    for row in range(SQUARES)
}


def squares(form="JPEG"):
    """Of ten by ten colours, by which one sees what a part shows."""
    drawn = Picture.new("RGB", (SQUARES, SQUARES))
    for place, colour in COLOURS.items():
        drawn.putpixel(place, colour)
    out = io.BytesIO()
    drawn.resize((WIDTH, HEIGHT), Picture.Resampling.NEAREST).save(out, form, quality=95)
    return out.getvalue()


def squares_of_longmen():
    """A published picture with its tiles."""
    site = build.make_site(
        "Longmen Grottoes",
        "龙门石窟",
        slug="longmen",
        place=vocabulary().county,
        latitude=34.5556,
        longitude=112.4722,
    )
    build.make_event(site, "founded", "0493")
    licence = build.make_licence(
        "CC-BY-4.0",
        label=build.text("CC BY 4.0"),
        url="https://creativecommons.org/licenses/by/4.0/deed.zh",
    )
    image = build.make_image(
        site,
        file=ContentFile(squares(), name="squares.jpg"),
        caption=build.text("Squares", "方格"),
        author="Li Hua",
        licence=licence,
    )
    renditions.make(image)
    return image


@pytest.fixture(scope="module")
def stored(made_once):
    return made_once(lambda: (squares_of_longmen(), django_settings.MEDIA_ROOT))


@pytest.fixture
def image(stored, settings):
    image, settings.MEDIA_ROOT = copy.deepcopy(stored)
    return image


def get(client, path, status=200, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, (path, answer.status_code, answer.content[:200])
    assert answer["Access-Control-Allow-Origin"] == "*"
    return answer


def content(answer):
    return answer.getvalue() if answer.streaming else answer.content


def shown(answer):
    return Picture.open(io.BytesIO(content(answer)))


def base(image):
    return f"/iiif/3/{image.tiles_id}"


# --- pictures --------------------------------------------------------------------------------


def test_what_is_known_of_a_picture(client, image):
    answer = get(client, f"{base(image)}/info.json")
    assert answer["Content-Type"] == f'application/ld+json;profile="{iiif.IMAGES}"'
    assert answer["Link"] == '<http://iiif.io/api/image/3/level2.json>;rel="profile"'
    info = answer.json()
    assert next(iter(info)) == "@context"
    assert info == {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": f"http://testserver{base(image)}",
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": WIDTH,
        "height": HEIGHT,
        "maxWidth": 4096,
        "maxHeight": 4096,
        "maxArea": 4_000_000,
        "sizes": [
            {"width": 300, "height": 250},
            {"width": 600, "height": 500},
            {"width": 1200, "height": 1000},
        ],
        "tiles": [{"width": 512, "scaleFactors": [1, 2, 4]}],
        "rights": "http://creativecommons.org/licenses/by/4.0/",
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": ["mirroring", "canonicalLinkHeader", "profileLinkHeader"],
    }
    for accept, kind in {
        "application/json": "application/json",
        "application/ld+json": "application/ld+json",
        "*/*": "application/ld+json",
    }.items():
        answer = get(client, f"{base(image)}/info.json", accept=accept)
        assert answer["Content-Type"].partition(";")[0] == kind, accept
    again = get(client, f"{base(image)}/info.json", 304, if_none_match=answer["ETag"])
    assert not again.content
    answer = get(client, base(image), 303)
    assert answer["Location"] == f"{base(image)}/info.json"


def test_all_that_the_information_offers_is_there(client, image):
    """Each size and each tile, as clients make their addresses of it."""
    info = get(client, f"{base(image)}/info.json").json()
    for size in info["sizes"]:
        answer = get(client, f"{base(image)}/full/{size['width']},{size['height']}/0/default.jpg")
        assert shown(answer).size == (size["width"], size["height"])
    [offered] = info["tiles"]
    count = 0
    for factor in offered["scaleFactors"]:
        side = offered["width"] * factor
        for y in range(0, HEIGHT, side):
            for x in range(0, WIDTH, side):
                width, height = min(side, WIDTH - x), min(side, HEIGHT - y)
                size = -(-width // factor), -(-height // factor)
                path = f"{x},{y},{width},{height}/{size[0]},{size[1]}/0/default.jpg"
                answer = get(client, f"{base(image)}/{path}")
                assert answer.streaming  # a stored file
                assert shown(answer).size == size
                count += 1
    assert count == 6 + 2 + 1


# What is asked for; the size of the answer, what it shows of the picture, and how its canonical
# address goes on behind that.
FULL = (0, 0, WIDTH, HEIGHT)
PARTS = {
    "full/max/0/default.jpg": ((1200, 1000), FULL, "max/0/default.jpg"),
    "full/max/0/default.png": ((1200, 1000), FULL, "max/0/default.png"),
    "0,0,1200,1000/max/0/color.jpg": ((1200, 1000), FULL, "max/0/default.jpg"),
    "square/max/0/default.jpg": ((1000, 1000), (100, 0, 1000, 1000), "max/0/default.jpg"),
    "120,200,360,300/max/0/default.png": ((360, 300), (120, 200, 360, 300), "max/0/default.png"),
    "pct:10,20,30,30/max/0/default.jpg": ((360, 300), (120, 200, 360, 300), "max/0/default.jpg"),
    "pct:10.0,20.5,.5,99.5/max/0/default.jpg": ((6, 795), (120, 205, 6, 795), "max/0/default.jpg"),
    "1080,900,500,500/max/0/default.jpg": ((120, 100), (1080, 900, 120, 100), "max/0/default.jpg"),
    "full/600,/0/default.jpg": ((600, 500), FULL, "600,500/0/default.jpg"),
    "full/^600,/0/default.jpg": ((600, 500), FULL, "600,500/0/default.jpg"),
    "full/,250/0/default.jpg": ((300, 250), FULL, "300,250/0/default.jpg"),
    "full/pct:50/0/default.jpg": ((600, 500), FULL, "600,500/0/default.jpg"),
    "full/!400,900/0/default.jpg": ((400, 333), FULL, "400,333/0/default.jpg"),
    "full/!900,400/0/default.jpg": ((480, 400), FULL, "480,400/0/default.jpg"),
    "full/300,800/0/default.jpg": ((300, 800), FULL, "300,800/0/default.jpg"),
    "512,0,512,512/512,512/0/default.jpg": ((512, 512), (512, 0, 512, 512), "max/0/default.jpg"),
    "360,0,480,400/120,100/0/default.png": ((120, 100), (360, 0, 480, 400),
                                            "120,100/0/default.png"),
    "599,499,2,2/1,1/0/default.jpg": ((1, 1), (599, 499, 2, 2), "1,1/0/default.jpg"),
}  # fmt: skip


@pytest.mark.parametrize("path", PARTS)
def test_a_part_is_what_was_asked_for(client, image, path):
    size, region, canonical = PARTS[path]
    answer = get(client, f"{base(image)}/{path}")
    found = shown(answer)
    assert found.size == size
    assert found.format == {"jpg": "JPEG", "png": "PNG"}[path[-3:]]
    cut = "full" if region == FULL else ",".join(map(str, region))
    address = f"http://testserver{base(image)}/{cut}/{canonical}"
    assert f'<{address}>;rel="canonical"' in answer["Link"]
    assert '<http://iiif.io/api/image/3/level2.json>;rel="profile"' in answer["Link"]
    assert_shows(found.convert("RGB"), region)


def assert_shows(found, region):
    """In the middle of each square that lies within the region there is its colour."""
    x, y, width, height = region
    checked = 0
    for (column, row), colour in COLOURS.items():
        at_x, at_y = 120 * column + 60, 100 * row + 50
        if x + 30 <= at_x < x + width - 30 and y + 30 <= at_y < y + height - 30:
            at = (at_x - x) * found.width // width, (at_y - y) * found.height // height
            assert found.getpixel(at) == pytest.approx(colour, abs=9), (column, row)
            checked += 1
    assert checked or width < 120 or height < 100


TURNED = {
    "90": (Picture.Transpose.ROTATE_270,),
    "180": (Picture.Transpose.ROTATE_180,),
    "270": (Picture.Transpose.ROTATE_90,),
    "360": (),
    "!0": (Picture.Transpose.FLIP_LEFT_RIGHT,),
    "!90": (Picture.Transpose.FLIP_LEFT_RIGHT, Picture.Transpose.ROTATE_270),
    "!180": (Picture.Transpose.FLIP_LEFT_RIGHT, Picture.Transpose.ROTATE_180),
}


@pytest.mark.parametrize("rotation", TURNED)
def test_a_part_is_mirrored_and_then_turned_clockwise(client, image, rotation):
    found = shown(get(client, f"{base(image)}/0,0,600,500/300,/{rotation}/default.png"))
    wanted = shown(get(client, f"{base(image)}/0,0,600,500/300,/0/default.png"))
    for way in TURNED[rotation]:
        wanted = wanted.transpose(way)
    assert found.size == wanted.size
    assert ImageChops.difference(found, wanted).getbbox() is None


def test_qualities(client, image):
    whole = f"{base(image)}/full/600,/0"
    gray = shown(get(client, f"{whole}/gray.png"))
    assert gray.mode == "L" and len(gray.getcolors()) > 50
    bitonal = shown(get(client, f"{whole}/bitonal.png"))
    assert bitonal.mode == "1" and len(bitonal.getcolors()) == 2
    assert shown(get(client, f"{whole}/bitonal.jpg")).mode == "L"
    assert content(get(client, f"{whole}/color.jpg")) == content(
        get(client, f"{whole}/default.jpg")
    )


REFUSED = {
    400: (
        "frob/max/0/default.jpg",
        "0,0,0,10/max/0/default.jpg",
        "1200,0,10,10/max/0/default.jpg",
        "-1,0,10,10/max/0/default.jpg",
        "1,2,3/max/0/default.jpg",
        "pct:1,2,3/max/0/default.jpg",
        "pct:0,0,0,100/max/0/default.jpg",
        "pct:101,0,10,10/max/0/default.jpg",
        "0,0,99999999999999999999,1/max/0/default.jpg",
        "full/full/0/default.jpg",  # of version 2
        "full/frob/0/default.jpg",
        "full/,/0/default.jpg",
        "full/0,/0/default.jpg",
        "full/,0/0/default.jpg",
        "full/0,10/0/default.jpg",
        "full/pct:0/0/default.jpg",
        "full/pct:101/0/default.jpg",
        "full/!1201,1001/0/default.jpg",
        "full/1201,/0/default.jpg",
        "full/,1001/0/default.jpg",
        "full/1201,10/0/default.jpg",
        "full/-10,/0/default.jpg",
        "full/+10,/0/default.jpg",
        "full/max/frob/default.jpg",
        "full/max/22.5/default.jpg",
        "full/max/361/default.jpg",
        "full/max/-90/default.jpg",
        "full/max/!/default.jpg",
        "full/max/0/frob.jpg",
        "full/max/0/native.jpg",
        "full/max/0/default.frob",
        "full/max/0/default.tif",
        "full/max/0/default.webp",
    ),
    501: (
        "full/^max/0/default.jpg",
        "full/^1201,/0/default.jpg",
        "full/^,1001/0/default.jpg",
        "full/^pct:120/0/default.jpg",
        "full/^!2000,2000/0/default.jpg",
        "full/^1201,10/0/default.jpg",
    ),
}


@pytest.mark.parametrize("status", REFUSED)
def test_what_cannot_be_had_is_refused_as_the_api_says(client, image, status):
    for path in REFUSED[status]:
        answer = get(client, f"{base(image)}/{path}", status)
        assert answer["Content-Type"].startswith("text/plain") and answer.content


def test_pictures_that_are_not_there(client, image):
    for name in ("frob", "%5Bfrob%5D", f"{image.uid}-000000000000", "a%2Fb", image.uid):
        for rest in ("info.json", "full/max/0/default.jpg"):
            assert client.get(f"/iiif/3/{name}/{rest}").status_code == 404, name
    answer = client.get(f"/iiif/3/{image.tiles_id.replace('-', '%2D')}/info.json")
    assert answer.status_code == 200


def test_browsers_keep_parts_and_ask_for_none_twice(client, image, monkeypatch):
    path = f"{base(image)}/10,10,300,300/200,/0/default.jpg"
    answer = get(client, path)
    assert "immutable" in answer["Cache-Control"] and "s-maxage=3600" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff" and not answer.cookies
    monkeypatch.setattr(tiles, "assemble", None)  # would fail
    again = get(client, path, 304, if_none_match=answer["ETag"])
    assert not again.content and again["Link"] == answer["Link"]
    asked = client.options(f"{base(image)}/info.json")
    assert asked.status_code == 204 and asked["Access-Control-Allow-Methods"].startswith("GET")
    assert client.post(path).status_code == 405


def test_one_part_at_a_time_is_put_together(client, image, django_assert_max_num_queries):
    """Who comes meanwhile is told to come again at once, so that no worker waits."""
    paths = [
        f"{base(image)}/{part}"
        for part in (
            "10,10,300,300/200,/0/default.jpg",
            "512,0,512,512/512,512/90/default.jpg",
            "0,0,512,512/512,512/0/gray.jpg",
            "square/200,/0/default.jpg",
        )
    ]
    spelt_as_a_tile = f"{base(image)}/0,0,512,512/300,300/0/default.jpg"
    client.get("/robots.txt")
    with views._turn:
        for path in paths:
            with django_assert_max_num_queries(1):  # none of the picture
                answer = get(client, path, 503)
            assert answer["Retry-After"] == "1" and "no-cache" in answer["Cache-Control"]
        assert get(client, spelt_as_a_tile, 503)["Retry-After"] == "1"
        for tile in ("0,0,512,512/512,512", "1024,512,176,488/176,488", "full/300,250"):
            get(client, f"{base(image)}/{tile}/0/default.jpg").getvalue()
    for path in (*paths, spelt_as_a_tile):
        get(client, path)


@pytest.mark.parametrize(
    ("size", "largest"),
    [
        ((6000, 4000), (2449, 1632)),
        ((60_000, 300), (4096, 20)),
        ((2000, 2000), (2000, 2000)),
        ((2001, 2000), (2000, 1999)),
    ],
)
def test_nothing_larger_than_the_limits_is_put_together(size, largest):
    whole = tiles.PixelSize(*size)
    asked = tiles.parse(whole, "full", "max", "0", "default", "jpg")
    assert asked.size == largest and asked.canonical.startswith("full/max/")
    for text in (f"{largest[0] + 2},", f"{largest[0] + 2},{largest[1]}"):
        if largest[0] + 2 <= size[0]:
            with pytest.raises(tiles.RequestRefused, match="at most 4096"):
                tiles.parse(whole, "full", text, "0", "default", "jpg")
    for size in tiles.level_sizes(whole):
        assert size.width * size.height <= tiles.MAX_AREA and max(size) <= tiles.MAX_WIDTH


@pytest.mark.parametrize("size", [(1, 1), (512, 512), (513, 1), (1025, 700), (40, 3000)])
def test_a_pyramid_shows_the_picture_at_every_level(size):
    """What is put together from tiles differs from the picture by what JPEG loses, and no more."""
    drawn = Picture.merge(
        "RGB",
        [
            Picture.linear_gradient("L").resize(size),
            Picture.linear_gradient("L").rotate(90).resize(size),
            Picture.new("L", size, 90),
        ],
    )
    out = io.BytesIO()
    drawn.save(out, "PNG")
    whole = tiles.PixelSize(*size)
    made = dict(tiles.pyramid(io.BytesIO(out.getvalue())))
    assert list(made) == list(tiles.tile_names(whole))
    for factor in tiles.scale_factors(whole):
        width, height = (-(-side // factor) for side in size)
        for text in (f"{width},{height}", f"{max(1, width - 3)},"):
            asked = tiles.parse(whole, "full", text, "0", "default", "png")
            found = tiles.assemble(asked, lambda name: io.BytesIO(made[name]))
            wanted = drawn.resize(asked.size, Picture.Resampling.BICUBIC, reducing_gap=3)
            difference = ImageChops.difference(wanted, Picture.open(io.BytesIO(found)))
            most = 4 if min(asked.size) > 20 else 9  # colours of a JPEG reach two pixels far
            assert max(ImageStat.Stat(difference).mean) < most, (factor, text)


def test_transparent_pictures_and_gray_ones_have_tiles(client):
    site = build.make_site("Here")
    out = io.BytesIO()
    Picture.new("RGBA", (90, 60), (200, 10, 10, 0)).save(out, "PNG")
    clear = build.make_image(site, file=ContentFile(out.getvalue(), name="clear.png"))
    out = io.BytesIO()
    Picture.linear_gradient("L").resize((600, 400)).save(out, "JPEG")
    gray = build.make_image(site, file=ContentFile(out.getvalue(), name="gray.jpg"))
    call_command("renditions", stdout=io.StringIO())
    assert shown(get(client, f"{base(clear)}/full/max/0/default.jpg")).getpixel((9, 9)) == (
        pytest.approx((255, 255, 255), abs=2)
    )
    assert shown(get(client, f"{base(gray)}/10,10,300,300/max/0/color.png")).mode == "L"
