"""What a page may weigh on the way to a reader, and that nothing of it comes from elsewhere.

A change here is reviewed: the limits are a little above what was measured.
"""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from benchmarks import weights
from heritage.models.unit_of_work import change_set
from heritage.web.media.covers import image_url
from heritage.web.operations.static_files import StaticFiles
from tests import builders as build
from tests.webrows import full_site, plain_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db

HARD = 60_000  # styles and scripts of any page, brotli: what the house has promised
SOFT = {
    "/en/": 12_100,
    "/zh-hans/": 12_100,
    "/en/sites/": 27_450,
    "/zh-hans/sites/": 27_450,
    "/en/sites/?kind=temple&era=tang": 27_450,
    "/en/sites/longmen-grottoes/": 16_250,
    "/zh-hans/sites/longmen-grottoes/": 16_250,
    "/en/sites/longmen-grottoes/correction/": 8_900,
    "/en/eras/": 12_500,
    "/en/eras/tang/": 12_500,
    "/en/kinds/temple/": 13_600,
    "/en/places/china/": 13_600,
    "/en/sites/?view=map": 56_400,
    "/en/sites/?view=timeline": 16_200,
    "/en/year/676/": 15_600,
    "/en/world-heritage/": 12_500,
    "/zh-hans/world-heritage/": 12_500,
    "/en/about/": 8_450,
    "/en/privacy/": 8_450,
}
KEPT = 1_500  # the corner by which a site is kept, on every page
# Gzipped, a full page of cards with every facet full: 12,000 is the promise. The random identifiers
# in the addresses of 24 covers move the size by some 40 bytes from run to run.
BROWSE_HTML = 7_700


@pytest.fixture
@change_set("command", all_or_nothing=True)
def words():
    found = vocabulary()
    full_site(found)
    return found


@pytest.fixture
@change_set("command", all_or_nothing=True)
def much(words):
    """More of everything than the first page of a list, and its facets, can show."""
    rating = build.make_register("rating", "Rated attractions", "旅游景区", slug="grades")
    plain_sites(words, range(14, 21))
    for number in range(14):  # a facet is folded from the thirteenth value on
        land = build.make_place(f"Country {number}", f"国家{number}", "country", slug=f"c-{number}")
        kind = build.make_kind(f"Kind of place {number}", f"类型{number}", slug=f"kind-{number}")
        era = build.make_era(f"Dynasty {number}", f"朝代{number}", slug=f"era-{number}")
        criterion = build.make_term(words.unesco, f"c{number}", "criterion", f"Criterion {number}")
        register = build.make_register("protection", f"List {number}", f"名录{number}")
        grade = build.make_term(rating, f"{number}A", "category")
        year = str(1990 + number)
        site = plain_site(words, number, also_in=[land], latitude=30 + number / 10, longitude=110)
        site.kinds.add(kind)
        build.make_event(site, "enlarged", "", era)
        for entry in (
            build.make_designation(register=words.unesco, criteria=[criterion], events=[year]),
            build.make_designation(register=register, batch=number),
            build.make_designation(register=rating, category=grade, events=[]),
        ):
            build.make_coverage(site, entry)


def test_styles_and_scripts(client, words):
    found = {path: weights.page(client, path) for path in SOFT}
    weight = {path: page.css + page.js for path, page in found.items()}
    assert all(page.css > 3000 for page in found.values())
    over = {path: size for path, size in weight.items() if size > min(SOFT[path] + KEPT, HARD)}
    assert over == {}
    # A limit far above is none.
    assert {path: size for path, size in weight.items() if size < 0.8 * (SOFT[path] + KEPT)} == {}


def test_the_list_of_sites_is_light(client, much):
    for language in ("en", "zh-hans"):
        for query in ("", "?kind=temple&era=tang"):
            page = weights.page(client, f"/{language}/sites/{query}")
            assert page.html.count('class="card"') == 24
            assert page.html.count('type="checkbox"') > 60
            assert page.html_gzipped <= BROWSE_HTML, (page.path, page.html_gzipped)


def test_pages_and_drawings_are_compressed_without_a_proxy(client, much):
    photograph = build.make_image(build.make_site("Temple"))
    compressed = {"headers": {"Accept-Encoding": "gzip"}}
    card = client.get("/en/sites/?q=Temple+15").text
    cover = card.partition('class="card-picture" src="')[2].partition('"')[0]
    for path in ("/en/sites/", cover):
        response = client.get(path, **compressed)
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < 0.5 * len(gzip.decompress(response.content))
    again = {"Accept-Encoding": "gzip", "If-None-Match": response["ETag"]}
    assert client.get(cover, headers=again).status_code == 304
    file = client.get(image_url(photograph), **compressed)
    assert "Content-Encoding" not in file and file.getvalue()


def test_collected_styles_and_scripts_have_no_comments(tmp_path):
    sources = FileSystemStorage(tmp_path / "sources")
    texts = {
        "css/a.css": "/*! a licence */\n/* why\n   so */\nb {\n  color: red; /* seal */\n}\n",
        "js/a.js": "// What it does.\nconst a = 'http://b'; // here\n  // there\nlet c;\n",
        "other/a.js": "// a licence\nlet c;\n",
    }
    for name, text in texts.items():
        sources.save(name, ContentFile(text.encode()))
    collected = StaticFiles(location=tmp_path / "collected")
    for name in texts:
        with sources.open(name) as file:
            collected.save(name, file)
    list(collected.post_process({name: (sources, name) for name in texts}))

    def text_of(name: str) -> str:
        with collected.open(collected.stored_name(name)) as file:
            return file.read().decode()

    assert text_of("css/a.css") == "/*! a licence */\nb {\ncolor: red;\n}\n"
    assert text_of("js/a.js") == "const a = 'http://b'; // here\nlet c;\n"
    assert text_of("other/a.js") == texts["other/a.js"]


