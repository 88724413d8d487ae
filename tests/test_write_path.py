"""Whatever way a row is written, everything that follows from it is right."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heritage.models import (
    Change,
    ChangeSet,
    Correction,
    Custodian,
    FormerSlug,
    Identifier,
    IdentifierScheme,
    Identity,
    IndexChange,
    Kind,
    Name,
    Place,
    Site,
    SortName,
    WorldHeritage,
)
from heritage.models.fields import LanguageMapField, NamesField
from heritage.models.row_values import recorded_columns, recorded_relations
from heritage.models.unit_of_work import change_set
from heritage.search import fulltext, store
from heritage.services import bulk
from heritage.services.dependencies import COLUMN_EFFECTS
from heritage.values.tokens import QueryWord
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_image,
    make_kind,
    make_licence,
    make_name,
    make_place,
    make_register,
    make_site,
    make_source,
    make_term,
    make_user,
    text,
)
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive

pytestmark = pytest.mark.django_db


def found_by(word: str) -> set[str]:
    hits = fulltext.sites_matching(((QueryWord(word, is_prefix=False),),))
    return set(Site.objects.filter(pk__in=hits).values_list("slug", flat=True))


@pytest.fixture
def three_sites():
    return [make_site(f"Site {slug}", slug=slug) for slug in "abc"]


# --- a row that moves ----------------------------------------------------------------------------


def test_a_row_that_was_created_and_then_moved_twice(three_sites):
    a, b, c = three_sites
    name = Name.objects.create(site=a, text="Wanderer", language="en")
    for site, slug in ((b, "b"), (c, "c"), (a, "a"), (b, "b")):
        name.site = site
        name.save()
        assert found_by("wanderer") == {slug}
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


def test_a_row_that_was_loaded_and_moved_there_and_back(three_sites):
    a, b, c = three_sites
    name = Name.objects.get(pk=make_name(c, "Wanderer").pk)
    name.site = a
    name.save()
    name.refresh_from_db()
    name.site = b
    name.save()
    assert found_by("wanderer") == {"b"}


def test_a_row_that_moves_while_its_owner_is_deferred(three_sites):
    a, b, _c = three_sites
    name = Name.objects.defer("site").get(pk=make_name(a, "Wanderer").pk)
    name.site = b
    name.save()
    assert found_by("wanderer") == {"b"}


def test_a_row_that_another_site_takes(three_sites):
    a, b, c = three_sites
    name = make_name(a, "Wanderer")
    b.names.add(name)
    assert found_by("wanderer") == {"b"}
    moved = Change.objects.latest("pk")
    assert (moved.before, moved.after) == ({"site": a.pk}, {"site": b.pk})
    c.names.set([name])
    assert found_by("wanderer") == {"c"}
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


# --- a site's own row ----------------------------------------------------------------------------


def published_by(user) -> Site:
    site = make_site("Temple", slug="temple", state="draft")
    site.publish(by=user)
    return Site.objects.get(pk=site.pk)


@pytest.mark.parametrize(
    "get",
    [
        lambda pk: Site.objects.defer("state").get(pk=pk),
        lambda pk: Site.objects.only("featured").get(pk=pk),
        lambda pk: Site.objects.defer("published_at", "state_changed_at").get(pk=pk),
    ],
    ids=["without state", "with one column", "without stamps"],
)
def test_a_partly_loaded_site_keeps_who_published_it(get):
    user = make_user()
    stamps = ("state_changed_at", "state_changed_by_id", "published_at", "created_at", "slug")
    site = published_by(user)
    before = [getattr(site, name) for name in stamps]
    assert before[1] == user.pk
    site = get(site.pk)
    site.featured = 3
    site.save()
    stored = Site.objects.get()
    assert [getattr(stored, name) for name in stamps] == before
    assert stored.featured == 3


def test_a_refreshed_site_keeps_who_published_it():
    user = make_user()
    site = published_by(user)
    site.refresh_from_db()
    site.featured = 3
    site.save()
    stored = Site.objects.get()
    assert (stored.state_changed_by, stored.featured) == (user, 3)


def test_a_deleted_site_that_is_saved_again_is_found_again():
    """Django inserts it with what it had in memory, as it does with a copy."""
    site = Site.objects.get(pk=make_site("Lonely tower", slug="tower").pk)
    site.delete()
    site.save()
    assert found_by("lonely") == {"tower"}
    site.delete()
    Site.objects.bulk_create([site])
    assert found_by("lonely") == {"tower"}
    assert_nothing_to_derive()


def test_state_is_stamped_when_it_changes_whatever_was_loaded():
    user = make_user()
    site = Site.objects.defer("state").get(pk=published_by(user).pk)
    site.state = Site.State.ARCHIVED
    site.save()
    stored = Site.objects.get()
    assert stored.state_changed_by is None
    assert stored.state_changed_at > stored.published_at


RENAMES = {
    "save": lambda site: (setattr(site, "slug", "new"), site.save()),
    "save of one column": lambda site: (
        setattr(site, "slug", "new"),
        site.save(update_fields=["slug"]),
    ),
    "deferred": lambda site: RENAMES["save"](Site.objects.defer("slug").get(pk=site.pk)),
    "refreshed": lambda site: (site.refresh_from_db(), RENAMES["save"](site)),
    "update": lambda site: Site.objects.filter(pk=site.pk).update(slug="new"),
    "bulk_update": lambda site: (
        setattr(site, "slug", "new"),
        Site.objects.bulk_update([site], ["slug"]),
    ),
}


@pytest.mark.parametrize("rename", RENAMES.values(), ids=RENAMES)
def test_a_renamed_address_redirects(rename):
    site = make_site("Temple", slug="old")
    rename(site)
    assert Site.objects.get().slug == "new"
    assert list(FormerSlug.objects.values_list("slug", "site")) == [("old", site.pk)]


def test_columns_that_are_not_saved_change_nothing():
    site = make_site("Temple", slug="temple", latitude=34.5, longitude=112.5, state="draft")
    site.slug, site.blur_km, site.state = "unsaved", 20, "published"
    site.featured = 1
    site.save(update_fields=["featured"])
    stored = Site.objects.get()
    assert (stored.slug, stored.public_latitude, stored.featured) == ("temple", 34.5, 1)
    assert stored.published_at is None
    assert not FormerSlug.objects.exists()


def test_a_save_that_changes_nothing_leaves_the_record_as_old_as_it_was():
    site = Site.objects.get(pk=make_site().pk)
    before = site.updated_at
    site.save()
    assert Site.objects.get().updated_at == before
    make_name(site)
    assert Site.objects.get().updated_at > before


# --- rows of many-to-many relations, written directly --------------------------------------------

TIES = Site.kinds.through
LINKS = {
    "create": lambda site, kind: TIES.objects.create(site=site, kind=kind),
    "save": lambda site, kind: TIES(site=site, kind=kind).save(),
    "get_or_create": lambda site, kind: TIES.objects.get_or_create(site=site, kind=kind),
    "bulk_create": lambda site, kind: TIES.objects.bulk_create([TIES(site=site, kind=kind)]),
    "add": lambda site, kind: site.kinds.add(kind),
    "from the other side": lambda site, kind: kind.sites.add(site),
    "bulk_add": lambda site, kind: Site.objects.bulk_add("kinds", [(site.pk, kind.pk)]),
}
UNLINKS = {
    "delete": lambda site, kind: TIES.objects.filter(kind=kind).delete(),
    "delete of one": lambda site, kind: TIES.objects.get(site=site).delete(),
    "clear": lambda site, kind: kind.sites.clear(),
    "set": lambda site, kind: site.kinds.set([]),
    "bulk_remove": lambda site, kind: Site.objects.bulk_remove("kinds", kind.pk, [site.pk]),
}


def written(write) -> tuple[list, set]:
    """What the history tells of a write, and the sites that it enters."""
    last = Change.objects.latest("pk").pk, IndexChange.objects.latest("pk").pk
    write()
    told = Change.objects.filter(pk__gt=last[0]).values_list("owner_id", "before", "after")
    entered = IndexChange.objects.filter(pk__gt=last[1]).values_list("site_id", flat=True)
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
    return list(told), set(entered)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_row_of_a_relation_that_is_added(link):
    kind, site = make_kind("Lighthouse"), make_site()
    store.current()
    told = [(site.pk, {"kinds": []}, {"kinds": [kind.pk]})]
    assert written(lambda: link(site, kind)) == (told, {site.pk})
    assert found_by("lighthouse") == {site.slug}
    kept = Change.objects.count()
    LINKS["bulk_add"](site, kind)
    assert Change.objects.count() == kept  # it is there already


@pytest.mark.parametrize("unlink", UNLINKS.values(), ids=UNLINKS)
def test_a_row_of_a_relation_that_is_removed(unlink):
    kind = make_kind("Lighthouse")
    site = make_site(kinds=[kind])
    store.current()
    told = [(site.pk, {"kinds": [kind.pk]}, {"kinds": []})]
    assert written(lambda: unlink(site, kind)) == (told, {site.pk})
    assert found_by("lighthouse") == set()


def test_a_row_of_a_relation_is_not_changed():
    """The message says what to use instead; of the detail of an entry, too."""
    kinds = [make_kind(), make_kind()]
    site = make_site(kinds=kinds[:1])
    row = TIES.objects.get()
    row.kind = kinds[1]
    for change in (
        row.save,
        lambda: TIES.objects.update(kind=kinds[1]),
        lambda: TIES.objects.bulk_update([row], ["kind"]),
    ):
        message = r"“kinds”.* Site\.objects\.bulk_add"
        with pytest.raises(TypeError, match=message), transaction.atomic():
            change()
    assert list(site.kinds.all()) == kinds[:1]
    through = WorldHeritage.criteria.through
    with pytest.raises(TypeError, match=r"“criteria”.* WorldHeritage\.objects\.bulk_add"):
        through.objects.update(registerterm=1)


# --- savepoints that are rolled back -------------------------------------------------------------


def rolled_back(write) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError


@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "in parts"])
def test_the_history_holds_nothing_that_was_rolled_back_to_a_savepoint(is_whole):
    site, other = make_site(featured=1), make_site(featured=1)

    def feature(site, number):
        site = Site.objects.get(pk=site.pk)
        site.featured = number
        site.save()

    with change_set(all_or_nothing=is_whole) as made:
        feature(site, 2)
        rolled_back(lambda: feature(other, 77))
        with transaction.atomic():
            feature(site, 3)
        rolled_back(lambda: (feature(site, 4), Site.objects.get(pk=other.pk).delete()))
        feature(site, 5)
    told = [(c.object_id, c.before["featured"], c.after["featured"]) for c in made.changes.all()]
    assert told == [(site.pk, 1, 2), (site.pk, 2, 3), (site.pk, 3, 5)]
    count = ChangeSet.objects.count()
    with change_set(all_or_nothing=is_whole):
        rolled_back(lambda: feature(other, 77))
    assert ChangeSet.objects.count() == count


def test_a_site_whose_save_was_rolled_back_is_dated_by_its_rows():
    site = make_site(featured=1)
    before = Site.objects.get().updated_at

    def feature():
        site.featured = 7
        site.save()

    with change_set():
        rolled_back(feature)
        make_name(site)
    assert Site.objects.get().updated_at > before


# --- values that the database computes -----------------------------------------------------------


MOVES = {
    "save": lambda site: (setattr(site, "latitude", F("latitude") + 1), site.save()),
    "save of one column": lambda site: (
        setattr(site, "latitude", F("latitude") + 1),
        site.save(update_fields=["latitude"]),
    ),
    "update": lambda site: Site.objects.filter(pk=site.pk).update(latitude=F("latitude") + 1),
    "bulk_update": lambda site: (
        setattr(site, "latitude", F("latitude") + 1),
        Site.objects.bulk_update([site], ["latitude"]),
    ),
}


@pytest.mark.parametrize("blur_km", [0, 5])
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_site_that_the_database_moves(move, blur_km):
    site = make_site("Kiln", latitude=34.5, longitude=112.5, blur_km=blur_km)
    before = Site.objects.get()
    move(Site.objects.get())
    stored = Site.objects.get()
    assert stored.latitude == 35.5 and stored.updated_at > before.updated_at
    assert abs(stored.public_latitude - 35.5) < 0.1
    assert (stored.public_latitude == 35.5) == (not blur_km)
    told = Change.objects.latest("pk")
    assert (told.object_id, told.before, told.after) == (
        site.pk,
        {"latitude": 34.5},
        {"latitude": 35.5},
    )
    assert_as_rebuilt(store.current())


def test_a_label_that_the_database_computes():
    kind = make_kind("Kiln", slug="kiln")
    made = Kind.objects.bulk_create([Kind(slug=Lower(Value("OVEN")), label=text("Oven"))])
    assert Kind.objects.get(pk=made[0].pk).slug == "oven"
    kind.order = F("order") + 7
    kind.other_names = ["Furnace"]
    kind.save()
    assert (kind.order, "furnace" in Kind.objects.get(pk=kind.pk).search_text) == (107, True)


def test_a_partly_loaded_site_is_saved_with_as_many_queries_as_a_whole_one():
    pk = make_site("Kiln", featured=1).pk

    def queries(site):
        site.featured += 1
        with CaptureQueriesContext(connection) as found:
            site.save()
        return len(found)

    whole = queries(Site.objects.get(pk=pk))
    assert queries(Site.objects.only("featured").get(pk=pk)) <= whole


# --- translated text -----------------------------------------------------------------------------


def test_a_plain_dict_may_be_assigned_to_translated_text():
    kind = Kind.objects.create(slug="kiln", label={"en": "Kiln", "zh-hans": "窑"})
    assert str(kind) == "Kiln"
    place = Place(slug="place", level="city", label={"en": "Place"})
    place.label = {"en": "Elsewhere"}
    place.save()
    assert str(place) == str(Place.objects.get().label.best()) == "Elsewhere"
    assert str(Site(name={"en": "Temple"})) == "Temple"
    Kind.objects.update(label={"en": "Oven"})
    assert "oven" in Kind.objects.get().search_text


def test_line_ends_are_stored_as_one_character():
    site = make_site(description=text("One\r\nTwo\rThree"))
    assert site.description["en"] == "One\nTwo\nThree"
    site.summary = {"en": "Four\r\nFive"}
    site.save()
    Site.objects.filter(pk=site.pk).update(note={"en": "Six\r\nSeven"})
    stored = Site.objects.get()
    assert stored.summary["en"] == "Four\nFive"
    assert stored.note["en"] == "Six\nSeven"


def test_plain_texts_too_and_without_a_nul():
    """Whoever writes them, and however; PostgreSQL would refuse a NUL."""
    row = Correction.objects.create(
        site=make_site(), topic="dates", language="en", text="One\r\nTwo\0", suggestion="A\rB"
    )
    Correction.objects.filter(pk=row.pk).update(note="Three\r\nFour\0")
    row.refresh_from_db()
    assert (row.text, row.suggestion, row.note) == ("One\nTwo", "A\nB", "Three\nFour")
    with change_set(reason="Why\0 not"):
        row.delete()
    assert ChangeSet.objects.latest("pk").reason == "Why not"


def test_a_form_sent_by_a_browser_changes_no_line_ends(client):
    from django.urls import reverse

    from heritage.models import Change
    from tests.adminforms import filled

    client.force_login(make_user(group="administrator"))
    site = make_site("Kiln", kinds=[make_kind()], description=text("One\n\nTwo"))
    before = Change.objects.count()
    url = reverse("admin:heritage_site_change", args=[site.pk])
    data = filled(client, url)
    crlf = {
        name: [value.replace("\n", "\r\n") if isinstance(value, str) else value for value in values]
        if isinstance(values, list)
        else values
        for name, values in data.items()
    }
    assert any("\r\n" in str(value) for values in crlf.values() for value in values)
    assert client.post(url, crlf).status_code == 302
    assert Change.objects.count() == before
    assert Site.objects.get().description["en"] == "One\n\nTwo"


# --- only what can follow from the columns that were written is derived ---------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"name": text("Other kiln", "别的窑")},
        {"name": text("Other kiln"), "slug": ""},
        {"slug": "other-kiln"},
        {"summary": text("Where celadon was fired.")},
        {"description": text("Fired with pine.")},
        {"description": text()},
        {"prominence": 700},
        {"featured": 3},
        {"state": "archived"},
        {"latitude": 34.6, "longitude": 112.5, "blur_km": 5},
        {"area_ha": 7, "note": text("Doubtful.")},
    ],
    ids=lambda values: ", ".join(values),
)
def test_whichever_column_of_a_site_is_written(values):
    place = make_place("Ruzhou", "汝州")
    sites = [make_site("Kiln", "窑", place=place, description=text("Of clay.")) for _n in range(2)]
    sites[0].kinds.add(make_kind("Kiln site"))
    for name, value in values.items():
        setattr(sites[0], name, value)
    sites[0].save()
    if not values.get("slug"):  # which no two sites have
        Site.objects.filter(pk=sites[1].pk).update(**values)
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


POINT = {"latitude": 34.0, "longitude": 112.0}


@pytest.fixture(scope="module")
def described(django_db_setup, django_db_blocker):
    """A site that is under a term of each vocabulary, and another under none; nothing is kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        terms = {
            "place": make_place("Henan", "河南", level="province", code="CN-HA", **POINT),
            "kind": make_kind("Temple", "寺"),
            "era": make_era("Tang", "唐", span="0618/0907"),
            "register": make_register("world_heritage", "World Heritage List"),
            "identifierscheme": IdentifierScheme.objects.create(slug="q", label=text("Q")),
            "source": make_source("Atlas"),
            "licence": make_licence("CC-BY-4.0"),
            "custodian": Custodian.objects.create(name=text("Abbey")),
            "identity": Identity.objects.create(name=text("Heritage")),
        }
        terms["registerterm"] = make_term(terms["register"], "cultural", label="Cultural")
        others = {
            "place": make_place("Hebei", "河北", level="province", code="CN-HE"),
            "kind": make_kind("Building", "建筑"),
            "era": make_era("Antiquity", "古代", span="-2000/1911"),
            "source": make_source("Survey"),
            "licence": make_licence("CC0-1.0"),
        }
        site = make_site(
            "Kiln", "窑", kinds=[terms["kind"]], place=terms["place"], sources=[terms["source"]],
            custodian=terms["custodian"],
        )  # fmt: skip
        make_event(site, first_era=terms["era"], source=terms["source"])
        entry = make_designation(register=terms["register"], category=terms["registerterm"])
        make_coverage(site, entry)
        Identifier.objects.create(site=site, scheme=terms["identifierscheme"], value="Q1")
        make_image(site, licence=terms["licence"])
        make_site("Beside")
        yield terms, others, site
        transaction.set_rollback(True)


