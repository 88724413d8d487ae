"""A site in JSON-LD: what it says, what it must never say, and that nothing breaks out of it."""

import json
from datetime import date, time

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from heritage.formats import Addresses, jsonld, path_of
from heritage.models import Identity, Opening, Price, Site, VisitingFact
from tests import builders as build
from tests.webrows import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled_once")]

ADDRESSES = Addresses("https://heritage.example")
TODAY = date(2026, 6, 15)
EXACT = (34.123456, 112.654321)
HOSTILE = ["</script><script>alert(1)</script>", "<!--", "]]>", "a\u2028b\u2029c", '"}\\', "&lt;",
           "<img src=x onerror=alert(1)>", "\x08bell"]  # fmt: skip


def document(site: Site, language: str = "en", today: date = TODAY) -> dict:
    with translation.override(language):
        found = jsonld.site_document(rows_of(site), ADDRESSES, Identity.objects.current(), today)
    return json.loads(jsonld.as_script(found))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_path_is_that_of_its_route(language):
    routes = [("web:home", ""), ("web:site", "argument"), ("web:kind", "temple"), ("sitemap", "")]
    with translation.override(language):
        for name, slug in [*routes, ("permanent", "a.b"), ("media:iiif_manifest", "Zz_9-")]:
            assert path_of(name, slug) == reverse(name, args=[slug] if slug else [])
        with pytest.raises(NoReverseMatch):
            path_of("web:site", "a b")


def test_what_it_is_and_how_it_is_called(longmen):
    found = document(longmen)
    url = "https://heritage.example/en/sites/longmen-grottoes/"
    assert found["@context"] == "https://schema.org"
    assert found["@type"] == "LandmarksOrHistoricalBuildings"
    assert "https://schema.org/TouristAttraction" in found["additionalType"]
    assert (found["@id"], found["url"]) == (f"https://heritage.example/id/{longmen.uid}", url)
    assert found["name"] == "Longmen Grottoes"
    assert found["alternateName"] == ["龙门石窟", "كهوف لونغمن", "Lóngmén Shíkū", "龍門石窟"]
    assert found["description"] == "Caves above a river."
    page = found["mainEntityOfPage"]
    assert (page["@id"], page["inLanguage"]) == (url, "en")
    assert page["dateModified"] == Site.objects.get(pk=longmen.pk).public_changed_at.isoformat(
        timespec="seconds"
    )


def test_in_the_other_language(longmen):
    found = document(longmen, "zh-hans")
    assert found["name"] == "龙门石窟" and found["description"] == "河畔石窟。"
    assert "Longmen Grottoes" in found["alternateName"]
    assert found["url"] == "https://heritage.example/zh-hans/sites/longmen-grottoes/"
    assert found["mainEntityOfPage"]["inLanguage"] == "zh-Hans"
    assert found["@id"] == document(longmen, "en")["@id"]  # one place, whatever it is called


def test_the_way_to_it_is_a_breadcrumb(longmen):
    crumbs = document(longmen)["mainEntityOfPage"]["breadcrumb"]
    assert crumbs["@type"] == "BreadcrumbList"
    steps = [(step["position"], step["name"]) for step in crumbs["itemListElement"]]
    assert steps[0] == (1, "Sites") and steps[-1][1] == "Longmen Grottoes"
    assert [name for _number, name in steps[1:4]] == ["China", "Henan", "Luoyang"]
    origin = "https://heritage.example/en/"
    assert all(step["item"].startswith(origin) for step in crumbs["itemListElement"])


@pytest.mark.parametrize(
    ("category", "types"),
    [
        ("natural", "TouristAttraction"),
        ("cultural", "LandmarksOrHistoricalBuildings"),
        ("mixed", "LandmarksOrHistoricalBuildings"),
    ],
)
def test_nature_is_no_building(words, category, types):
    term = build.make_term(words.unesco, category, "category")
    site = build.make_site("Reef")
    build.make_coverage(site, build.make_designation(register=words.unesco, category=term))
    assert document(site)["@type"] == types


def test_without_a_photograph_the_preview_is_the_image():
    site = build.make_site("Kiln")
    assert document(site)["image"] == [f"https://heritage.example/previews/{site.uid}.jpg"]


def test_names_are_plain_text_in_whatever_language():
    found = document(build.make_site("Kiln"), "zh-hans")
    assert found["name"] == "Kiln"
    assert "alternateName" not in found and "description" not in found


def test_without_a_summary_the_text_begins():
    site = build.make_site("A", description=build.text("Some *words* " + "and more " * 90))
    said = document(site)["description"]
    assert said.startswith("Some words and more") and len(said) <= 500 and said.endswith("…")


