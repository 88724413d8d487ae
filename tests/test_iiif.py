"""Sites, lists and changes for viewers that speak IIIF, and which tiles are served.

The rules are those that validators of the Presentation API 3.0 and of Change Discovery 1.0 check.
"""

import copy
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from heritage.formats import iiif
from heritage.models import ChangeSet, Image, Rendition, Site, SiteDate
from heritage.models.unit_of_work import change_set
from heritage.services import renditions
from heritage.services import tiles as stored_tiles
from heritage.services.undo import undo
from heritage.web.iiif import views
from tests import builders as build
from tests.test_iiif_images import HEIGHT, WIDTH, base, content, get, shown, squares_of_longmen

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    return squares_of_longmen()


# --- tiles as files --------------------------------------------------------------------------


@pytest.fixture
def own(django_capture_on_commit_callbacks):
    """A small published picture with its tiles, in a folder of the test."""
    site = build.make_site("Gate", slug="gate")
    with django_capture_on_commit_callbacks(execute=True):
        image = build.make_image(site, licence=build.make_licence("CC0"))
    assert not links()
    call_command("renditions", stdout=io.StringIO())
    return image


def links():
    folder = Path(default_storage.path("iiif/3"))
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


def tile_of(image):
    return f"{base(image)}/full/max/0/default.jpg"


def is_served(client, image):
    """By a worker; and by nginx, which finds the file that the address names."""
    path = Path(default_storage.path(tile_of(image).removeprefix("/")))
    by_worker = client.get(tile_of(image))
    manifest = client.get(f"/iiif/manifests/{image.site.uid}")
    is_named = image.tiles_id in manifest.text
    answers = {by_worker.status_code == 200, path.exists(), is_named}
    content(by_worker)
    assert len(answers) == 1, (by_worker.status_code, path.exists(), is_named)
    return answers.pop()


