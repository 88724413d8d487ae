"""Photographs on the page of a site: one large, the others below, each with what is owed."""

import json
import re

import pytest

from tests import builders as build
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
def test_the_first_is_large_and_the_others_follow(client, pictured, count):
    pictured(count)
    html = page(client)
    head, _mark, body = html.partition('<header class="site-head">')[2].partition("</header>")
    assert head.count("/images/") == 2  # the picture, and the link to it
    assert 'alt="View 0"' in head and "Caption 0" in head and "Author 0" in head
    assert '<a href="https://cc.example/" rel="license">CC BY-SA 4.0</a>' in head
    gallery = re.search(r'<ul class="gallery">(.*?)</ul>', body)
    assert bool(gallery) == (count > 1)
    if gallery:
        assert re.findall(r'alt="(View \d)"', gallery[1]) == [f"View {n}" for n in range(1, count)]
        assert gallery[1].count("Author") == gallery[1].count('rel="license"') == count - 1
        words = "1 more picture" if count == 2 else f"{count - 1} more pictures"
        assert f'<a href="#photos">{words}</a>' in head and 'id="photos"' in body
    assert "no photograph yet" not in html


def test_nothing_shifts_and_what_is_far_down_comes_later(client, pictured):
    pictured(7)
    html = page(client)
    pictures = re.findall(r'<img src="/images/[^>]*>', html)
    assert len(pictures) == 7
    for picture, (width, height) in zip(pictures, SHAPES, strict=True):
        assert f'width="{width}" height="{height}"' in picture
    assert 'loading="lazy"' not in pictures[0] and 'fetchpriority="high"' in pictures[0]
    assert all('loading="lazy"' in picture for picture in pictures[1:])
    upright = [height > width for width, height in SHAPES]
    assert html.count('<li class="is-upright">') == sum(upright[1:])
    assert "is-upright" not in html.partition('<div class="site-body">')[0]


def test_an_upright_cover_keeps_its_shape(client, pictured):
    pictured(1, file=build.picture_file(60, 120))
    assert '<figure class="site-picture is-upright">' in page(client)


def test_without_javascript_each_leads_to_the_picture_itself(client, pictured):
    pictured(2)
    for link in re.findall(r'<a href="(/images/[^"]+)"><img', page(client)):
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
