"""Permanent addresses: they lead to the same place, whatever becomes of its page."""

import json

import pytest
from django.utils import translation

from heritage.models import ChangeSet, Site
from heritage.models.unit_of_work import change_set
from heritage.services import merge, undo
from tests import builders as build

pytestmark = pytest.mark.django_db
ORIGIN = "http://testserver"
DATA = "application/ld+json"


def address_of(site) -> str:
    return f"/id/{site.uid}"


def lead(client, path, **headers) -> tuple[int, str]:
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.fixture
def site(db):
    return build.make_site("Longmen", "龙门", slug="longmen")


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ({}, "/en/sites/longmen/"),
        ({"accept-language": "zh-CN,zh;q=0.9"}, "/zh-hans/sites/longmen/"),
        ({"accept-language": "fr"}, "/en/sites/longmen/"),
        ({"cookie": "django_language=zh-hans", "accept-language": "en"}, "/zh-hans/sites/longmen/"),
        ({"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, "/en/sites/longmen/"),
        ({"accept": DATA}, "/en/sites/longmen/data.jsonld"),
        ({"accept": "application/json"}, "/en/sites/longmen/data.jsonld"),
        ({"accept": f"text/html;q=0.5, {DATA}"}, "/en/sites/longmen/data.jsonld"),
        ({"accept": DATA, "accept-language": "zh"}, "/zh-hans/sites/longmen/data.jsonld"),
        ({"accept": "text/turtle"}, "/en/sites/longmen/"),
        ({"accept": "*/*"}, "/en/sites/longmen/"),
    ],
)
def test_it_leads_to_what_is_asked_for(client, site, headers, target):
    answer = client.get(address_of(site), headers=headers)
    assert (answer.status_code, answer["Location"]) == (303, target)
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get(target).status_code == 200


def test_what_is_not_public_has_none(client, site, editor):
    for state, status in (("draft", 404), ("in_review", 404), ("archived", 404)):
        never = build.make_site("Never", state=state)
        assert client.get(address_of(never)).status_code == status
    assert client.get("/id/nothing").status_code == 404
    site.withdraw()
    assert client.get(address_of(site)).status_code == 410
    site.publish()
    assert client.get(address_of(site)).status_code == 303
    site.delete()
    assert client.get(address_of(site)).status_code == 410
    draft = build.make_site("Draft", state="draft")
    draft.delete()
    assert client.get(address_of(draft)).status_code == 404


def test_a_merge_leads_to_the_site_that_stays_however_often(client, site):
    second, third = build.make_site("Second"), build.make_site("Third")
    addresses = {each: address_of(each) for each in (site, second, third)}
    merge.merge(second, site)
    assert lead(client, addresses[site]) == (301, addresses[second])
    merged = merge.merge(third, second)
    assert lead(client, addresses[site]) == (301, addresses[third])
    assert lead(client, addresses[second] + "?at=2026-01-02") == (
        301,
        f"{addresses[third]}?at=2026-01-02",
    )
    undo.undo(merged)
    assert lead(client, addresses[site]) == (301, addresses[second])
    assert lead(client, addresses[second])[0] == 303
    Site.objects.get(pk=second.pk).delete()
    assert lead(client, addresses[site]) == (410, "")


def test_fifty_lead_to_the_same_place_whatever_is_done_to_their_pages(client, settings):
    """Renamed, merged, and served in another default language."""
    with change_set(all_or_nothing=True):
        sites = [build.make_site(f"Place {number}") for number in range(50)]
    names = {address_of(site): site.name["en"] for site in sites}

    def heading(path: str) -> str:
        while (answer := client.get(path, headers={"accept": DATA})).status_code in (301, 303):
            path = answer["Location"]
        document = json.loads(answer.content)
        assert document["@id"].startswith(f"{ORIGIN}/id/")
        return document["@id"].removeprefix(ORIGIN), document["name"]

    def are_as_expected() -> None:
        for path, name in names.items():
            assert heading(path) == (merged.get(path, path), name)

    merged: dict[str, str] = {}
    are_as_expected()
    for number, site in enumerate(sites):
        site.rename(f"renamed-{number}")
    are_as_expected()
    for kept, other in zip(sites[0:20:2], sites[1:20:2], strict=True):
        merge.merge(Site.objects.get(pk=kept.pk), Site.objects.get(pk=other.pk))
        merged[address_of(other)] = address_of(kept)
        names[address_of(other)] = names[address_of(kept)]
    are_as_expected()
    settings.LANGUAGE_CODE = "zh-hans"
    translation.activate("zh-hans")
    ids = [heading(path)[0] for path in names]
    assert ids == [merged.get(path, path) for path in names]


def test_data_is_what_the_page_says(client, site):
    page = client.get("/en/sites/longmen/")
    answer = client.get("/en/sites/longmen/data.jsonld")
    assert answer["Content-Type"] == DATA and answer["Access-Control-Allow-Origin"] == "*"
    document = json.loads(answer.content)
    assert document["@id"] == f"{ORIGIN}{address_of(site)}"
    assert document["url"] == f"{ORIGIN}/en/sites/longmen/"
    assert answer["Last-Modified"] == page["Last-Modified"]
    again = client.get("/en/sites/longmen/data.jsonld", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert json.loads(client.get("/zh-hans/sites/longmen/data.jsonld").content)["name"] == "龙门"
    site.rename("longmen-grottoes")
    moved = client.get("/en/sites/longmen/data.jsonld")
    assert (moved.status_code, moved["Location"]) == (301, "/en/sites/longmen-grottoes/data.jsonld")
    fresh = json.loads(client.get("/en/sites/longmen-grottoes/data.jsonld").content)
    assert fresh["@id"] == document["@id"]
    site.withdraw()
    assert client.get("/en/sites/longmen-grottoes/data.jsonld").status_code == 410
    assert client.get("/en/sites/nothing/data.jsonld").status_code == 404


def test_the_page_tells_how_to_cite_it(client, site):
    page = client.get("/en/sites/longmen/").text
    number = ChangeSet.objects.latest("pk").pk
    permanent = f"{ORIGIN}{address_of(site)}"
    day = Site.objects.get().public_changed_at.date().isoformat()
    assert f'<link rel="cite-as" href="{permanent}">' in page
    assert f"{permanent}?at={day}" in page and f"(change {number})" in page
    entry = build.make_designation(reference="1")
    build.make_coverage(site, entry)
    entry.events.create(kind="extended", date="2001")
    last = ChangeSet.objects.latest("pk").pk
    assert last > number and f"(change {last})" in client.get("/en/sites/longmen/").text