def test_collected_again_only_what_is_new_is_compressed(tmp_path):
    """And what was not compressed to its end."""
    sources, collected = FileSystemStorage(tmp_path / "sources"), tmp_path / "collected"

    def collect(name: str, content: str) -> list[Path]:
        sources.delete(name)
        sources.save(name, ContentFile(content.encode()))
        storage = StaticFiles(location=collected)
        with sources.open(name) as file:
            storage.delete(name)
            storage.save(name, file)
        list(storage.post_process({name: (sources, name)}))
        path = collected / storage.stored_name(name)
        assert path.read_text() == content
        return [path.with_name(f"{path.name}{suffix}") for suffix in (".br", ".gz")]

    former, newer = "let former;\n" * 99, "let newer;\n" * 99
    once = collect("js/a.js", former)
    for compressed in once:
        compressed.write_bytes(b"of a former release")
    assert collect("js/a.js", former) == once
    assert {path.read_bytes() for path in once} == {b"of a former release"}
    brotli_file, gzip_file = collect("js/a.js", newer)
    assert brotli.decompress(brotli_file.read_bytes()).decode() == newer
    assert gzip.decompress(gzip_file.read_bytes()).decode() == newer
    once[1].unlink()  # as after an interruption
    brotli_file, gzip_file = collect("js/a.js", former)
    assert brotli.decompress(brotli_file.read_bytes()).decode() == former
    assert gzip.decompress(gzip_file.read_bytes()).decode() == former
    assert not list(collected.rglob("*.new"))


def test_what_a_map_brings_by_the_dozen_has_short_headers(client, words):
    html = client.get("/en/sites/?view=map").text
    tile = re.search(r'<img src="(/map/[^"]+)"', html)[1]
    cover = re.search(r'src="(/en/covers/[^"]+)"', html)[1].replace("&amp;", "&")
    for path in (tile, cover, "/en/map.svg?size=300x200", "/en/map.png?size=300x200"):
        response = client.get(path)
        assert response.status_code == 200 and response["X-Content-Type-Options"] == "nosniff"
        of_pages = (
            "Cross-Origin-Opener-Policy",
            "Referrer-Policy",
            "X-Frame-Options",
            "X-Request-ID",
        )
        assert not [name for name in of_pages if name in response], path
        # An SVG that is opened by itself shows its own style, and runs and loads nothing.
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        is_svg = response["Content-Type"] == "image/svg+xml"
        assert response.get("Content-Security-Policy", "") == (policy if is_svg else "")
        assert sum(len(f"{name}: {value}") + 2 for name, value in response.items()) < 430, path
    page = client.get("/en/sites/?view=map")
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Referrer-Policy"] and page["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_the_script_of_suggestions_is_small(client):
    address = f"http://{weights.HOST}{settings.STATIC_URL}js/suggest.js"
    assert address in weights.page(client, "/en/about/").scripts
    assert 500 < weights.compressed(address) <= 2500


# --- the origin ------------------------------------------------------------------------------


def test_no_request_leaves_the_origin(client, words):
    for path in SOFT:
        page = weights.page(client, path)
        assert page.elsewhere == [], path
        assert page.styles and page.scripts and page.others, path  # the icon at least
        for address in (*page.styles, *page.scripts):
            assert weights.content(address), f"{path} links {address}, which is empty"


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example/x.css">',
        '<link rel="shortcut icon" href="http://localhost.example/icon.png">',
        '<link rel="preload" as="image" imagesrcset="/a.png 1x, https://a.example/b.png 2x">',
        '<img src="/a.png" srcset="/a.png 1x, https://a.example/b.png 2x">',
        '<picture><source srcset="https://a.example/b.png"></picture>',
        '<img src="https://a.example/b.png" loading="lazy">',
        '<video poster="https://a.example/b.png"></video>',
        '<svg><image xlink:href="https://a.example/b.png"/></svg>',
        '<iframe src="https://a.example/"></iframe>',
        '<object data="ftp://a.example/"></object>',
    ],
)
def test_what_would_leave_it_is_seen(markup):
    assert len(weights.Page("/en/", markup).elsewhere) == 1


def test_what_stays_is_not(tmp_path, monkeypatch):
    page = weights.Page(
        "/en/sites/",
        '<a href="https://a.example/">x</a><link rel="canonical" href="https://a.example/">'
        '<img src="data:image/png;base64,x"><img src="../covers/a.svg"><svg><use href="#a"/></svg>',
    )
    assert page.elsewhere == [] and f"http://{weights.HOST}/en/covers/a.svg" in page.pictures
    sheet = b"@import 'a.css'; b { background: url(https://b.example/b.png) } c { d: url('c.png') }"
    monkeypatch.setattr(weights, "content", lambda address: sheet)
    page = weights.Page("/en/", '<link rel="stylesheet" href="/static/x.css">')
    assert page.elsewhere == ["https://b.example/b.png"] and len(page.others) == 3
