"""The rows that a few lines about a site are made of, for many sites at once.

Five queries, however many sites; terms come from the vocabularies in memory.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from heritage.catalogue import vocabulary
from heritage.catalogue.index.state import State
from heritage.catalogue.vocabulary import Vocabulary
from heritage.models import Coverage, Event, Image, Kind, Place, Site


@dataclass(slots=True)
class Summary:
    """A published site with what is said of it at a glance."""

    site: Site
    place: Place | None
    kinds: list[Kind] = field(default_factory=list)  # the telling one first
    events: list[Event] = field(default_factory=list)  # in the order of their years
    coverages: list[Coverage] = field(default_factory=list)
    photograph: Image | None = None


def read(index: State, ids: Iterable[int]) -> list[Summary]:
    """Summaries in the order of the ids; a site withdrawn meanwhile is left out."""
    ids = list(ids)
    if not ids:
        return []
    terms = vocabulary.of(index)
    sites = Site.objects.published().filter(pk__in=ids).order_by()
    sites = sites.only("uid", "slug", "name", "summary", "place_id")
    found = {site.pk: Summary(site, terms.places.terms.get(site.place_id)) for site in sites}
    for pk, kinds in _kinds(terms, found).items():
        found[pk].kinds = kinds
    for event in _events(terms, found):
        found[event.site_id].events.append(event)
    for coverage in _coverages(terms, found):
        found[coverage.site_id].coverages.append(coverage)
    images = Image.objects.published().filter(site__in=found)
    for image in images.order_by("-order", "-uid"):  # the first of them comes last, and stays
        found[image.site_id].photograph = image
    return [found[pk] for pk in ids if pk in found]


def _kinds(terms: Vocabulary, ids) -> dict[int, list[Kind]]:
    pairs = Site.kinds.through.objects.filter(site__in=ids).values_list("site_id", "kind_id")
    kinds: dict[int, list[Kind]] = defaultdict(list)
    for site, kind in sorted(pairs, key=lambda pair: terms.kinds.order[pair[1]]):
        kinds[site].append(terms.kinds.terms[kind])
    return kinds


def _events(terms: Vocabulary, ids) -> Iterable[Event]:
    events = Event.objects.filter(site__in=ids).defer("note", "uid")
    for event in events:
        event.first_era = terms.eras.terms.get(event.first_era_id)
        event.last_era = terms.eras.terms.get(event.last_era_id)
        yield event


def _coverages(terms: Vocabulary, ids) -> Iterable[Coverage]:
    coverages = Coverage.objects.filter(site__in=ids).select_related("designation")
    for coverage in coverages.only(
        "site_id", "extent", "designation__standing", "designation__scheme_id"
    ):
        coverage.designation.scheme = terms.schemes[coverage.designation.scheme_id]
        yield coverage
