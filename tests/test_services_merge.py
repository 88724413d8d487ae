"""Two records become one: what follows, what goes, and that an undo brings both back exactly."""

import random

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from heritage.models import (
    ChangeSet,
    ComponentPoint,
    FormerSlug,
    Identifier,
    IdentifierScheme,
    Name,
    Site,
)
from heritage.search import store
from heritage.services.merge import CannotMerge, choices, merge
from heritage.services.undo import undo
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.random_catalogue import Catalogue
from tests.test_history_random import everything, without_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    kept = build.make_site(
        "Guanlin Temple", "关林", kinds=[build.make_kind()], latitude=34.6, longitude=112.4
    )
    other = build.make_site(
        "Guanlin",
        "关林庙",
        kinds=[build.make_kind()],
        summary=build.text("A temple of Guan Yu."),
        sources=[build.make_source()],
        latitude=34.61,
        longitude=112.47,
        precision="surveyed",
    )
    return kept, other


def fresh(site):
    return Site.objects.get(pk=site.pk)


def test_rows_follow_and_doubled_ones_do_not(two):
    kept, other = two
    entry, scheme = build.make_designation(), IdentifierScheme.objects.create(slug="wd")
    for site in two:
        build.make_coverage(site, entry)
        build.make_name(site, "關林", "script", "zh-hant")
        Identifier.objects.create(site=site, scheme=scheme, value="Q1")
        build.make_event(site, date="1592")
    moved = [
        build.make_coverage(other),
        build.make_event(other, "repaired", "1732"),
        build.make_image(other),
        build.make_opening(other),
        build.make_name(other, "Guandi"),
        Identifier.objects.create(site=other, scheme=scheme, value="Q2"),
        ComponentPoint.objects.create(
            designation=entry, number=1, latitude=34.6, longitude=112.4, site=other
        ),
    ]
    slug = other.slug
    merge(kept, other)
    kept = fresh(kept)
    assert not Site.objects.filter(pk=other.pk).exists()
    for row in moved:
        row.refresh_from_db()
        assert row.site == kept
    assert kept.coverages.count() == 2 and kept.events.count() == 2
    assert kept.identifiers.count() == 2 and kept.kinds.count() == 2 and kept.sources.count() == 1
    # The other's names are found still.
    assert set(kept.names.values_list("text", flat=True)) == {"關林", "Guandi", "Guanlin", "关林庙"}
    assert FormerSlug.objects.get(slug=slug).site == kept
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


def test_texts_of_a_doubled_row_are_not_lost(two):
    kept, other = two
    entry = build.make_designation()
    build.make_coverage(kept, entry, note=build.text("The hall."))
    build.make_coverage(other, entry, note=build.text("Another hall.", "大殿。"))
    build.make_name(kept, "關林", "script", "zh-hant")
    build.make_name(other, "關林", "script", "zh-hant", note=build.text("On the gate."))
    before = everything()
    made = merge(kept, other)
    assert fresh(kept).coverages.get().note == {"en": "The hall.", "zh-hans": "大殿。"}
    assert fresh(kept).names.get(text="關林").note == {"en": "On the gate."}
    assert undo(made).conflicts == []
    assert without_addresses(everything()) == without_addresses(before)


def test_what_was_chosen_is_taken_and_nothing_else(two):
    kept, other = two
    keys = [key for key, _field, _language in choices(kept, other)]
    assert keys == ["name:en", "name:zh-hans", "summary:en", "latitude"]
    merge(kept, other, ["name:zh-hans", "summary:en", "latitude", "state", "slug"])
    kept = fresh(kept)
    assert dict(kept.name) == {"en": "Guanlin Temple", "zh-hans": "关林庙"}
    assert kept.summary["en"] == "A temple of Guan Yu."
    assert (kept.latitude, kept.precision) == (34.61, "surveyed")
    assert set(kept.names.values_list("language", "text")) == {
        ("zh-hans", "关林"),
        ("en", "Guanlin"),
    }


def test_addresses_redirect_and_come_back(client, two):
    kept, other = two
    old = other.slug
    other.rename("guan-yu")
    made = merge(kept, other)
    for slug in (old, "guan-yu"):
        response = client.get(f"/en/sites/{slug}/")
        assert response.status_code in (301, 308) and kept.slug in response["Location"]
    undone = undo(made)
    assert undone.conflicts == []
    assert client.get("/en/sites/guan-yu/").status_code == 200
    assert client.get(f"/en/sites/{old}/")["Location"].endswith("/guan-yu/")
    undo(undone.change_set)
    for slug in (old, "guan-yu"):
        assert kept.slug in client.get(f"/en/sites/{slug}/")["Location"]


def test_parts_and_wholes_follow(two):
    kept, other = two
    whole, part = build.make_site("Luoyang"), build.make_site("Gate")
    build.make_part(other, whole)
    build.make_part(part, other)
    build.make_part(part, kept)
    build.make_part(other, kept)
    merge(kept, other)
    kept = fresh(kept)
    assert [row.whole for row in kept.part_of.all()] == [whole]
    assert [row.part for row in kept.parts.all()] == [part]


def test_what_cannot_be_one_is_refused(two):
    kept, other = two
    with pytest.raises(CannotMerge):
        merge(kept, kept)
    between = build.make_site("Between")
    build.make_part(between, kept)
    build.make_part(other, between)
    with pytest.raises(CannotMerge, match="within itself"):
        merge(kept, other)
    between.delete()
    kept.state = "draft"
    kept.save()
    with pytest.raises(CannotMerge, match="must be the one that stays"):
        merge(kept, other)
    other.delete()
    assert ChangeSet.objects.filter(kind="merge").count() == 0


def test_edits_since_a_merge_outlive_its_undo(two):
    kept, other = two
    name = build.make_name(other, "Guandi")
    made = merge(kept, other, ["summary:en"])
    Name.objects.filter(pk=name.pk).update(note=build.text("Popular."))
    kept = fresh(kept)
    kept.summary = build.text("Better.")
    kept.save()
    undone = undo(made)
    assert [conflict.column for conflict in undone.conflicts] == ["summary"]
    assert fresh(kept).summary["en"] == "Better."
    name.refresh_from_db()
    assert name.site_id == other.pk and name.note["en"] == "Popular."


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_merged_an_undo_brings_both_back(seed):
    dice = random.Random(seed)
    default_storage.save("images/x.png", ContentFile(b""))
    catalogue = Catalogue(dice)
    catalogue.populate(12)
    states, made = [everything()], []
    for _number in range(4):
        sites = dice.sample(list(Site.objects.order_by("pk")), 2)
        keys = [key for key, *_rest in choices(*sites)]
        try:
            made.append(merge(*sites, [key for key in keys if dice.random() < 0.5]))
        except CannotMerge:
            continue
        states.append(everything())
        assert_nothing_to_derive()
        assert_as_rebuilt(store.current())
    assert made
    undone = []
    for each, before in zip(reversed(made), reversed(states[:-1]), strict=True):
        result = undo(each)
        assert result.conflicts == []
        assert without_addresses(everything()) == without_addresses(before)
        undone.append(result.change_set)
    assert_as_rebuilt(store.current())
    for each, after in zip(reversed(undone), states[1:], strict=True):
        assert undo(each).conflicts == []
        assert everything() == after
