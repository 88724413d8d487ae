"""The page of sources: what all records rest on, counted, and each source with its statements.

Counting reads every statement of the catalogue, which takes seconds with 100,000 sites. A count
that took long is therefore shown for ten minutes, even if something is written meanwhile, and the
page says so.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from heritage.models import Site, Source, statements
from heritage.models.statements import TO_BE_CHECKED, StatementKind, Trust
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey
from heritage.web.shared import certainty, language_html
from heritage.web.shared.certainty import SourceLine, source_line
from heritage.web.trust.disagreements import number_of_disagreements

MOST_TO_CHECK = 12  # records with the most to be checked
SLOW_SECONDS = 1.0  # a count that took longer is kept
CACHED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StatementCount:
    """The statements of all published sites, counted at one moment."""

    tally: statements.Tally
    to_check: int  # sites with a statement to be checked
    most: list[int]  # the ids of those with the most
    moment: datetime


# The count of this state of the catalogue, once it was made.
_COUNT: CacheKey[list[StatementCount]] = CacheKey("statements")
_slow: StatementCount | None = None  # the last one of this process, if it took long


@dataclass(frozen=True, slots=True)
class TrustClass:
    """A column of the table, explained."""

    key: str
    label: str
    explanation: str
    number: int


@dataclass(frozen=True, slots=True)
class KindRow:
    label: str
    total: int
    numbers: list[int]  # in the order of the classes


@dataclass(frozen=True, slots=True)
class CitedSource:
    line: SourceLine
    statements: int
    sites_url: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    url: str
    name: SafeString
    number: int


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Prepared for the template web/sources.html."""

    summary: str
    total: int
    classes: list[TrustClass]
    kinds: list[KindRow]
    sources: list[CitedSource]
    unchecked: int
    unchecked_records: int
    to_check: list[RecordRow]
    disagreements: int
    counted_at: datetime | None  # if something was written since


def _counted(index: IndexSnapshot) -> tuple[StatementCount, bool]:
    """The count, and whether it is up to date."""
    global _slow
    current = index.cache.get_or_set(_COUNT, list)
    if not current:
        if _slow is not None and timezone.now() - _slow.moment < CACHED_FOR:
            return _slow, False
        begun = time.monotonic()
        current.append(_count())
        _slow = current[0] if time.monotonic() - begun > SLOW_SECONDS else None
    return current[0], True


def _count() -> StatementCount:
    to_check = Site.objects.published().filter(unchecked_statements__gt=0)
    most = to_check.order_by("-unchecked_statements", "pk").values_list("pk", flat=True)
    moment = timezone.now()
    return StatementCount(statements.tally(), to_check.count(), list(most[:MOST_TO_CHECK]), moment)


def sources_page() -> SourcesPage:
    index = current_index()
    count, is_current = _counted(index)
    counts, by_source = count.tally
    by_class: Counter[str] = Counter()
    for (_kind, each), number in counts.items():
        by_class[each] += number
    most = Site.objects.published().filter(pk__in=count.most, unchecked_statements__gt=0)
    return SourcesPage(
        summary=certainty.counted({each: by_class[each] for each in Trust}),
        total=by_class.total(),
        classes=[
            TrustClass(each, str(each.label), str(certainty.EXPLANATIONS[each]), by_class[each])
            for each in Trust
        ],
        kinds=[row for kind in StatementKind if (row := _kind_row(kind, counts)).total],
        sources=_sources(by_source),
        unchecked=sum(by_class[each] for each in TO_BE_CHECKED),
        unchecked_records=count.to_check,
        to_check=[
            RecordRow(
                reverse("web:site", args=[site.slug]),
                language_html.as_html(site.name),
                site.unchecked_statements,
            )
            for site in most.order_by("-unchecked_statements", "pk").only(
                "slug", "name", "unchecked_statements"
            )
        ],
        disagreements=number_of_disagreements(index),
        counted_at=None if is_current else count.moment,
    )


def _kind_row(kind: StatementKind, counts: Counter[tuple[str, str]]) -> KindRow:
    numbers = [counts[kind, each] for each in Trust]
    return KindRow(str(certainty.KINDS[kind]), sum(numbers), numbers)


def _sources(counts: Counter[int]) -> list[CitedSource]:
    """The sources of published statements, the most used first; recollection is none."""
    cited = Source.objects.filter(pk__in=list(counts)).exclude(kind=Source.Kind.RECALLED)
    return [
        CitedSource(
            source_line(source),
            counts[source.pk],
            reverse("web:sites", query={"source": source.uid}),
        )
        for source in sorted(
            cited.select_related("licence"), key=lambda source: (-counts[source.pk], source.pk)
        )
    ]