# --- where -----------------------------------------------------------------------------------


def test_where_it_is(longmen):
    found = document(longmen)
    assert found["geo"] == {
        "@type": "GeoCoordinates", "latitude": 34.5556, "longitude": 112.4722,
    }  # fmt: skip
    assert found["address"] == {
        "@type": "PostalAddress", "addressCountry": "China", "addressRegion": "Henan",
        "addressLocality": "Luoyang",
    }  # fmt: skip
    whole, area = found["containedInPlace"]
    assert whole["name"] == "Temple 901"
    assert whole["url"] == "https://heritage.example/en/sites/temple-901/"
    names = []
    while area:
        names.append((area["@type"], area["name"]))
        area = area.get("containedInPlace")
    assert names == [
        ("AdministrativeArea", "Luolong"), ("City", "Luoyang"), ("AdministrativeArea", "Henan"),
        ("Country", "China"),
    ]  # fmt: skip
    assert [part["name"] for part in found["containsPlace"]] == ["Temple 902"]


@pytest.mark.parametrize("km", [1, 5, 20])
def test_of_a_blurred_site_only_an_area_is_said(km):
    site = build.make_site("Tomb", latitude=EXACT[0], longitude=EXACT[1], blur_km=km)
    text = jsonld.as_script(document(site))
    assert "34.1234" not in text and "112.6543" not in text
    geo = document(site)["geo"]
    assert (geo["@type"], geo["geoRadius"]) == ("GeoCircle", km * 1000)
    assert geo["geoMidpoint"]["latitude"] == site.public_latitude
    assert geo["geoMidpoint"]["longitude"] == site.public_longitude


def test_nowhere_is_not_said():
    found = document(build.make_site("Nowhere"))
    assert not {"geo", "address", "containedInPlace", "containsPlace"} & found.keys()


# --- what is public --------------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in Site.State if s != Site.State.PUBLISHED])
def test_what_is_not_published_is_not_described(state):
    with pytest.raises(ValueError, match="published"):
        document(build.make_site("Secret", state=state))


def test_hidden_relatives_and_pictures_are_not_named(words):
    site = build.make_site("Shown")
    for state in (Site.State.DRAFT, Site.State.ARCHIVED):
        build.make_part(site, build.make_site("Secret whole", state=state))
        build.make_part(build.make_site("Secret part", state=state), site)
    image = build.make_image(site, published=False, author="Secret author")
    text = jsonld.as_script(document(site))
    assert "Secret" not in text and image.uid not in text


def test_pictures_with_what_is_owed(words):
    site = build.make_site("Shown")
    licence = build.make_licence("CC-BY-4.0", url="https://creativecommons.org/licenses/by/4.0/")
    image = build.make_image(
        site, licence=licence, credit_line="Ann Other / Archive", caption=build.text("A gate"),
        source_url="https://archive.example/1",
    )  # fmt: skip
    assert document(site)["image"] == [
        {
            "@type": "ImageObject",
            "contentUrl": ADDRESSES.image(image),
            "width": "60 px",
            "height": "40 px",
            "caption": "A gate",
            "creditText": "Ann Other / Archive",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "acquireLicensePage": "https://archive.example/1",
        }
    ]


# --- identifiers -----------------------------------------------------------------------------


def test_identifiers_and_pages_elsewhere(longmen):
    found = document(longmen)
    assert {(i["propertyID"], i["value"]) for i in found["identifier"]} == {
        ("whl", "1003-001"), ("cn-national", "1-0037-4-004"), ("wikidata", "Q1"),
    }  # fmt: skip
    assert found["sameAs"] == ["https://wd.example/Q1", "https://longmen.example/"]


def test_a_property_that_is_the_site_itself_is_its_identifier(words):
    site = build.make_site("Longmen")
    entry = build.make_designation(register=words.unesco, reference="1004", events=["2000"])
    build.make_coverage(site, entry)
    found = document(site)
    assert found["identifier"] == [
        {"@type": "PropertyValue", "propertyID": "whl", "name": "World Heritage List",
         "value": "1004", "url": "https://whc.unesco.org/en/list/1004"}
    ]  # fmt: skip
    assert found["sameAs"] == ["https://whc.unesco.org/en/list/1004"]


def test_an_entry_no_longer_in_force_identifies_nothing(words):
    site = build.make_site("Dresden")
    events = ["2004", ("delisted", "2009")]
    entry = build.make_designation(register=words.unesco, reference="1156", events=events)
    build.make_coverage(site, entry)
    assert not {"identifier", "sameAs"} & document(site).keys()


# --- a visit ---------------------------------------------------------------------------------


