"""Pages while others write: what is read later than the index snapshot is not in it."""

import pytest

from heritage.models import Identifier, IdentifierScheme
from heritage.search import store
from heritage.web.shared import cards
from heritage.web.site.page import site_page
from heritage.web.vocabularies.kinds import kind_page
from tests import builders as build

pytestmark = pytest.mark.django_db


def _kind(site):
    site.kinds.add(build.make_kind())


def _places(site):
    site.also_in.add(build.make_place())


def _identifier(site):
    scheme = IdentifierScheme.objects.create(slug="new", label=build.text("New"))
    Identifier.objects.create(site=site, scheme=scheme, value="1")


def _register(site):
    build.make_coverage(site)


def _newer_register(site):
    entry = site.coverages.get().designation
    entry.superseded_by = build.make_designation()
    entry.save()


def _world_heritage(site):
    register = build.make_register("world_heritage")
    criteria = [build.make_term(register, "i", "criterion")]
    build.make_coverage(site, build.make_designation(register=register, criteria=criteria))


def _criterion(site):
    property = site.coverages.get().designation.world_heritage
    property.criteria.add(build.make_term(property.designation.register, "ii", "criterion"))


@pytest.mark.parametrize(
    "write",
    [_kind, _places, _identifier, _register, _newer_register, _world_heritage, _criterion],
)
def test_a_term_that_is_newer_than_the_vocabularies_is_left_out(write):
    site = build.make_site("Kiln", "窑", kinds=[build.make_kind("Kiln kind")])
    if write is _newer_register:
        _register(site)
    if write is _criterion:
        _world_heritage(site)
    with store.pinned():
        index = store.current()
        assert index.vocabulary
        write(site)
        page = site_page(site)
        [card] = cards.cards_of(index, [site.pk])
    assert str(page.name) == str(card.name) == "Kiln"
    assert [str(kind.label) for kind in page.kinds] == ["Kiln kind"]


def test_the_best_known_are_told_without_a_site_that_was_withdrawn():
    kind = build.make_kind()
    sites = [build.make_site(kinds=[kind]) for _ in range(4)]
    with store.pinned():
        store.current()
        sites[0].withdraw()
        page = kind_page(kind.slug)
    assert page.lead == "This catalogue has 4 sites of this kind."