# What is entered of the sites under a term when one of its columns is written: "site" where the
# index or a page holds something else of each, "words" where only the full text does.
ENTERED = {
    "kind": {"label": "words", "other_names": "words", "parent": "site", "blur_km": "site"},
    "place": {
        "label": "words",
        "other_names": "words",
        "parent": "site",
        "code": "words",
        "latitude": "site",
        "longitude": "site",
        "radius_km": "site",
    },
    "era": {
        "label": "words",
        "other_names": "words",
        "short_label": "words",
        "parent": "site",
        "span": "site",
        "region": "site",
        "region_name": "site",
        "territory": "site",
    },
    "register": {"role": "site"},
    "source": {"kind": "site"},
    "identifierscheme": {"slug": "words"},
}
VALUES = {
    "kind.scene": "temple",
    "kind.blur_km": 5,
    "place.level": "city",
    "place.code": "US",
    "place.latitude": 34.5,
    "place.longitude": 112.5,
    "era.span": "0500/0600",
    "era.certainty": "traditional",
    "era.palette": "tang",
    "register.role": "protection",
    "register.edition": "2024",
    "registerterm.facet": "region",
    "source.kind": "web",
    "source.seen_on": date(2026, 5, 1),
}
COLUMNS = [
    (model._meta.model_name, field.name)
    for model in COLUMN_EFFECTS
    for field in (*recorded_columns(model), *recorded_relations(model))
]