def test_only_checked_facts_of_a_visit(longmen):
    found = document(longmen)
    assert found["isAccessibleForFree"] is False
    assert found["telephone"] == "+86 379 1234"
    assert found["openingHoursSpecification"] == [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": ["Saturday"], "opens": "00:00",
         "closes": "00:00"},
        {"@type": "OpeningHoursSpecification", "opens": "08:00", "closes": "18:00",
         "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"],
         "validFrom": "2026-04-01", "validThrough": "2026-10-31"},
    ]  # fmt: skip


def test_quantities_say_their_unit_and_how_exact_they_are():
    site = build.make_site("A")
    build.make_quantity(site, "figures", 51_000, exactness="at_least")
    of = build.text("the Buddha")
    build.make_quantity(site, "height", "17.5", unit="m", exactness="about", of=of)
    figures, height = document(site)["additionalProperty"]
    assert (figures["propertyID"], figures["minValue"]) == ("figures", 51_000)
    assert "value" not in figures
    assert (height["value"], height["unitCode"]) == (17.5, "MTR")
    assert height["description"] == "height: about 17.5 m (the Buddha)"


def test_nothing_unchecked_is_said(words):
    site = build.make_site("A")
    half = {"site": site, "source": words.official}
    Opening.objects.create(**half, opens=time(8), closes=time(18))
    Price.objects.create(**half, label=build.text("All"), amount=0)
    VisitingFact.objects.create(**half, kind="phone", value="+86 1")
    VisitingFact.objects.create(**half, kind="website", value="https://unchecked.example/")
    found = document(site)
    assert not {"openingHoursSpecification", "isAccessibleForFree", "telephone", "sameAs"} & set(
        found
    )


@pytest.mark.parametrize(
    ("amounts", "free"), [([], None), ([0], True), ([0, 0], True), ([0, 90], False), ([1], False)]
)
def test_free_is_what_nobody_pays_for(words, amounts, free):
    site = build.make_site("A")
    for amount in amounts:
        Price.objects.create(
            site=site, label=build.text("x"), amount=amount, source=words.official, checked_on=TODAY
        )
    assert document(site).get("isAccessibleForFree") is free


@pytest.mark.parametrize(
    ("season", "today", "dates"),
    [
        (("04-01", "10-31"), date(2026, 6, 1), ("2026-04-01", "2026-10-31")),
        (("04-01", "10-31"), date(2026, 3, 1), ("2026-04-01", "2026-10-31")),
        (("04-01", "10-31"), date(2026, 11, 1), ("2027-04-01", "2027-10-31")),
        (("11-01", "03-31"), date(2026, 12, 1), ("2026-11-01", "2027-03-31")),
        (("11-01", "03-31"), date(2026, 2, 1), ("2025-11-01", "2026-03-31")),
        (("11-01", "03-31"), date(2026, 6, 1), ("2026-11-01", "2027-03-31")),
        (("11-01", "02-29"), date(2026, 6, 1), ("2026-11-01", "2027-02-28")),
    ],
)
def test_a_season_is_the_one_that_runs_or_comes(words, season, today, dates):
    site = build.make_site("A")
    Opening.objects.create(
        site=site, source=words.official, checked_on=TODAY, opens=time(8), closes=time(18),
        season_from=season[0], season_to=season[1],
    )  # fmt: skip
    [hours] = document(site, today=today)["openingHoursSpecification"]
    assert (hours["validFrom"], hours["validThrough"]) == dates


# --- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_breaks_out_of_the_script(text):
    script = jsonld.as_script({"name": text, text: [text]})
    assert json.loads(script) == {"name": text, text: [text]}
    assert not set("<>&\u2028\u2029") & set(script)


def test_hostile_records_in_a_page(client):
    site = build.make_site(HOSTILE[0], HOSTILE[1], summary=build.text(HOSTILE[6]), slug="x")
    build.make_name(site, HOSTILE[4])
    html = client.get("/en/sites/x/").content.decode()
    [script] = [
        part.partition("</script>")[0]
        for part in html.split('<script type="application/ld+json">')[1:]
    ]
    assert json.loads(script)["name"] == HOSTILE[0]
    assert "<script>alert" not in html and "<img src=x" not in html


def test_the_catalogue_itself():
    Identity.objects.create(name=build.text("Our places", "吾土"), tagline=build.text("To see."))
    found = jsonld.catalogue_document(Identity.objects.current(), ADDRESSES)
    assert found == {
        "@context": "https://schema.org", "@type": "WebSite", "name": "Our places",
        "alternateName": ["吾土"], "description": "To see.", "inLanguage": "en",
        "url": "https://heritage.example/en/",
    }  # fmt: skip
