"""Credits and data: counted from what is stored, and true."""

import itertools
import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings

from heritage.formats import records_by_source
from heritage.models import Notice, Source
from heritage.search import store
from heritage.web.about.software import licence, software
from tests import builders as build
from tests.webrows import LANGUAGES, full_site, vocabulary

pytestmark = pytest.mark.django_db


def page(client, language="en"):
    return re.sub(r"\s+", " ", client.get(f"/{language}/credits/").content.decode())


def test_every_way_of_resting_on_a_source_is_counted_once_a_record():
    def rests_on(name):
        return build.make_source(name)

    sources = {name: rests_on(name) for name in
               ("listed", "point", "event", "name", "coverage", "entry", "notice")}  # fmt: skip
    for number in range(2):
        site = build.make_site(f"Site {number}", sources=[sources["listed"]])
        site.latitude, site.longitude, site.point_source = 34.0, 112.0, sources["point"]
        site.save()
        for _twice in range(2):
            build.make_event(site, source=sources["event"])
            build.make_name(site, source=sources["name"])
        entry = build.make_designation(source=sources["entry"])
        build.make_coverage(site, entry, source=sources["coverage"])
        Notice.objects.create(site=site, text=build.text("Closed."), source=sources["notice"])
    hidden = build.make_site("Draft", state="draft", sources=list(sources.values()))
    build.make_event(hidden, source=sources["event"])
    unused = build.make_source("unused")
    assert records_by_source(store.current()) == {source.pk: 2 for source in sources.values()}
    assert unused.pk not in records_by_source(store.current())


def test_the_count_follows_every_change():
    source = build.make_source("A list")
    assert records_by_source(store.current()) == {}
    site = build.make_site("A", sources=[source])
    assert records_by_source(store.current()) == {source.pk: 1}
    event = build.make_event(build.make_site("B"), source=source)
    assert records_by_source(store.current()) == {source.pk: 2}
    event.delete()
    site.state = "draft"
    site.save()
    assert records_by_source(store.current()) == {}


def test_sources_stand_with_their_terms_the_most_used_first(client):
    words = vocabulary()
    open_data = build.make_licence(
        "CC-BY-4.0", label=build.text("CC BY 4.0"), url="https://cc.example/"
    )
    Source.objects.filter(pk=words.official.pk).update(licence=open_data)
    full_site(words)
    html = page(client)
    table = re.search(r'<table class="ledger">(.*?)</table>', html)[1]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table)
    assert '<a href="https://example.org/list" rel="external">An official list</a>' in rows[0]
    assert "seen on 4 March 2026" in rows[0]
    assert '<a href="https://cc.example/">CC BY 4.0</a>' in rows[0]
    numbers = [int(n) for n in re.findall(r'ledger-number">(\d+)<', table)]
    assert numbers == sorted(numbers, reverse=True)


def test_what_is_recalled_is_counted_beside_the_list_of_sources(client):
    recalled = [build.make_source(f"Recalled {n}", kind="recalled") for n in range(2)]
    assert "from general knowledge" not in page(client)
    first, second = (build.make_site(f"Site {n}", sources=recalled) for n in range(2))
    build.make_event(first, source=recalled[0])
    build.make_event(build.make_site("Draft", state="draft"), source=recalled[0])
    html = page(client)
    assert "2 records also say something from general knowledge" in html
    assert "Recalled 0" not in html and 'class="ledger"' not in html
    second.sources.clear()
    assert "One record also says something from general knowledge" in page(client)


def test_photographs_are_counted_and_credited(client):
    site = build.make_site("Longmen", slug="longmen")
    free = build.make_licence("CC0", label=build.text("CC0 <1.0>"), url="https://zero.example/")
    for number in range(3):
        build.make_image(
            site, licence=free, author=f"Author {number}", caption=build.text("A cave")
        )
    build.make_image(site, published=False)
    build.make_image(build.make_site("Draft", state="draft"), licence=free, author="Nobody")
    html = page(client)
    assert "There are 3 photographs." in html
    assert 'CC0 &lt;1.0&gt;</a> <span class="index-count">3</span>' in html
    assert all(f"Author {number}" in html for number in range(3)) and "Nobody" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_catalogue_has_the_page(client, language):
    html = page(client, language)
    assert "<h1>" in html and "ledger-software" in html
    assert 'class="credits-pictures"' not in html


def test_each_of_many_photographs_is_credited_on_a_page(client, monkeypatch):
    monkeypatch.setattr("heritage.web.about.credits.PER_PAGE", 2)
    site = build.make_site("A")
    for number in range(5):
        build.make_image(site, author=f"Author {number}.", order=number)
    first = page(client)
    pages = re.findall(r'href="(\?photographs=\d)#photographs"', first)
    assert pages == ["?photographs=2", "?photographs=3"]
    assert '<details class="credits-pictures" id="photographs">' in first
    shown = [first, *(client.get(f"/en/credits/{query}").text for query in pages)]
    assert all("There are 5 photographs." in html for html in shown)
    assert all('id="photographs" open>' in html for html in shown[1:])
    credited = [re.findall(r"Author \d", html) for html in shown]
    assert [len(names) for names in credited] == [2, 2, 1]
    assert sorted(itertools.chain(*credited)) == [f"Author {number}" for number in range(5)]
    for wrong in ("0", "4", "x", "²", ""):
        assert client.get("/en/credits/", {"photographs": wrong}).status_code == 404


def test_machines_read_a_data_set(client):
    words = vocabulary()
    full_site(words)
    data = json.loads(re.search(r"ld\+json\">(.*?)</script>", page(client))[1])
    assert (data["@type"], data["name"]) == ("Dataset", "Heritage")
    assert data["inLanguage"] == ["en", "zh-Hans"]
    assert data["usageInfo"] == "http://testserver/en/credits/"
    assert "license" not in data  # there is no one licence, and none is claimed
    assert "An official list" in {work["name"] for work in data["isBasedOn"]}
    for download in data["distribution"]:
        answer = client.get(download["contentUrl"])
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(download["encodingFormat"])


def test_software_is_what_the_program_asks_for_and_says_of_itself(client):
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
    wanted = {re.match(r"[\w-]+", words)[0] for words in project["project"]["dependencies"]}
    installed = {distribution.metadata["Name"].lower() for distribution in metadata.distributions()}
    shown = {program.name.lower().replace("_", "-") for program in software()}
    assert shown == {name for name in wanted if name in installed or name == "resvg-py"}
    html = page(client)
    for program in software():
        name = f">{program.name}</a>" if program.url else f'lang="en">{program.name}'
        assert name in html and program.version in html
        assert metadata.version(program.name) == program.version
    assert {program.name: program.licence for program in software()}["Django"] == "BSD-3-Clause"


class Metadata(dict):
    def get_all(self, name):
        return self.get(name)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"License-Expression": "MIT", "License": "x"}, "MIT"),
        ({"Classifier": ["License :: OSI Approved :: BSD License"]}, "BSD License"),
        ({"Classifier": ["Topic :: Text"], "License": "Apache-2.0"}, "Apache-2.0"),
        ({"License": "Permission is hereby granted\nto any person"}, ""),
        ({}, ""),
    ],
)
def test_a_licence_is_read_from_what_a_package_states(said, found):
    assert licence(Metadata(said)) == found


def test_the_page_is_found(client):
    assert '<a href="/en/credits/">Credits and data</a>' in client.get("/en/").content.decode()
    assert "/en/credits/" in client.get("/sitemaps/en/pages.xml").content.decode()
