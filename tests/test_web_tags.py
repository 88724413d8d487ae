"""Addresses of covers carry a tag: it changes exactly when the drawing does, and whoever has a
picture under its tag keeps it for good.
"""

import json
import random
import re

import pytest

from heritage.formats import tagged_path
from heritage.media.covers import SHAPES, scene_files
from heritage.models import Coverage, Era, Kind, Place, RegisterTerm, Site, WorldHeritage
from heritage.search import store
from heritage.web.media import covers
from heritage.web.media.covers import cached_svg
from heritage.web.shared import cards
from heritage.web.site.page import site_page
from tests import builders as build
from tests.random_catalogue import Catalogue
from tests.random_writes import add_site, write
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db
WRITES = 60
FOR_GOOD = ("public", "max-age=31536000", "immutable")


def address(site: Site, route: str = "web:cover") -> str:
    found = covers.with_covers().get(pk=site.pk)
    return tagged_path(route, found.uid, covers.drawing_of(found, "en").tag)


def is_kept_for_good(response) -> bool:
    said = response["Cache-Control"].split(", ")
    return response.status_code == 200 and set(FOR_GOOD) <= set(said)


# --- served ------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["web:cover", "web:square_cover"])
@pytest.mark.parametrize("cover", ["giza", "plate", "solemn"])
def test_a_cover_is_kept_for_good_under_its_tag(client, route, cover):
    site = build.make_site("Giza", cover=cover)
    path = address(site, route)
    first = client.get(path)
    assert is_kept_for_good(first)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    plain = client.get(path.partition("?")[0])
    assert plain.content == first.content
    assert plain["Cache-Control"] == "public, max-age=3600" and plain["ETag"] == first["ETag"]


def test_an_old_tag_shows_the_drawing_of_today_for_a_minute(client):
    site = build.make_site("Giza", cover="giza")
    old = address(site)
    Site.objects.filter(pk=site.pk).update(cover="medina")
    new = address(site)
    assert new != old
    for asked in (old, f"/en/covers/{site.uid}.svg?v=", f"/en/covers/{site.uid}.svg?v=../%0a&x=1"):
        response = client.get(asked)
        assert response.content == client.get(new).content
        assert response["Cache-Control"] == "public, max-age=60"
    assert is_kept_for_good(client.get(new))


def test_what_is_hidden_is_kept_by_nobody(client):
    site = build.make_site("Secret", state="draft", cover="giza")
    path = address(site)
    assert client.get(path).status_code == 404
    client.force_login(build.make_user(is_superuser=True))
    for asked in (path, f"/en/covers/{site.uid}.svg?v=other", f"/previews/{site.uid}.jpg?v=x"):
        response = client.get(asked)
        assert response.status_code == 200 and "no-store" in response["Cache-Control"]


def test_pages_name_pictures_as_they_are_today(client):
    words = vocabulary()
    longmen = full_site(words)
    longmen.images.all().delete()
    words.temple.scene = "buddhist-temple-zh"
    words.temple.save()
    for number in range(3):
        build.make_site(f"Plain {number}", slug=f"plain-{number}", featured=number + 1)
    found = set()
    paths = ["", "sites/", "sites/longmen-grottoes/", "sites/plain-1/"]
    for path in [*paths, "kinds/", "kinds/temple/", "about/"]:
        html = client.get(f"/zh-hans/{path}").content.decode()
        here = re.findall(
            r'"(?:http://testserver)?(/(?:zh-hans/covers|previews?)[/.][^" ]+)"', html
        )
        assert here, path
        found.update(each for each in here if "/covers/a" not in each)
    script = re.search(
        r'"image":(\["http[^]]+\])', client.get("/en/sites/plain-1/").content.decode()
    )
    found.update(each.removeprefix("http://testserver") for each in json.loads(script[1]))
    assert {each.removeprefix("/zh-hans").split("/")[1].partition(".")[0] for each in found} == {
        "covers", "previews", "preview",
    }  # fmt: skip
    for each in found:
        assert is_kept_for_good(client.get(each)), each


# --- what a tag follows from -------------------------------------------------------------------


def test_another_file_has_another_tag(monkeypatch):
    kind = build.make_kind(scene="giza")
    before, chooser = covers.drawing_of_kind(kind).tag, scene_files.tag_of_chooser()
    landscape = covers.landscape_tag("seed")  # with reeds
    scene_files.scene("giza")
    text = scene_files.text_of

    def drawn_anew(name):
        return text(name) + (" " if name in ("giza", "plants/reeds") else "")

    monkeypatch.setattr(scene_files, "text_of", drawn_anew)
    caches = (scene_files.tag_of_scene, scene_files.tag_of_chooser)
    try:
        for cache in caches:
            cache.cache_clear()
        assert covers.drawing_of_kind(kind).tag != before
        assert scene_files.tag_of_chooser() != chooser
        assert covers.landscape_tag("seed") != landscape
    finally:
        for cache in caches:
            cache.cache_clear()


