"""What follows from rows is right after every kind of write, and in its transaction."""

import io

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from heritage.models import (
    ChangeSet,
    DesignationEvent,
    Era,
    Event,
    Kind,
    Name,
    Place,
    Register,
    Site,
    SortName,
    base,
)
from heritage.models.unit_of_work import change_set
from heritage.services.undo import undo
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_kind,
    make_name,
    make_place,
    make_site,
    text,
)
from tests.index_comparison import assert_nothing_to_derive

pytestmark = pytest.mark.django_db


def eras(site) -> set[tuple[str, str]]:
    return set(site.site_eras.values_list("era__slug", "role"))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def china():
    """Dynasties that follow, overlap and rival one another, as they did."""
    region = make_place("China", level="country")
    spans = {
        "northern-wei": "0386/0534", "sui": "0581/0618", "tang": "0618/0907",
        "wu-zhou": "0690/0705", "liao": "0907/1125",
        "later-han": "0947/0950",
        "northern-song": "0960/1127", "jin": "1115/1234", "southern-song": "1127/1279",
        "yuan": "1271/1368", "ming": "1368/1644", "qing": "1644/1912",
    }  # fmt: skip
    made = {
        slug: make_era(slug, slug=slug, span=span, region=region) for slug, span in spans.items()
    }
    song = make_era("song", slug="song", span="0960/1279", region=region)
    Era.objects.filter(slug__endswith="-song").update(parent=song)
    Era.objects.filter(slug__in=("wu-zhou", "later-han")).update(parent=made["tang"])
    return made | {"song": song}


@pytest.mark.parametrize(
    ("first", "last", "within"),
    [
        ("tang", None, set()),
        ("tang", "tang", set()),
        # 金至清: the Song began before the Jin did, and neither of its halves is claimed.
        ("jin", "qing", {"yuan", "ming"}),
        # Song, Liao and Jin were there at once: the span runs through all of their years.
        ("tang", "qing", {"song", "liao", "jin", "yuan", "ming"}),
        ("sui", "song", {"tang", "liao", "jin"}),  # and says nothing of Wu Zhou, a part of Tang
        ("northern-wei", "tang", {"sui"}),
        ("yuan", "qing", {"ming"}),
        ("ming", "qing", set()),
    ],
)
def test_a_span_states_its_ends_and_runs_through_broad_eras(china, first, last, within):
    site = make_site()
    make_event(site, "fabric", first_era=china[first], last_era=china[last] if last else None)
    stated = {first, last} - {None}
    assert eras(site) == {
        *((slug, "standing") for slug in stated),
        *((slug, "within") for slug in within),
    }


def test_a_span_runs_only_through_eras_that_held_the_place(china, client):
    """Liao held the north: a span from Tang to Qing in Henan is of its time, and not of it."""
    country = china["tang"].region
    henan = make_place("Henan", level="province", parent=country)
    city = make_place("Luoyang", level="city", parent=henan)
    liaoning = make_place("Liaoning", level="province", parent=country)
    with change_set() as made:
        china["liao"].territory.set([liaoning])
        china["jin"].territory.set([liaoning, henan])
    places = {"luoyang": city, "liaoning": liaoning, "china": country, "nowhere": None}
    sites = {name: make_site(place=place) for name, place in places.items()}
    for site in sites.values():
        make_event(site, "fabric", first_era=china["tang"], last_era=china["qing"])
    shared = make_site(place=country)
    shared.also_in.set([liaoning])
    make_event(shared, "fabric", first_era=china["tang"], last_era=china["qing"])

    def roles(site) -> tuple[str, str, str]:
        found = dict(eras(site))
        return tuple(found[slug] for slug in ("liao", "jin", "song"))

    assert roles(sites["luoyang"]) == ("meanwhile", "within", "within")
    assert roles(sites["liaoning"]) == roles(shared) == ("within", "within", "within")
    # What is recorded under the country alone may lie anywhere in it.
    assert roles(sites["china"]) == ("meanwhile", "meanwhile", "within")
    assert roles(sites["nowhere"]) == ("meanwhile", "meanwhile", "within")
    # It follows the place of the site, the tree of places, and the territory.
    sites["luoyang"].place = liaoning
    sites["luoyang"].save()
    assert roles(sites["luoyang"]) == ("within", "within", "within")
    henan.parent = liaoning
    henan.save()
    sites["luoyang"].place = city
    sites["luoyang"].save()
    assert roles(sites["luoyang"]) == ("within", "within", "within")
    henan.parent = country
    henan.save()
    assert roles(sites["luoyang"]) == ("meanwhile", "within", "within")
    assert_nothing_to_derive()
    page = client.get("/en/eras/liao/").content.decode()
    assert "more at the same time, outside its territory" in page
    undo(ChangeSet.objects.get(pk=made.pk))
    assert roles(sites["luoyang"]) == ("within", "within", "within")
    assert client.get("/en/sites/?era=liao&role=within").context["list"].total == 5


