"""Whether a site may be published as it is stored, field by field."""

from collections.abc import Iterator
from typing import NamedTuple

from heritage.models import Site
from heritage.models.base import Record
from heritage.services.record_checks import row_problems

# What the rules look at beside the site itself.
RELATED = (
    "kinds",
    "names__site",
    "events__first_era",
    "events__last_era",
    "coverages__designation__register",
    "images__site",
)
_ROWS = ("names", "events", "coverages", "images")


class PublicationProblem(NamedTuple):
    """What is wrong with a site or one of its rows; `relation` names these, as in "events"."""

    row: Record
    relation: str
    field: str
    reason: str


def publication_problems(site: Site) -> Iterator[PublicationProblem]:
    """The reasons against publishing a site."""
    before, site.state = site.state, Site.State.PUBLISHED
    try:
        rows: list[tuple[str, Record]] = [("", site)]
        for relation in _ROWS:
            rows += [(relation, row) for row in getattr(site, relation).all()]
        for relation, row in rows:
            for field, reason in row_problems(row):
                yield PublicationProblem(row, relation, field, reason)
    finally:
        site.state = Site.State(before)
