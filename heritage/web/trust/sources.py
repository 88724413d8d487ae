"""The page of sources: what all records rest on, counted, and each source with its statements."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from heritage.models import Site, Source, statements
from heritage.models.statements import TO_BE_CHECKED, StatementKind, Trust
from heritage.search import CacheKey, current_index
from heritage.web.shared import language_html, trust
from heritage.web.shared.sources import SourceLine, source_line
from heritage.web.trust.disagreements import number_of_disagreements

MOST_TO_CHECK = 12  # records with the most to be checked

_TALLY: CacheKey[statements.Tally] = CacheKey("statements")


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


def sources_page() -> SourcesPage:
    index = current_index()
    counts, by_source = index.cache.get_or_set(_TALLY, statements.tally)
    by_class: Counter[str] = Counter()
    for (_kind, each), number in counts.items():
        by_class[each] += number
    published = Site.objects.published()
    to_check = published.filter(unchecked_statements__gt=0)
    most = to_check.order_by("-unchecked_statements", "pk")[:MOST_TO_CHECK]
    return SourcesPage(
        summary=trust.counted({each: by_class[each] for each in Trust}),
        total=by_class.total(),
        classes=[
            TrustClass(each, str(each.label), str(trust.EXPLANATIONS[each]), by_class[each])
            for each in Trust
        ],
        kinds=[row for kind in StatementKind if (row := _kind_row(kind, counts)).total],
        sources=_sources(by_source),
        unchecked=sum(by_class[each] for each in TO_BE_CHECKED),
        unchecked_records=to_check.count(),
        to_check=[
            RecordRow(
                reverse("web:site", args=[site.slug]),
                language_html.as_html(site.name.best()),
                site.unchecked_statements,
            )
            for site in most.only("slug", "name", "unchecked_statements")
        ],
        disagreements=number_of_disagreements(index),
    )


def _kind_row(kind: StatementKind, counts: Counter[tuple[str, str]]) -> KindRow:
    numbers = [counts[kind, each] for each in Trust]
    return KindRow(str(trust.KINDS[kind]), sum(numbers), numbers)


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