def test_a_span_runs_through_eras_of_its_own_region_alone():
    """Regions that are no places of the catalogue are told apart by their names."""
    europe, india = text("Europe"), text("India")
    gothic = make_era("gothic", slug="gothic", span="1140/1500", region_name=europe)
    make_era("renaissance", slug="renaissance", span="1400/1600", region_name=europe)
    make_era("sultanate", slug="sultanate", span="1206/1526", region_name=india)
    make_era("stone-age", slug="stone-age", span="1200/1300")  # of no region
    baroque = make_era("baroque", slug="baroque", span="1600/1750", region_name=europe)
    site = make_site()
    make_event(site, "fabric", first_era=gothic, last_era=baroque)
    assert {slug for slug, role in eras(site) if role == "within"} == {"renaissance"}


def test_what_is_stated_is_not_within_a_span_too(china):
    site = make_site()
    make_event(site, "fabric", first_era=china["tang"], last_era=china["qing"])
    make_event(site, "rebuilt", first_era=china["yuan"])
    built = make_event(site, "built", first_era=china["northern-song"])
    stated = {("northern-song", "beginnings"), ("yuan", "other")}
    assert {pair for pair in eras(site) if pair[1] != "standing"} == {
        *stated,
        *((slug, "within") for slug in ("liao", "jin", "ming")),
    }
    built.delete()
    assert ("song", "within") in eras(site)


def test_sites_of_an_era_are_those_that_state_it(china):
    site = make_site()
    make_event(site, "fabric", first_era=china["tang"], last_era=china["qing"])
    song = [china["song"].pk]
    assert list(Site.objects.of_eras(song)) == []
    assert list(Site.objects.of_eras(song, "within")) == [site]
    assert list(Site.objects.of_eras([china["qing"].pk])) == [site]


def test_founding_is_told_from_fabric(china):
    site = make_site()
    make_event(site, "founded", first_era=china["tang"], date="0700")
    make_event(site, "fabric", first_era=china["ming"])
    make_event(site, "rebuilt", first_era=china["yuan"])
    make_event(site, "dated", first_era=china["jin"])
    assert eras(site) == {
        ("tang", "beginnings"), ("ming", "standing"), ("yuan", "other"), ("jin", "dated"),
    }  # fmt: skip
    assert list(Site.objects.of_eras([china["tang"].pk], "standing")) == []
    assert list(Site.objects.of_eras([china["tang"].pk], "beginnings")) == [site]
    assert list(Site.objects.of_eras([china["yuan"].pk])) == [site]


def test_the_text_of_a_site_is_the_same_when_it_is_made_anew():
    """Also of events whose years are known only then."""
    site = make_site()
    first, last = (make_era(name, span=span) for name, span in (("A", "0100"), ("B", "0200")))
    with change_set():
        Event.objects.create(site=site, kind="built", first_era=last, uid="1", note=text("Two"))
        Event.objects.create(site=site, kind="built", first_era=first, uid="2", note=text("One"))
    assert_nothing_to_derive()


def test_bounds_come_from_the_date_else_from_the_eras(china):
    site = make_site()
    dated = make_event(site, "built", date="0700", first_era=china["tang"])
    by_era = make_event(site, "fabric", first_era=china["jin"], last_era=china["qing"])
    assert (fresh(dated).first_year, fresh(dated).last_year) == (700, 700)
    assert (fresh(by_era).first_year, fresh(by_era).last_year) == (1115, 1912)

    china["qing"].span = "1644/1911"
    china["qing"].save()
    assert fresh(by_era).last_year == 1911


def test_a_stored_date_that_is_no_date_is_shown_as_it_is():
    assert Event(date="lately").when() == "lately"
    assert DesignationEvent(date="lately").when() == "lately"
    assert Register(edition="lately").edition_phrase() == "lately"


def test_first_year_is_that_of_the_earliest_beginning():
    site = make_site()
    make_event(site, "destroyed", date="0500")
    assert fresh(site).first_year is None
    make_event(site, "built", date="1200")
    founded = make_event(site, "founded", date="-1299~")
    assert fresh(site).first_year == -1299
    founded.delete()
    assert fresh(site).first_year == 1200


