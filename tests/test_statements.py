"""What a record states and what that rests on: the rows, the queries and the stored count agree."""

import random
from collections import Counter

import pytest

from heritage.models import DesignationEvent, Event, Name, Site, Source, statements
from heritage.models.statements import BY_RULE, StatementKind, Trust, trust_of
from heritage.models.unit_of_work import change_set
from heritage.search import current_index, page_rows
from heritage.services.dependencies import read_sites
from tests import builders as build

pytestmark = pytest.mark.django_db

KINDS = list(Source.Kind)
QUALITIES = ("", "official", "press", "reported", "recalled")


class Records:
    """Sites with statements of every kind on sources of every kind, at random."""

    def __init__(self, dice: random.Random, sites: int):
        self.dice = dice
        self.sources = [build.make_source(f"{kind} {n}", kind=kind) for kind in KINDS for n in "ab"]
        with change_set():
            self.sites = [self._site(number) for number in range(sites)]

    def source(self):
        return self.dice.choice([None, *self.sources])

    def _site(self, number):
        dice = self.dice
        found = dice.sample(self.sources, dice.choice([0, 1, 2]))
        fields = {"state": dice.choice(["published", "published", "draft"])}
        if dice.random() < 0.6:
            fields[dice.choice(["summary", "description"])] = build.text("A text.")
        if dice.random() < 0.6:
            fields |= {"latitude": 34, "longitude": 112, "point_source": self.source()}
        if dice.random() < 0.4:
            fields["area_ha"] = 2
        site = build.make_site(f"Site {number}", sources=found, **fields)
        for _row in range(dice.randint(0, 3)):
            build.make_event(site, date="0676", source=self.source())
            build.make_quantity(site, source=self.source())
            words = dice.choice(["A text.", "Text that was there."])
            build.make_sentence(site, words, source=dice.choice(self.sources))
            build.make_name(site, kind=dice.choice(Name.Kind.values), source=self.source())
        for _row in range(dice.randint(0, 2)):
            self._coverage(site)
        self._visit(site)
        return site

    def _coverage(self, site):
        entry = build.make_designation("world_heritage", source=self.source())
        build.make_coverage(site, entry, source=self.source())
        for note in ({}, build.text("War.")):
            DesignationEvent.objects.create(
                designation=entry, kind="in_danger", date="2013", note=note, source=self.source()
            )

    def _visit(self, site):
        for make in (build.make_opening, build.make_price, build.make_fact):
            basis = {
                "checked_on": self.dice.choice([None, None, "2026-03-01"]),
                "quality": self.dice.choice(QUALITIES),
                "as_of": self.dice.choice(["", "2020"]),
                "source": self.source(),
                "second_source": self.source(),
            }
            kind = {"kind": "time_needed"} if make is build.make_fact else {}
            make(site, checked=False, **kind, **basis)


@pytest.fixture
def records():
    return Records(random.Random(24), 40)


def of_site(site):
    return statements.statements_of(page_rows.read_site(site, current_index().vocabulary))


def to_check(site) -> int:
    return sum(found.trust in statements.TO_BE_CHECKED for found in of_site(site))


def sources_of(rows, found) -> set[int]:
    """The ids of all sources that a statement has."""
    by_site = {StatementKind.TEXT: "sources", StatementKind.AREA: "sources"}
    if found.kind in by_site:
        return {source.pk for source in rows.sources}
    if found.kind == StatementKind.POINT:
        return {found.row.point_source_id} - {None}
    ids = {found.row.source_id, getattr(found.row, "second_source_id", None)}
    if found.kind == StatementKind.STATUS:
        ids.add(found.row.designation.source_id)
    return ids - {None}


