"""The rows that a few lines about a site are made of, for many sites at once.

Three queries, however many sites, or four if one has a photograph, of the columns that are shown
and no others. Terms come from the vocabularies in memory, status and protection from the index.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyroaring import BitMap

from heritage.catalogue import vocabulary
from heritage.catalogue.index.state import State
from heritage.catalogue.vocabulary import Vocabulary
from heritage.models import Event, Image, Kind, Place, Scheme, Site, UnescoStatus
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
    _add_registers(found, terms, index)
    _add_photographs(found, index)
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


def _add_registers(found: dict[int, Summary], terms: Vocabulary, index: State) -> None:
    for status in reversed(UnescoStatus):  # the first of them comes last, and stays
        for pk in index.having(f"unesco:{status}") & BitMap(found):
            found[pk].status = status
    for scheme in reversed(terms.schemes.values()):
        if scheme.role == Scheme.Role.PROTECTION:
            for pk in index.having(f"scheme:{scheme.pk}") & BitMap(found):
                found[pk].protection = scheme


def _add_photographs(found: dict[int, Summary], index: State) -> None:
    pictured = index.having("has:image") & BitMap(found)
    if pictured:
        images = Image.objects.published().filter(site__in=pictured)
        for image in images.order_by("-order", "-uid"):
            found[image.site_id].photograph = image