def other_value(field, others):
    """Another value of a column."""
    key = f"{field.model._meta.model_name}.{field.name}"
    if key in VALUES:
        return VALUES[key]
    if field.is_relation:
        model = "place" if field.name in ("region", "country", "territory") else field.related_model
        return others[model if model == "place" else model._meta.model_name]
    if isinstance(field, LanguageMapField):
        return text("Another", "别的")
    if isinstance(field, NamesField):
        return ["Nickname"]
    if isinstance(field, IntegerField):
        return 7
    return "https://example.org/{reference}" if "uri" in field.name else "another"


@pytest.mark.parametrize(("model", "name"), COLUMNS, ids=lambda part: part)
def test_whichever_column_of_a_vocabulary_is_written(described, model, name):
    terms, others, site = described
    if (model, name) == ("registerterm", "register"):
        others = others | {"register": make_register(label="Register")}
    with transaction.atomic():
        row = type(terms[model]).objects.get(pk=terms[model].pk)
        last = IndexChange.objects.latest("pk").pk
        row.save()
        assert not IndexChange.objects.filter(pk__gt=last).exists()  # nothing was changed
        words = Site.objects.get(pk=site.pk).search_text
        field = row._meta.get_field(name)
        if field.many_to_many:
            getattr(row, name).set([other_value(field, others)])
        else:
            setattr(row, name, other_value(field, others))
            row.save()
        entered = set(IndexChange.objects.filter(pk__gt=last).values_list("site_id", flat=True))
        effect = ENTERED.get(model, {}).get(name)
        assert entered == ({0, site.pk} if effect == "site" else {0})
        if effect is None:
            assert Site.objects.get(pk=site.pk).search_text == words
        if effect == "words":
            assert Site.objects.get(pk=site.pk).search_text != words
        assert_nothing_to_derive()
        assert_as_rebuilt(store.current())
        transaction.set_rollback(True)