def test_what_is_withdrawn_is_gone_at_once_and_comes_back(
    client, own, django_capture_on_commit_callbacks
):
    def does(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return is_served(client, own)

    def set_published(value):
        own.published = value
        own.save()

    path = Rendition.objects.get(form="tiles").path
    assert links() == {own.tiles_id} and is_served(client, own)
    assert not does(lambda: set_published(False))
    assert does(lambda: set_published(True))
    assert not does(lambda: own.site.withdraw())
    assert does(lambda: own.site.publish())
    assert not does(lambda: Image.objects.filter(pk=own.pk).update(published=False))
    assert does(lambda: Image.objects.filter(pk=own.pk).update(published=True))
    deletions = []

    def delete(record):
        with change_set("edit") as made:
            pk = record.pk
            record.delete()
            record.pk = pk
        deletions.append(made)

    assert not does(lambda: delete(own))
    assert does(lambda: undo(deletions.pop()))
    assert not does(lambda: delete(own.site)) and not links()
    assert client.get(f"/iiif/manifests/{own.site.uid}").status_code == 410
    assert does(lambda: undo(deletions.pop()))
    assert default_storage.exists(f"{path}/full/max/0/default.jpg")  # all that time
    assert Rendition.objects.filter(form="tiles").count() == 1


def test_another_file_is_another_picture(client, own, django_capture_on_commit_callbacks):
    before = own.tiles_id
    with django_capture_on_commit_callbacks(execute=True):
        own.file = build.picture_file(colour=(1, 200, 1))
        own.save()
    assert not links() and client.get(f"/iiif/3/{before}/info.json").status_code == 404
    assert client.get(f"{base(own)}/info.json").status_code == 404  # not made yet
    call_command("renditions", stdout=io.StringIO())
    assert links() == {own.tiles_id} != {before} and is_served(client, own)


def test_drafts_have_no_tiles_until_they_are_published(client, own):
    draft = build.make_image(own.site, published=False, file=build.picture_file(70, 50))
    hidden = build.make_image(
        build.make_site("Draft", state="draft"), licence=own.licence, file=build.picture_file(50)
    )
    call_command("renditions", stdout=io.StringIO())
    assert links() == {own.tiles_id} and Rendition.objects.filter(form="tiles").count() == 1
    for image in (draft, hidden):
        assert client.get(f"{base(image)}/info.json").status_code == 404
    assert not renditions.missing().exists()
    hidden.site.publish()
    assert list(renditions.missing()) == [hidden]


def test_without_iiif_there_is_none_of_it(client, own, settings):
    addresses = (
        f"{base(own)}/info.json",
        tile_of(own),
        f"/iiif/manifests/{own.site.uid}",
        "/iiif/collection",
        "/iiif/changes",
        "/iiif/changes/0",
    )
    pages = ("/en/sites/gate/", "/en/sites/gate/data.jsonld", "/en/data/", "/en/download/")
    assert all("/iiif/" in client.get(path).text for path in pages)
    settings.IIIF = False
    stored_tiles.update_links()  # as each worker does when it starts
    assert not links()
    assert {client.get(path).status_code for path in addresses} == {404}
    assert not any("/iiif/" in client.get(path).text for path in pages)
    build.make_image(own.site, licence=own.licence, file=build.picture_file(70, 50))
    call_command("renditions", stdout=io.StringIO())
    assert Rendition.objects.filter(form="tiles").count() == 1
    settings.IIIF = True
    call_command("renditions", stdout=io.StringIO())
    assert len(links()) == 2


def test_lost_tiles_are_made_again_and_forgotten_ones_swept(client, own):
    row = Rendition.objects.get(form="tiles")
    tile = f"{row.path}/full/max/0/default.jpg"
    default_storage.delete(tile)
    assert client.get(tile_of(own)).status_code == 404
    assert "1 files were gone" in said_by("renditions")
    assert default_storage.exists(tile)
    broken_off = "tiles/ff/ffffffffffffffffffffffff"
    default_storage.save(f"{broken_off}/full/max/0/default.jpg", ContentFile(b"part"))
    said_by("sweep_pictures")
    assert default_storage.exists(tile)
    assert not default_storage.exists(broken_off)
    own.delete()
    said_by("sweep_pictures")
    assert default_storage.exists(tile)
    ChangeSet.objects.update(at="2020-01-01T00:00Z")
    said_by("sweep_pictures")
    assert not default_storage.exists(row.path)
    assert not Rendition.objects.filter(form="tiles").exists()


def said_by(command):
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


# --- sites -----------------------------------------------------------------------------------

# What the validator of the Presentation API 3.0 asks, and the text of the API. That validator is in
# no package, so its checks are here: the properties that each type must have; those that it may
# have, where the list is closed; and what it may hold.
NEEDED = {
    "Manifest": {"id", "type", "label", "items"},
    "Collection": {"id", "type", "label", "items"},
    "Canvas": {"id", "type", "label", "width", "height", "items"},
    "AnnotationPage": {"id", "type", "items"},
    "Annotation": {"id", "type", "motivation", "body", "target"},
    "Image": {"id", "type", "format", "width", "height"},
    "ImageService3": {"id", "type", "profile"},
    "Agent": {"id", "type", "label", "homepage"},
    "Text": {"id", "type", "label", "format"},
    "Dataset": {"id", "type", "format"},
    "FeatureCollection": {"id", "type", "features"},
    "Feature": {"id", "type", "geometry"},
}
CLOSED = {
    "Manifest": {
        *("@context", "id", "type", "label", "metadata", "summary", "requiredStatement", "rights"),
        *("rendering", "service", "services", "viewingDirection", "placeholderCanvas", "start"),
        *("accompanyingCanvas", "navDate", "navPlace", "provider", "seeAlso", "thumbnail"),
        *("homepage", "behavior", "partOf", "items", "structures", "annotations"),
    },
    "AnnotationPage": {
        *("@context", "id", "type", "label", "rendering", "service", "thumbnail", "items"),
        *("partOf", "next", "prev", "first", "last"),
    },
}
HOLDS = {
    ("Manifest", "items"): {"Canvas"},
    ("Collection", "items"): {"Manifest", "Collection"},
    ("Canvas", "items"): {"AnnotationPage"},
    ("AnnotationPage", "items"): {"Annotation"},
    "provider": {"Agent"},
    "homepage": {"Text"},
    "thumbnail": {"Image"},
    "service": {"ImageService3"},
    "partOf": {"Collection"},
}
LANGUAGE_MAPS = ("label", "summary", "value")
LISTS = ("items", "thumbnail", "provider", "homepage", "seeAlso", "partOf", "service", "metadata")
# Where an id may stand again, since it only names what is elsewhere.
NAMING = {"target", "body", "thumbnail", "partOf"}
RIGHTS = re.compile(
    r"http://(creativecommons\.org/(licenses/[a-z-]+|publicdomain/(zero|mark))/\d\.\d/([a-z]+/)?"
    r"|rightsstatements\.org/vocab/[A-Za-z-]+/1\.0/)"
)
LANGUAGE = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")


def assert_valid(document):
    """The rules of the Presentation API 3.0."""
    assert next(iter(document)) == "@context"
    contexts = document["@context"]
    contexts = contexts if isinstance(contexts, list) else [contexts]
    assert contexts[-1] == "http://iiif.io/api/presentation/3/context.json"
    has_place = "navPlace" in json.dumps(document)
    assert not has_place or "http://iiif.io/api/extension/navplace/context.json" in contexts
    assert_part(document, "")
    ids = list(all_ids(document))
    assert len(ids) == len(set(ids)), ids


def all_ids(part):
    yield part["id"]
    for name, value in part.items():
        if isinstance(value, list) and name not in NAMING:
            for each in value:
                if isinstance(each, dict) and "id" in each:
                    yield from all_ids(each)


def assert_part(part, within):
    """A part of a document, which stands as `within` in another; the whole one in none."""
    kind = part["type"]
    assert ("@context" in part) == (not within)
    is_reference = bool(within) and kind in ("Manifest", "Collection")
    needed = NEEDED[kind] - ({"items"} if is_reference else set())
    if within == "partOf":
        needed = {"id", "type"}
    assert needed <= part.keys(), (kind, part)
    assert not is_reference or "items" not in part
    assert not CLOSED.get(kind) or part.keys() <= CLOSED[kind], part.keys()
    assert re.fullmatch(r"https?://[^\s#]+", part["id"]), part["id"]
    for name, value in part.items():
        assert value not in (None, "", [], {}) or (kind, name) == ("Collection", "items"), name
        if name in LANGUAGE_MAPS:
            assert_texts(value)
        if name in LISTS:
            assert isinstance(value, list)
    for row in part.get("metadata", []):
        assert row.keys() == {"label", "value"}
        assert_texts(row["label"]), assert_texts(row["value"])
    if "requiredStatement" in part:
        assert part["requiredStatement"].keys() == {"label", "value"}
        for words in part["requiredStatement"].values():
            assert_texts(words)
    assert "rights" not in part or RIGHTS.fullmatch(part["rights"])
    assert "format" not in part or re.fullmatch(r"[a-z]+/[a-z+.-]+", part["format"])
    assert all(LANGUAGE.fullmatch(tag) for tag in part.get("language", []))
    if "navDate" in part:
        assert datetime.fromisoformat(part["navDate"]).tzinfo == UTC
    for name in {"width", "height"} & part.keys():
        assert isinstance(part[name], int) and part[name] > 0
    if kind == "Canvas":
        [page] = part["items"]
        assert {each["target"] for each in page["items"]} == {part["id"]}
    nested = [(name, each) for name in LISTS if name != "metadata" for each in part.get(name, [])]
    nested += [(name, part[name]) for name in ("body", "navPlace") if name in part]
    nested += [("features", each) for each in part.get("features", [])]
    for name, each in nested:
        allowed = HOLDS.get((kind, name), HOLDS.get(name))
        assert not allowed or each["type"] in allowed, (kind, name, each["type"])
        assert_part(each, name)


def assert_texts(words):
    assert isinstance(words, dict) and words
    for tag, values in words.items():
        assert LANGUAGE.fullmatch(tag), tag
        assert isinstance(values, list) and all(isinstance(v, str) and v for v in values)


def manifest_of(client, site):
    answer = get(client, f"/iiif/manifests/{site.uid}")
    assert answer["Content-Type"] == f'application/ld+json;profile="{iiif.OBJECTS}"'
    document = answer.json()
    assert document["id"] == f"http://testserver/iiif/manifests/{site.uid}"
    assert_valid(document)
    return document


BROKEN = {
    "no label": lambda found: found.pop("label"),
    "a text of no language": lambda found: found.update(label="Longmen"),
    "a property that no manifest has": lambda found: found.update(depicts=["caves"]),
    "an id twice": lambda found: found["items"][0].update(id=found["id"]),
    "an id that is no address": lambda found: found.update(id="longmen"),
    "rights of no known family": lambda found: found.update(rights="https://example.org/free"),
    "a date without a zone": lambda found: found.update(navDate="0493-01-01"),
    "half a size": lambda found: found["items"][0].pop("height"),
    "no pictures": lambda found: found.pop("items"),
    "a picture without its page": lambda found: found.update(items=[found["items"][0]["items"][0]]),
    "a format without a kind": lambda found: found["homepage"][0].update(format="html"),
    "no context of places": lambda found: found.update({"@context": iiif.OBJECTS}),
    "a service without a level": lambda found: found["items"][0]["items"][0]["items"][0]["body"][
        "service"
    ][0].pop("profile"),
}


def test_the_rules_find_what_is_wrong(client, image):
    valid = manifest_of(client, image.site)
    for name, spoil in BROKEN.items():
        document = copy.deepcopy(valid)
        spoil(document)
        try:
            assert_valid(document)
        except (AssertionError, ValueError):
            continue
        pytest.fail(f"Not found: {name}")


def test_a_site_with_a_photograph(client, image):
    found = manifest_of(client, image.site)
    assert found["label"] == {"en": ["Longmen Grottoes"], "zh-Hans": ["龙门石窟"]}
    assert set(found["summary"]) == {"en", "zh-Hans"}  # from the facts
    assert found["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert found["requiredStatement"]["value"]["en"] == ["Li Hua, CC BY 4.0"]
    assert found["navDate"] == "0493-01-01T00:00:00Z"
    feature = found["navPlace"]["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [112.4722, 34.5556]}
    rows = [(row["label"]["zh-Hans"], row["value"]["zh-Hans"]) for row in found["metadata"]]
    assert (["始建"], ["493年"]) in rows or any("493年" in value[0] for _label, value in rows)
    pages = {page["language"][0]: page["id"] for page in found["homepage"]}
    assert pages == {
        "en": "http://testserver/en/sites/longmen/",
        "zh-Hans": "http://testserver/zh-hans/sites/longmen/",
    }
    assert all(client.get(page).status_code == 200 for page in pages.values())
    assert all(client.get(each["id"]).status_code == 200 for each in found["seeAlso"])
    [canvas] = found["items"]
    assert (canvas["width"], canvas["height"]) == (WIDTH, HEIGHT)
    assert canvas["label"] == {"en": ["Squares"], "zh-Hans": ["方格"]}
    assert canvas["summary"] == {"en": ["A gate"], "zh-Hans": ["一座门"]}
    body = canvas["items"][0]["items"][0]["body"]
    assert shown(get(client, body["id"])).size == (body["width"], body["height"])
    [service] = body["service"]
    info = get(client, f"{service['id']}/info.json").json()
    assert (info["id"], info["type"], info["profile"]) == tuple(
        service[name] for name in ("id", "type", "profile")
    )
    [thumbnail] = canvas["thumbnail"]
    assert thumbnail == found["thumbnail"][0]
    assert shown(client.get(thumbnail["id"])).size == (thumbnail["width"], thumbnail["height"])
    assert (thumbnail["width"], thumbnail["format"]) == (320, "image/jpeg")
    answer = get(client, f"/iiif/manifests/{image.site.uid}")
    get(client, f"/iiif/manifests/{image.site.uid}", 304, if_none_match=answer["ETag"])
    image.caption = build.text("Other squares")
    image.save()
    get(client, f"/iiif/manifests/{image.site.uid}", 200, if_none_match=answer["ETag"])


def test_a_site_without_a_photograph_shows_its_drawn_cover(client, words):
    site = build.make_site("Kiln", "窑", slug="kiln", place=words.county)
    build.make_event(site, "founded", "-0400")
    found = manifest_of(client, site)
    [canvas] = found["items"]
    body = canvas["items"][0]["items"][0]["body"]
    assert body["id"].startswith(f"http://testserver/previews/{site.uid}.jpg?v=")
    assert (body["format"], body["width"], body["height"]) == ("image/jpeg", 1200, 630)
    assert "service" not in body and "rights" not in found and "requiredStatement" not in found
    assert "navDate" not in found  # before our era
    assert "navPlace" not in found and found["@context"] == iiif.OBJECTS
    answer = client.get(body["id"])
    assert shown(answer).size == (1200, 630) and answer["Access-Control-Allow-Origin"] == "*"


def test_a_picture_whose_tiles_are_not_made_is_shown_whole(client):
    image = build.make_image(build.make_site("Gate"), caption={}, alt=build.text("Only English"))
    body = manifest_of(client, image.site)["items"][0]["items"][0]["items"][0]["body"]
    assert "service" not in body and body["id"].endswith(image.file_name)
    answer = client.get(body["id"])
    assert answer["Content-Type"] == body["format"] == "image/png"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert shown(answer).size == (body["width"], body["height"])


def test_a_blurred_site_is_nowhere_shown_more_exactly(client):
    site = build.make_site("Tomb", latitude=34.5556, longitude=112.4722, blur_km=10)
    text = json.dumps(manifest_of(client, site)) + get(client, "/iiif/collection").text
    latitude, longitude = site.public_point
    assert (latitude, longitude) != (34.5556, 112.4722)
    assert "34.55" not in text and "112.47" not in text
    where = [round(longitude, 6), round(latitude, 6)]
    assert json.loads(get(client, "/iiif/collection").text)["items"][0]["navPlace"]["features"][0][
        "geometry"
    ] == {"type": "Point", "coordinates": where}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "licenses/by-sa/4.0/"),
        ("http://creativecommons.org/licenses/by/3.0/igo", "licenses/by/3.0/igo/"),
        ("https://creativecommons.org/licenses/by/2.5/cn/deed.en", "licenses/by/2.5/cn/"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.zh-hans", "licenses/by/4.0/"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "publicdomain/zero/1.0/"),
        ("https://creativecommons.org/publicdomain/mark/1.0", "publicdomain/mark/1.0/"),
        ("https://rightsstatements.org/page/InC-EDU/1.0/", "InC-EDU/1.0/"),
        ("http://rightsstatements.org/vocab/NoC-CR/1.0/", "NoC-CR/1.0/"),
        ("https://creativecommons.org/", ""),
        ("https://creativecommons.org.evil.example/licenses/by/4.0/", ""),
        ("https://commons.wikimedia.org/wiki/Template:PD-old", ""),
        ("https://www.gnu.org/licenses/fdl-1.3.html", ""),
        ("", ""),
    ],
)
def test_rights_are_only_of_the_two_families(url, wanted):
    found = iiif.rights_of(url)
    assert found.endswith(wanted) and bool(found) == bool(wanted)
    assert not found or RIGHTS.fullmatch(found)


def test_pictures_of_different_rights_say_theirs_each(client, image):
    other = build.make_licence(
        "PD", label=build.text("Public domain", "公有领域"), url="https://pd.example/"
    )
    build.make_image(image.site, licence=other, author="Bo", file=build.picture_file(), order=9)
    found = manifest_of(client, image.site)
    assert "rights" not in found
    assert [canvas.get("rights") for canvas in found["items"]] == [
        "http://creativecommons.org/licenses/by/4.0/",
        None,
    ]
    assert found["requiredStatement"]["value"]["zh-Hans"] == ["Li Hua、CC BY 4.0 · Bo、公有领域"]
    assert found["items"][1]["requiredStatement"]["value"]["en"] == ["Bo, Public domain"]


@pytest.mark.parametrize(("was", "status"), [(False, 404), (True, 410)])
def test_what_is_not_published_has_no_manifest(client, editor, was, status):
    site = build.make_site("Gone", state="published" if was else "draft")
    if was:
        site.withdraw()
    get(client, f"/iiif/manifests/{site.uid}", status)
    get(client, "/iiif/manifests/nothing", 404)


# --- lists -----------------------------------------------------------------------------------


def test_a_list_is_a_collection_in_its_order(client, words, monkeypatch):
    sites = [
        build.make_site(
            f"Site {n}", f"遗址{n}", place=words.county, kinds=[words.temple], prominence=n
        )
        for n in range(1, 6)
    ]
    build.make_site("Elsewhere")
    address = "/iiif/collection?place=luoyang&kind=temple"
    found = get(client, address).json()
    assert_valid(found)
    assert found["id"] == f"http://testserver{address}"
    assert (
        found["label"]["zh-Hans"][0].endswith(" · 洛阳市 · 寺庙")
        or "寺庙" in found["label"]["zh-Hans"][0]
    )
    listed = [item["id"].rpartition("/")[2] for item in found["items"]]
    assert set(listed) == {site.uid for site in sites}
    for language in ("zh-Hans", "en"):
        again = get(client, address, accept_language=language).json()
        assert [item["id"] for item in again["items"]] == [item["id"] for item in found["items"]]
    assert found["items"][0]["label"]["zh-Hans"]
    monkeypatch.setattr(views, "PER_COLLECTION", 2)
    whole = get(client, address).json()
    assert_valid(whole)
    assert [part["type"] for part in whole["items"]] == ["Collection"] * 3
    parts = [get(client, part["id"]).json() for part in whole["items"]]
    for part, named in zip(parts, whole["items"], strict=True):
        assert_valid(part)
        assert part["id"] == named["id"]
    assert [item["id"].rpartition("/")[2] for part in parts for item in part["items"]] == listed
    for wrong in ("0", "4", "x", "²"):
        get(client, f"{address}&part={wrong}", 404)
    answer = get(client, "/iiif/collection?era=nonsense", 400)
    assert "era" in answer.text
    empty = get(client, "/iiif/collection?kind=bridge").json()
    assert_valid(empty)
    assert empty["items"] == []


# --- what has changed ------------------------------------------------------------------------


def walk(client):
    """All activities as a harvester reads them: from the last page backwards."""
    whole = get(client, "/iiif/changes").json()
    assert whole["@context"] == "http://iiif.io/api/discovery/1/context.json"
    assert (whole["id"], whole["type"]) == ("http://testserver/iiif/changes", "OrderedCollection")
    address, found, after = whole["last"]["id"], [], None
    while address:
        page = get(client, address).json()
        assert page["id"] == address and page["type"] == "OrderedCollectionPage"
        assert page["partOf"] == {"id": whole["id"], "type": "OrderedCollection"}
        assert page.get("next", {}).get("id") == after
        found = page["orderedItems"] + found
        assert page["startIndex"] == whole["totalItems"] - len(found)
        after, address = address, page.get("prev", {}).get("id")
    assert after == whole["first"]["id"] and len(found) == whole["totalItems"]
    times = [each["endTime"] for each in found]
    assert times == sorted(times) and all(re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", t) for t in times)
    return [(each["type"], each["object"]["id"].rpartition("/")[2]) for each in found]


def test_changes_are_told_in_their_order(client, monkeypatch):
    monkeypatch.setattr("heritage.web.iiif.changes.PER_PAGE", 2)
    assert walk(client) == []
    sites = {name: build.make_site(name) for name in ("a", "b", "c", "d", "e")}
    build.make_site("draft", state="draft")
    long_ago = timezone.now() - timedelta(days=9)
    for number, site in enumerate(sites.values()):
        at = long_ago + timedelta(hours=number)
        Site.objects.filter(pk=site.pk).update(published_at=at)
        SiteDate.objects.filter(site=site).update(changed_at=at)
    call_command("reindex", stdout=io.StringIO())
    uid = {name: site.uid for name, site in sites.items()}
    assert walk(client) == [("Create", uid[name]) for name in "abcde"]
    build.make_image(sites["b"])
    sites["d"].withdraw()
    with change_set("edit") as made:
        sites["a"].delete()
    assert walk(client) == [
        ("Create", uid["c"]),
        ("Create", uid["e"]),
        ("Update", uid["b"]),
        ("Delete", uid["d"]),
        ("Delete", uid["a"]),
    ]
    undo(made)
    sites["d"].refresh_from_db()
    sites["d"].publish()
    assert walk(client) == [
        ("Create", uid["c"]),
        ("Create", uid["e"]),
        ("Update", uid["b"]),
        ("Update", uid["a"]),
        ("Update", uid["d"]),
    ]
    last = get(client, "/iiif/changes").json()["last"]["id"]
    answer = get(client, last)
    get(client, last, 304, if_none_match=answer["ETag"])
    get(client, "/iiif/changes/3", 404)


# --- where it is named -----------------------------------------------------------------------


def test_pages_lead_to_it(client, image):
    page = client.get("/en/sites/longmen/").text
    manifest = f"http://testserver/iiif/manifests/{image.site.uid}"
    assert f'href="{manifest}"' in re.search(r"<link[^>]*presentation/3[^>]*>", page)[0]
    assert re.search(rf'<a [^>]*href="/iiif/manifests/{image.site.uid}"', page)
    data = client.get("/en/sites/longmen/data.jsonld").json()
    assert data["subjectOf"]["url"] == manifest
    assert "/iiif/collection" in client.get("/en/data/").text
    assert "/iiif/collection?era=tang" in client.get("/en/download/?era=tang").text
    robots = client.get("/robots.txt").text
    assert "Disallow: /iiif/3/" in robots and "Disallow: /iiif/\n" not in robots
