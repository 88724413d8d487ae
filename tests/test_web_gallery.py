"""Photographs on the page of a site: one large, the others below, each with what is owed."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image as Picture

from heritage.media import make_safe
from heritage.media import renditions as encoder
from heritage.models import ChangeSet, Job, Rendition
from heritage.models.unit_of_work import change_set
from heritage.services import renditions
from heritage.services.undo import undo
from tests import builders as build
from tests.test_jobs import work
from tests.webrows import vocabulary

pytestmark = pytest.mark.django_db

SHAPES = ((120, 80), (80, 120), (120, 60), (90, 90), (60, 120), (160, 90), (100, 80))


@pytest.fixture
def licence():
    return build.make_licence(
        "CC-BY-SA-4.0",
        label=build.text("CC BY-SA 4.0", "署名—相同方式共享"),
        url="https://cc.example/",
    )


@pytest.fixture
def pictured(licence):
    def make(count, **fields):
        site = build.make_site("Longmen", "龙门", slug="longmen", place=vocabulary().county)
        for number in range(count):
            image = {
                "file": build.picture_file(*SHAPES[number], colour=(number * 30, 90, 60)),
                "alt": build.text(f"View {number}", f"景 {number}"),
                "caption": build.text(f"Caption {number}", f"说明 {number}"),
                "author": f"Author {number}",
                "licence": licence,
                "order": number,
            }
            build.make_image(site, **image | fields)
        return site

    return make


def page(client, language="en"):
    return re.sub(r"\s+", " ", client.get(f"/{language}/sites/longmen/").content.decode())


@pytest.mark.parametrize("count", [1, 2, 7])
def test_the_drawn_cover_stays_and_photographs_follow_it(client, pictured, count):
    pictured(count)
    html = page(client)
    head, _mark, body = html.partition('<header class="site-head">')[2].partition("</header>")
    assert "/covers/" in head and "/images/" not in head and "no photograph yet" not in head
    words = "1 photograph" if count == 1 else f"{count} photographs"
    assert f'<a href="#photos">{words}</a>' in head and 'id="photos"' in body
    first = re.search(r'<figure class="photo-first">(.*?)</figure>', body)[1]
    assert 'alt="View 0"' in first and "Caption 0" in first and "Author 0" in first
    assert '<a href="https://cc.example/" rel="license">CC BY-SA 4.0</a>' in first
    gallery = re.search(r'<ul class="gallery">(.*?)</ul>', body)
    assert bool(gallery) == (count > 1)
    if gallery:
        assert re.findall(r'alt="(View \d)"', gallery[1]) == [f"View {n}" for n in range(1, count)]
        assert gallery[1].count("Author") == gallery[1].count('rel="license"') == count - 1


def test_nothing_shifts_and_what_is_far_down_comes_later(client, pictured):
    pictured(7)
    html = page(client)
    pictures = re.findall(r'<img src="/images/[^>]*>', html)
    assert len(pictures) == 7
    for picture, (width, height) in zip(pictures, SHAPES, strict=True):
        assert f'width="{width}" height="{height}"' in picture and 'loading="lazy"' in picture
    assert html.count("data:image/webp;base64,") == 0  # plain drawings are stored as PNG
    upright = [height > width for width, height in SHAPES]
    assert html.count('<li class="is-upright">') == sum(upright[1:])


def test_without_javascript_each_leads_to_the_picture_itself(client, pictured):
    pictured(2)
    links = re.findall(r'<a class="photo" href="(/images/[^"]+)"', page(client))
    assert len(links) == 2
    for link in links:
        answer = client.get(link)
        assert answer["Content-Type"].startswith("image/")
        answer.getvalue()


def test_words_are_the_reader_s_or_say_which_language_they_are_in(client, pictured):
    pictured(2)
    assert 'alt="景 1"' in page(client, "zh-hans") and "说明 0" in page(client, "zh-hans")


def test_alternative_text_falls_back(client, pictured):
    pictured(1, alt=build.text("Only English"), caption=build.text("Said in English"))
    html = page(client, "zh-hans")
    assert re.search(r'<img [^>]*alt="Only English" lang="en"', html)
    assert 'alt="Only English" lang="en"' in client.get("/zh-hans/sites/").content.decode()
    assert '<span lang="en" dir="ltr">Said in English</span>' in html
    assert 'alt="Only English" lang=' not in page(client)


def test_a_credit_line_stands_for_the_author(client, pictured):
    pictured(1, credit_line="By courtesy of the academy", source_url="https://from.example/")
    html = page(client)
    assert "By courtesy of the academy" in html and "Author 0" not in html
    assert '<a href="https://from.example/" rel="external">source</a>' in html


def test_what_is_not_published_is_not_shown(client, pictured):
    pictured(2, published=False)
    html = page(client)
    assert "/images/" not in html and "no photograph yet" in html


def test_lists_previews_and_machines_have_the_photograph(client, pictured):
    site = pictured(2)
    drawn = client.get(f"/previews/{build.make_site('Other').uid}.jpg").content
    for path in ("/en/", "/en/sites/"):
        html = client.get(path).content.decode()
        assert re.search(r'src="/images/[^"]+" width="120" height="80" alt="View 0"', html), path
    data = re.search(
        r"ld\+json\">(.*?)</script>", client.get("/en/sites/longmen/").content.decode()
    )
    found = json.loads(data[1])["image"]
    assert [image["creditText"] for image in found] == ["Author 0", "Author 1"]
    assert {image["license"] for image in found} == {"https://cc.example/"}
    assert client.get(f"/previews/{site.uid}.jpg").content != drawn


# --- the sizes in which they are served --------------------------------------------------------


def photograph(width=1600, height=1000, seed=1):
    """A picture with so many colours that it passes for a photograph."""
    noise = Picture.effect_noise((width // 8, height // 8), 60 + seed).resize((width, height))
    slope = Picture.linear_gradient("L").resize((width, height))
    out = io.BytesIO()
    Picture.merge("RGB", (noise, slope, noise)).save(out, "JPEG", quality=90)
    return ContentFile(out.getvalue(), name="a.jpg")


@pytest.fixture
def large(licence, django_capture_on_commit_callbacks):
    site = build.make_site("Longmen", "龙门", slug="longmen", place=vocabulary().county)
    with django_capture_on_commit_callbacks(execute=True):
        return build.make_image(site, file=photograph(), licence=licence, author="Li")


def statuses(client, links):
    answers = [client.get(link) for link in links]
    for answer in answers:
        if answer.streaming:
            answer.getvalue()
    return {answer.status_code for answer in answers}


def sizes(form):
    return list(Rendition.objects.filter(form=form).values_list("width", flat=True))


def test_small_sizes_are_there_at_once_and_the_worker_makes_the_others(client, large):
    assert sizes("avif") == sizes("jpg") == [320, 640]
    html = page(client)
    assert re.findall(r"-(\d+)\.avif (\d+)w", html) == [("320", "320"), ("640", "640")]
    assert large.placeholder in html and "1280" not in html
    work()
    assert sizes("avif") == sizes("jpg") == [320, 640, 1280, 1600]
    assert not renditions.missing().exists() and not Job.objects.filter(state="waiting").exists()
    html = page(client)  # which was cached
    assert re.findall(r"-(\d+)\.jpg \d+w", html) == ["320", "640", "1280", "1600"]
    listed = client.get("/en/sites/").content.decode()
    for link in set(re.findall(r"/images/[^ \",]+", html + listed)):
        answer = client.get(link)
        content = answer.getvalue()
        with Picture.open(io.BytesIO(content)) as picture:
            assert not picture.getexif() and not {"exif", "xmp", "icc_profile"} & set(picture.info)
        assert "immutable" in answer["Cache-Control"]
        wanted = re.search(r"-(\d+)\.", link)
        assert picture.width == int(wanted[1]) if wanted else 1600


def test_a_withdrawn_picture_is_gone_in_every_size_and_comes_back(client, large):
    links = [f"/images/{large.uid}/{row.name}" for row in Rendition.objects.filter(form="avif")]
    assert statuses(client, links) == {200}
    large.published = False
    large.save()
    assert statuses(client, links) == {404}
    large.published = True
    large.save()
    with change_set("admin") as made:
        large.delete()
    assert statuses(client, links) == {404}
    assert "/images/" not in page(client)
    undo(made)
    assert statuses(client, links) == {200}
    assert "-640.avif" in page(client)
    other = build.make_image(large.site, file=photograph(seed=9), author="Bo")
    assert client.get(f"/images/{other.uid}/{links[0].rpartition('/')[2]}").status_code == 404


def test_a_killed_worker_s_half_a_file_is_written_anew(large):
    work()
    row = Rendition.objects.get(form="avif", width=1280)
    path = Path(default_storage.path(row.path))
    whole = path.read_bytes()
    path.write_bytes(whole[:99])
    Rendition.objects.filter(form__in=("avif", "all"), width__in=(1280, 1600)).delete()
    call_command("renditions", stdout=io.StringIO())
    assert path.read_bytes() == whole


def test_the_command_makes_what_is_missing_or_lost(client, large, capsys):
    row = Rendition.objects.get(form="avif", width=320)
    default_storage.delete(row.path)
    call_command("renditions")
    assert capsys.readouterr().out.splitlines() == [
        "1 files were gone, and are made again.",
        "1 pictures done, 0 cannot be read.",
    ]
    assert default_storage.exists(row.path)
    Rendition.objects.filter(form="avif", width=320).delete()
    answer = client.get(f"/images/{large.uid}/{row.name}")  # as the admin asks for small ones
    assert answer.url == f"/images/{large.uid}/{large.file_name}"
    assert "no-store" in answer["Cache-Control"]
    broken = build.make_image(large.site, file=photograph(seed=5), author="Bo")
    default_storage.delete(broken.file.name)
    call_command("renditions")
    said = capsys.readouterr()
    assert f"image {broken.pk} (longmen) cannot be read" in said.err
    assert "0 pictures done, 1 cannot be read." in said.out


def test_sizes_of_pictures_that_nobody_can_bring_back_are_swept(large):
    paths = [row.path for row in Rendition.objects.exclude(form="all")]
    large.delete()
    call_command("sweep_pictures", stdout=io.StringIO())
    assert all(map(default_storage.exists, paths))
    ChangeSet.objects.update(at="2020-01-01T00:00Z")
    call_command("sweep_pictures", stdout=io.StringIO())
    assert not any(map(default_storage.exists, paths)) and not Rendition.objects.exists()


def test_the_focal_point_stays_in_view(client, large):
    before = client.get(f"/previews/{large.site.uid}.jpg").content
    large.focus_x, large.focus_y = 12, 88
    large.save()
    assert 'class="card-picture fx-0 fy-100"' in client.get("/en/sites/").content.decode()
    assert 'class="fx-0 fy-100"' in page(client)
    assert client.get(f"/previews/{large.site.uid}.jpg").content != before
    css = (settings.BASE_DIR / "static/css/components.css").read_text("utf-8")
    assert all(f".f{axis}-{percent} " in css for axis in "xy" for percent in (0, 25, 75, 100))


def test_a_card_shows_what_the_editor_chose(client, large):
    assert "/images/" in client.get("/en/sites/").content.decode()
    large.on_cards = False
    large.save()
    listed = client.get("/en/sites/").content.decode()
    assert "/images/" not in listed and "/covers/" in listed and "/images/" in page(client)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((200, 100), [200]),
        ((320, 100), [320]),
        ((1000, 700), [320, 640, 1000]),
        ((6000, 4000), [320, 640, 1280, 1920]),
        ((800, 50_000), [320]),  # a scroll
        ((0, 0), []),
    ],
)
def test_which_sizes_a_picture_has(size, wanted):
    assert encoder.widths_of(*size) == wanted


def test_what_is_seen_in_a_size_is_the_picture():
    """Turned upright, in its colours, and with its transparency."""
    picture = Picture.new("RGB", (900, 600), "white")
    picture.paste("red", (0, 0, 300, 200))
    exif = Picture.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=95)
    safe = make_safe(out.getvalue(), max_bytes=10**7, max_pixels=10**7)
    for made in encoder.encode(io.BytesIO(safe.content), [320]):
        shown = Picture.open(io.BytesIO(made.content)).convert("RGB")
        assert shown.size == (320, 480) == (made.width, made.height)
        assert shown.getpixel((300, 20)) == pytest.approx((254, 0, 0), abs=12)
        assert shown.getpixel((20, 20)) == pytest.approx((255, 255, 255), abs=6)
    out = io.BytesIO()
    Picture.new("RGBA", (640, 400), (10, 200, 30, 128)).save(out, "PNG")
    safe = make_safe(out.getvalue(), max_bytes=10**7, max_pixels=10**7)
    forms = {made.form: made.content for made in encoder.encode(io.BytesIO(safe.content), [320])}
    assert set(forms) == {"avif", "png"}
    for content in forms.values():
        pixel = Picture.open(io.BytesIO(content)).convert("RGBA").getpixel((99, 99))
        assert pixel == pytest.approx((10, 200, 30, 128), abs=8)