def test_a_scheme_of_identifiers_that_is_renamed():
    scheme = IdentifierScheme.objects.create(slug="gazetteer", label=text("Gazetteer"))
    site = make_site("Kiln")
    Identifier.objects.create(site=site, scheme=scheme, value="A-17")
    last = IndexChange.objects.latest("pk").pk
    scheme.label = text("Gazetteer of kilns")
    scheme.save()
    written = IndexChange.objects.filter(pk__gt=last)
    assert site.pk not in written.values_list("site_id", flat=True)  # which has nothing of it
    scheme.slug = "kilns"
    scheme.save()
    assert found_by("kilns") == {site.slug} and not found_by("gazetteer")
    assert_nothing_to_derive()


def left_by(write, sites) -> list:
    """What a write leaves behind, all of which is rolled back."""
    with transaction.atomic():
        begun = timezone.now()
        last = [model.objects.latest("pk").pk for model in (ChangeSet, Change, IndexChange)]
        write()
        made, changes, entries = (
            model.objects.filter(pk__gt=pk)
            for model, pk in zip((ChangeSet, Change, IndexChange), last, strict=True)
        )
        derived = ("search_text", "reading", "first_year", "effective_prominence")
        found = [
            made.get().kind,
            sorted(
                changes.values_list("model", "object_id", "owner_id", "before", "after"), key=str
            ),
            sorted(entries.values_list("site_id", flat=True)),
            list(Site.objects.order_by("pk").values_list("place", "state", *derived)),
            sorted(Site.objects.filter(updated_at__gt=begun).values_list("pk", flat=True)),
            sorted(SortName.objects.values_list("site", "language", "key")),
            [found_by(word) for word in ("luoyang", "anyang", "洛阳", "pagoda", "tang")],
        ]
        assert found[4] == sorted(site.pk for site in sites)
        assert_nothing_to_derive()
        transaction.set_rollback(True)
    return found


def test_many_at_once_are_written_as_one_by_one():
    old, new = make_place("Anyang", "安阳"), make_place("Luoyang", "洛阳")
    pagoda, tang = make_kind("Pagoda"), make_era("Tang", span="0618/0907")
    sites = [
        make_site(f"Site {number}", "塔", place=old if number % 2 else None, slug=f"site-{number}")
        for number in range(5)
    ]
    events = [make_event(site, "founded", "0700") for site in sites]
    ids = [site.pk for site in sites]
    make_site("Not chosen", place=old)

    def one_by_one(write, rows):
        with change_set(ChangeSet.Kind.BULK):
            for row in rows:
                write(row)

    def saved(**values):
        def write(row):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()

        return write

    for at_once, single, rows in (
        (lambda: bulk.set_place(new, ids, None), saved(place=new), sites),
        (
            lambda: bulk.add("kinds", pagoda, ids, None),
            lambda site: site.kinds.add(pagoda),
            sites,
        ),
        (lambda: bulk.set_era(tang, ids, None), saved(first_era=tang), events),
    ):
        one = left_by(lambda single=single, rows=rows: one_by_one(single, rows), sites)
        assert left_by(at_once, sites) == one
