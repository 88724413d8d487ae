"""The rows that a few lines about a site are made of, for many sites at once.

Five queries, however many sites, of the columns that are shown and no others; terms come from
the vocabularies in memory.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from heritage.catalogue import vocabulary
from heritage.catalogue.index.state import State
from heritage.catalogue.vocabulary import Vocabulary
from heritage.models import Coverage, Event, Image, Kind, Place, Scheme, Site, UnescoStatus
from heritage.models.registers import IN_FORCE
from heritage.models.unesco import statuses_of
from heritage.values.language import LanguageMap


@dataclass(slots=True)
class Summary:
    """A published site with what is said of it at a glance."""

    pk: int
    uid: str
    slug: str
    name: LanguageMap
    summary: LanguageMap
    place: Place | None
    kind: Kind | None = None  # the telling one
    events: list[Event] = field(default_factory=list)  # in the order of their years
    status: UnescoStatus = UnescoStatus.NONE  # that of the badge
    protection: Scheme | None = None  # the first legal one in force
    photograph: Image | None = None


def read(index: State, ids: Iterable[int]) -> list[Summary]:
    """Summaries in the order of the ids; a site withdrawn meanwhile is left out."""
    ids = list(ids)
    if not ids:
        return []
    terms = vocabulary.of(index)
    columns = ("pk", "uid", "slug", "name", "summary", "place_id")
    rows = Site.objects.published().filter(pk__in=ids).order_by().values_list(*columns)
    found = {row[0]: Summary(*row[:-1], terms.places.terms.get(row[-1])) for row in rows}
    _add_kinds(found, terms)
    _add_events(found, terms)
    _add_coverages(found, terms)
    images = Image.objects.published().filter(site__in=found)
    for image in images.order_by("-order", "-uid"):  # the first of them comes last, and stays
        found[image.site_id].photograph = image
    return [found[pk] for pk in ids if pk in found]


def _add_kinds(found: dict[int, Summary], terms: Vocabulary) -> None:
    pairs = Site.kinds.through.objects.filter(site__in=found).values_list("site_id", "kind_id")
    order = terms.kinds.order
    for site, kind in sorted(pairs, key=lambda pair: order[pair[1]], reverse=True):
        found[site].kind = terms.kinds.terms[kind]


def _add_events(found: dict[int, Summary], terms: Vocabulary) -> None:
    eras = terms.eras.terms
    for event in Event.objects.filter(site__in=found).defer("note", "uid"):
        event.first_era, event.last_era = eras.get(event.first_era_id), eras.get(event.last_era_id)
        found[event.site_id].events.append(event)


def _add_coverages(found: dict[int, Summary], terms: Vocabulary) -> None:
    columns = ("site_id", "designation__scheme_id", "designation__standing", "extent")
    covered: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for site, scheme_id, standing, extent in Coverage.objects.filter(site__in=found).values_list(
        *columns
    ):
        scheme = terms.schemes[scheme_id]
        covered[site].append((scheme.role, standing, extent))
        if scheme.role == Scheme.Role.PROTECTION and standing in IN_FORCE:
            found[site].protection = found[site].protection or scheme
    for site, said in covered.items():
        found[site].status = statuses_of(said)[0]