WRITES = {
    "save": lambda site, event: (setattr(event, "date", "0800"), event.save()),
    "update": lambda site, event: Event.objects.filter(pk=event.pk).update(date="0800"),
    "save of some fields": lambda site, event: (
        setattr(event, "date", "0800"),
        event.save(update_fields=["date"]),
    ),
    "bulk_update": lambda site, event: (
        setattr(event, "date", "0800"),
        Event.objects.bulk_update([event], ["date"]),
    ),
    "delete and bulk_create": lambda site, event: (
        Event.objects.filter(pk=event.pk).delete(),
        Event.objects.bulk_create([Event(site=site, kind="built", date="0800")]),
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_kind_of_write_counts(write):
    site = make_site()
    event = make_event(site, "built", date="0700")
    write(site, event)
    assert fresh(site).first_year == 800


def test_an_event_that_moves_is_missed_where_it_was():
    lost, gained = make_site(), make_site()
    event = make_event(lost, "built", date="0700")
    Event.objects.filter(pk=event.pk).update(site=gained)
    assert (fresh(lost).first_year, fresh(gained).first_year) == (None, 700)
    event = fresh(event)
    event.site = lost
    event.save()
    assert (fresh(lost).first_year, fresh(gained).first_year) == (700, None)


def test_a_rollback_leaves_nothing_behind():
    site = make_site("Temple", zh="寺")
    with pytest.raises(RuntimeError), transaction.atomic():
        make_event(site, "built", date="0700")
        site.name = text("Pagoda")
        site.save()
        raise RuntimeError
    stored = fresh(site)
    assert (stored.first_year, stored.search_text.split("\n")[0]) == (None, "temple")
    assert stored.sort_names.get(language="en").key == "temple"


def test_a_failed_batch_is_forgotten():
    site = make_site()
    with pytest.raises(RuntimeError), change_set():
        make_event(site, "built", date="0700")
        raise RuntimeError
    make_event(site, "built", date="0900")
    assert fresh(site).first_year == 900


def test_a_site_is_found_by_all_that_it_is_called():
    province = make_place("Henan", "河南省", level="province")
    city = make_place("Luoyang", "洛阳市", parent=province)
    kind = make_kind("Temple", "寺庙")
    site = make_site("White Horse Temple", "白马寺", place=city, kinds=[kind])
    make_name(site, "白馬寺", language="zh-hant", kind="script")
    make_coverage(site, make_designation(reference="1-0092-3-045"))
    stored = fresh(site).search_text
    for words in (
        "white horse temple", "白马寺", "bai ma si", "baimasi", "bms", "henan", "luoyang",
        "洛阳", "寺庙", "1-0092-3-045",
    ):  # fmt: skip
        assert words in stored, words


def test_renaming_a_place_a_kind_or_a_unit_reaches_its_sites():
    province = make_place("Old province", level="province")
    city = make_place("City", parent=province)
    kind = make_kind("Old kind")
    unit = make_designation(reference="1-0001")
    site = make_site(place=city, kinds=[kind])
    make_coverage(site, unit)

    Place.objects.filter(pk=province.pk).update(label=text("New province"))
    kind.label = text("New kind")
    kind.save()
    unit.reference = "1-0002"
    unit.save()

    stored = fresh(site).search_text
    assert "new province" in stored
    assert "new kind" in stored
    assert "1-0002" in stored
    assert "old" not in stored
    assert "1-0001" not in stored


def test_kinds_and_places_added_or_taken_away():
    kind, place = make_kind("Pagoda"), make_place("Kaifeng")
    site = make_site()
    site.kinds.add(kind)
    place.refresh_from_db()
    site.also_in.add(place)
    assert "pagoda" in fresh(site).search_text
    assert "kaifeng" in fresh(site).search_text
    site.kinds.clear()
    kind.sites.add(site)
    assert "pagoda" in fresh(site).search_text
    kind.sites.remove(site)
    assert "pagoda" not in fresh(site).search_text


def test_deleting_leaves_no_trace():
    era = make_era()
    site = make_site()
    make_event(site, "built", date="", first_era=era)
    make_name(site)
    site.delete()
    other = make_site()
    make_event(other, "built", date="", first_era=era)
    Site.objects.all().delete()
    assert not Event.objects.exists()
    Era.objects.all().delete()
    Kind.objects.all().delete()


def test_a_batch_refreshes_once(django_assert_max_num_queries):
    site = make_site()
    # Each row has its history; PostgreSQL waits for other writers with two statements more.
    with django_assert_max_num_queries(39), change_set():
        for number in range(10):
            Event.objects.create(site=site, kind="built", date=f"07{number:02}")
    assert fresh(site).first_year == 700


def test_the_reading_follows_the_chinese_name():
    site = make_site("White Horse Temple", "白马寺")
    assert fresh(site).reading == "Bái Mǎ Sì"
    Site.objects.filter(pk=site.pk).update(name=text("Longmen Grottoes", "龙门石窟"))
    assert fresh(site).reading == "Lóng Mén Shí Kū"
    site.name = text("Colosseum")
    site.save()
    assert fresh(site).reading == ""


def test_what_terms_are_found_and_sorted_by_follows_every_kind_of_write():
    era = make_era("Eastern Han", "东汉", slug="eastern-han")
    assert "donghan" in era.search_text
    Era.objects.filter(pk=era.pk).update(short_label=text("Later Han", "后汉"))
    assert "houhan" in fresh(era).search_text
    place = make_place("Luoyang", "洛阳", slug="luoyang")
    assert place.sort_keys["zh-hans"].startswith("luo4")
    place.label = text("Kaifeng", "开封")
    Place.objects.bulk_update([place], ["label"])
    assert fresh(place).sort_keys["en"] == "kaifeng"
    Place.objects.filter(pk=place.pk).update(search_text="", sort_keys={})
    assert fresh(place).sort_key("zh-hans").startswith("kai1")
    call_command("reindex", verbosity=0, stdout=io.StringIO())
    assert "kaifeng" in fresh(place).search_text and fresh(place).sort_keys["en"] == "kaifeng"


def test_chinese_names_sort_by_pinyin():
    for name in ("少林寺", "白马寺", "龙门石窟"):
        make_site(name, zh=name)
    keys = SortName.objects.filter(language="zh-hans").order_by("key")
    order = [key.site.name["zh-hans"] for key in keys]
    assert order == ["白马寺", "龙门石窟", "少林寺"]


def test_update_derives_as_a_save_does(monkeypatch):
    site = make_site(latitude=34.55, longitude=112.47, state="draft")
    Site.objects.filter(pk=site.pk).update(blur_km=10)
    assert (fresh(site).public_latitude, fresh(site).public_longitude) != (34.55, 112.47)
    Site.objects.update(blur_km=0, latitude=F("latitude") + 1)
    assert fresh(site).public_latitude == pytest.approx(35.55)
    Site.objects.filter(pk=site.pk).update(state="published")
    assert fresh(site).published_at is not None

    era = make_era(span="0618/0907")
    make_event(site, "built", date="", first_era=era)
    Era.objects.update(span="0700/0800")
    assert (fresh(era).first_year, fresh(site).first_year) == (700, 700)

    # A row that a join repeats is written once, whatever the chunks; and a slice is refused.
    monkeypatch.setattr(base, "CHUNK", 1)
    make_name(site, "White Horse")
    make_name(site, "White Stallion")
    whites = Site.objects.filter(names__text__startswith="White")
    assert whites.update(latitude=F("latitude") + 1) == 1
    assert fresh(site).public_latitude == pytest.approx(36.55)
    with pytest.raises(TypeError):
        Site.objects.all()[:1].update(latitude=0)

    entry = make_designation(events=("1961",))
    entry.events.update(date="1988")
    assert (entry.events.get().first_year, fresh(entry).listed_year) == (1988, 1988)


def test_bulk_create_beside_rows_that_there_are():
    site = make_site(slug="there")
    again = Site(uid=site.uid, name=text("Again"), slug="again")
    added = Site(uid="added", name=text("Added"), slug="added", state="published")
    Site.objects.bulk_create([again, added], ignore_conflicts=True)
    assert set(Site.objects.values_list("slug", flat=True)) == {"there", "added"}
    assert "added" in Site.objects.get(slug="added").search_text

    other = make_site()
    era = make_era(span="0618/0907")
    again = Era(uid=era.uid, slug=era.slug, label=era.label, region=era.region, span="0700/0800")
    Era.objects.bulk_create(
        [again], update_conflicts=True, unique_fields=["uid"], update_fields=["span"]
    )
    assert fresh(era).first_year == 700

    name = make_name(site, "White Horse")
    moved = Name(uid=name.uid, site=other, text="White Horse", language="en", kind="alternative")
    Name.objects.bulk_create(
        [moved], update_conflicts=True, unique_fields=["uid"], update_fields=["site"]
    )
    assert "white horse" not in fresh(site).search_text
    assert "white horse" in fresh(other).search_text