def test_the_queries_count_what_the_rows_state(records):
    by_kind, by_source, resting = Counter(), Counter(), {}
    for site in Site.objects.published():
        rows = page_rows.read_site(site, current_index().vocabulary)
        for found in statements.statements_of(rows):
            by_kind[found.kind, found.trust] += 1
            for pk in sources_of(rows, found):
                by_source[pk] += 1
                resting.setdefault(pk, set()).add(site.pk)
    assert {kind for kind, _trust in by_kind} == set(StatementKind)
    assert {trust for _kind, trust in by_kind} == set(Trust)
    assert statements.tally() == (by_kind, by_source)
    published = set(Site.objects.published().values_list("pk", flat=True))
    for source in records.sources:
        found = statements.sites_resting_on([source.pk]) & published
        assert found == resting.get(source.pk, set())


def test_a_statement_put_together_once_gives_the_rows_of_whichever_sites_are_asked(records):
    """A number of ids that is no power of two is filled up: no row is found twice."""
    expected = {site.pk: to_check(site) for site in Site.objects.all()}
    ids = sorted(expected)
    assert sum(expected.values()) > 10
    for chosen in (*([pk] for pk in ids[:6]), ids[:3], ids[3:8], ids[:8], ids, []):
        numbers = Counter({pk: expected[pk] for pk in chosen})
        assert statements.unchecked_by_site(chosen) == numbers
        rows = read_sites(chosen, are_counted=True)
        assert Counter({each.site.pk: each.unchecked for each in rows}) == numbers
        names = Name.objects.filter(site__in=chosen).values_list("site", "language", "text")
        assert Counter((each.site.pk, *name) for each in rows for name in each.names) == Counter(
            names
        )


def test_the_stored_count_follows_every_write(records):
    """Also of the kind of a source, and of a row that moves to another site."""
    dice, numbers = records.dice, set()
    writes = (
        lambda site: site.events.update(source=records.source()),
        lambda site: site.names.all().delete(),
        lambda site: Event.objects.filter(site=site).update(site=dice.choice(records.sites)),
        lambda site: site.sources.set(dice.sample(records.sources, 1)),
        lambda site: Site.objects.filter(pk=site.pk).update(area_ha=None, summary={}),
        lambda site: Site.objects.filter(pk=site.pk).update(point_source=records.source()),
        lambda site: site.coverages.update(source=records.source()),
        lambda site: DesignationEvent.objects.filter(designation__coverages__site=site).delete(),
        lambda site: site.visitingfacts.update(quality="recalled", checked_on=None),
        lambda site: Source.objects.filter(pk=dice.choice(records.sources).pk).update(
            kind=dice.choice(KINDS)
        ),
    )
    for write in (lambda site: None, *writes * 2):
        write(Site.objects.get(pk=dice.choice(records.sites).pk))
        for site in Site.objects.all():
            assert site.unchecked_statements == to_check(site)
            numbers.add(site.unchecked_statements)
    assert len(numbers) > 3


@pytest.mark.parametrize(
    ("kinds", "trust"),
    [
        ((), "none"),
        (("official",), "official"),
        (("register",), "register"),
        (("web",), "published"),
        (("publication", "dataset"), "published"),
        (("web", "register"), "register"),
        (("register", "official"), "official"),
        (("official", "recalled"), "unchecked"),
    ],
)
def test_several_sources_are_as_good_as_the_best_unless_one_is_recollection(kinds, trust):
    assert trust_of([None, *(Source(kind=kind) for kind in kinds)]) == trust


def test_every_kind_of_source_and_quality_says_what_rests_on_it():
    assert set(statements.TRUST_OF_SOURCES) == set(KINDS)
    assert set(statements.TRUST_OF_QUALITIES) == set(QUALITIES) - {""}


def test_names_that_follow_by_rule_state_nothing_of_their_own():
    site = build.make_site("Longmen")
    for kind in BY_RULE:
        build.make_name(site, kind=kind)
    assert of_site(site) == []
    build.make_name(site, kind="historical")
    assert [(found.kind, found.trust) for found in of_site(site)] == [("name", "none")]