def test_the_files_of_the_composer_are_part_of_a_tag(tmp_path):
    file = tmp_path / "composer.py"
    found = set()
    for text in ("a = 1", "a = 2"):
        file.write_text(text)
        found.add(scene_files.tag_of_files(file))
    assert len(found) == 2 and scene_files.tag_of("a") != scene_files.tag_of("b")


class Changes:
    """Whatever a cover is drawn from, and much that it is not, changed at random."""

    SCENES = ("", "", "giza", "medina", "pagoda-brick", "reef")

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.catalogue = Catalogue(dice)
        for model in (Kind, Era, Place):
            for row in model.objects.order_by("pk"):
                self.change_term(row)
        for _site in range(12):
            add_site(self.catalogue)

    def some(self, rows):
        return self.dice.choice(list(rows.order_by("pk")))

    def word(self) -> str:
        return self.dice.choice(["法国", "北 魏", "新石器时代", "一个很长的名字", "Rome", "A & B"])

    def site(self) -> None:
        dice = self.dice
        changes = [
            {"cover": dice.choice([*self.SCENES, "plate", "solemn"])},
            {"name": build.text(self.word(), self.word())},
            {"place": self.some(Place.objects)},
            self.catalogue.point(),
            {"note": build.text(self.word())},
        ]
        row = self.some(Site.objects)
        for name, value in dice.choice(changes).items():
            setattr(row, name, value)
        row.save()

    def change_term(self, row) -> None:
        dice = self.dice
        row.label = build.text(self.word(), self.word())
        if isinstance(row, Kind):
            row.scene, row.order = dice.choice(self.SCENES), dice.randint(1, 3)
        elif isinstance(row, Era):
            row.palette = dice.choice(["", "ink", "jade", "snow"])
            row.region = dice.choice([None, *Place.objects.filter(level="country")])
        else:
            row.level = "country" if row.parent_id is None else "city"
            taken = Place.objects.values_list("code", flat=True)
            free = sorted({"CN", "FR", "KE", "ML", "MX", "X1", "X2", "X3"} - set(taken))
            row.code = dice.choice(free or [row.code]) if row.parent_id is None else ""
            row.latitude, row.longitude = dice.randint(-60, 60), dice.randint(-170, 170)
        row.save()

    def register(self) -> None:
        dice = self.dice
        match dice.randint(0, 2):
            case 0:
                detail = self.some(WorldHeritage.objects)
                detail.criteria.set(dice.sample(self.catalogue.criteria, dice.randint(0, 3)))
            case 1:
                term = self.some(RegisterTerm.objects.filter(facet="criterion"))
                term.code, term.order = f"c{dice.randint(1, 99)}", dice.randint(1, 5)
                term.save()
            case 2:
                covered = list(Coverage.objects.order_by("pk"))
                for row in covered[:1]:
                    row.extent = dice.choice(["whole", "component"])
                    row.save()

    def one(self) -> None:
        match self.dice.randint(0, 7):
            case 0 | 1 | 2:
                self.site()
            case 3 | 4 | 5:
                model = self.dice.choice([Kind, Era, Place])
                self.change_term(self.some(model.objects))
            case 6:
                self.register()
            case 7:
                write(self.catalogue)


def drawn() -> dict[int, tuple[str, tuple[str, ...]]]:
    """By published site, its tag and its drawings."""
    found = {}
    for site in covers.with_covers().published():
        drawing = covers.drawing_of(site)
        found[site.pk] = drawing.tag, tuple(cached_svg(drawing, shape) for shape in SHAPES.values())
    return found


@pytest.mark.parametrize("seed", range(2))
def test_the_tag_changes_exactly_when_the_drawing_does(seed):
    changes = Changes(random.Random(seed))
    before, anew = drawn(), 0
    for number in range(WRITES):
        changes.one()
        now = drawn()
        for pk in now.keys() & before.keys():
            assert (now[pk][0] == before[pk][0]) == (now[pk][1] == before[pk][1]), (number, pk)
            anew += now[pk][0] != before[pk][0]
        before = now
        index = store.current()
        for card in cards.cards_of(index, now):
            if card.picture.square:
                assert card.picture.src.endswith(f"?v={now[card.row.pk][0]}"), number
        site = changes.some(Site.objects.published())
        picture = site_page(site).picture
        if picture.square:
            assert picture.src.endswith(f"?v={now[site.pk][0]}"), number
    assert anew > WRITES / 5
