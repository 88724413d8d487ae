"""Shared by the pages of eras, kinds and places: labels, counted trees, lists of sites."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from heritage.formats import term_url
from heritage.models import DescribedTerm, SiteEra, Term
from heritage.search import TREES, IndexSnapshot, page_rows
from heritage.values.language import (
    LanguageMap,
    Text,
    display_width,
    interface_languages,
    join_names,
    language_in_words,
)
from heritage.web.shared import cards, language_html, page_dependencies
from heritage.web.shared.cards import RenderedCard
from heritage.web.shared.certainty import Mark, SourceLine, source_line
from heritage.web.shared.charts import Chart, ChartRow, Series

SHOWN = 12  # cards on the page of a term
MAX_ROWS = 12  # of a chart
_KNOWN_BEST = 3  # sites that a sentence names
_LONG_NAME = 36  # letters
# Parts of a site's history in which it may have an era.
type Roles = tuple[SiteEra.Role, ...]
_BREAK = re.compile(r"[,:;(–—、：（]|(?<= )- ")


@dataclass(frozen=True, slots=True)
class TermLink:
    url: str
    label: SafeString
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermLabel:
    """The label of a term in another language or script."""

    text: Text
    language: str


@dataclass(frozen=True, slots=True)
class TermSites:
    """The first sites of a term, with a link to all of them."""

    total: int
    cards: list[RenderedCard]
    url: str

    @property
    def map_url(self) -> str:
        """All of them on the map."""
        return f"{self.url}&view=map"


@dataclass(frozen=True, slots=True)
class TermText:
    """The description of a term, with a mark if no source supports it."""

    text: Text
    marks: list[Mark]
    source: SourceLine | None  # none that says only “recalled”


def text_of(term: DescribedTerm) -> TermText | None:
    """`term` has its `description_source`."""
    text = term.description.best()
    if not text:
        return None
    source = source_line(term.description_source)
    marks = list(source.marks) if source else []
    return TermText(text, marks, source if source and source.is_worth_a_line else None)


class CountedTree:
    """A vocabulary ("kind", "era" or "place") with the number of sites of each term among
    `hits`."""

    def __init__(self, name: str, index: IndexSnapshot, hits: BitMap | None = None):
        self.name, self.index = name, index
        self.hits = index.sites if hits is None else hits
        page_dependencies.parts(index, "values")
        self._counts: dict[int, int] = {}
        self._model = TREES[name].model
        known = TREES[name].tree(index.vocabulary)
        self.terms, self.children = known.terms, known.children
        self.by_slug, self.broader = known.by_slug, known.broader
        self._order = known.order

    def term(self, slug: str) -> Any:
        """The term of a page, with its sources. Raises DoesNotExist of its model."""
        if slug not in self.by_slug:
            raise self._model.DoesNotExist(slug)
        page_rows.add_sources(self.by_slug[slug], self.index.vocabulary)
        return self.by_slug[slug]

    def sites(self, term: Term) -> BitMap:
        return self.index.having(self.name, term) & self.hits

    def count(self, term: Term) -> int:
        if term.pk not in self._counts:
            having = self.index.having(self.name, term.pk)
            self._counts[term.pk] = self.hits.intersection_cardinality(having)
        return self._counts[term.pk]

    def counted(self, parent_id: int | None = None) -> list:
        """The children that have sites."""
        return [term for term in self.children.get(parent_id, ()) if self.count(term)]

    def leaves(self) -> list:
        """The narrowest terms that have sites, in the order of the vocabulary."""
        found, open_terms = [], self.counted()
        while open_terms:
            term = open_terms.pop()
            if narrower := self.counted(term.pk):
                open_terms += narrower
            else:
                found.append(term)
        return sorted(found, key=lambda term: self._order[term.pk])

    def choice(self) -> list:
        """The terms with sites of the first level that has several of them; else the only one of
        the narrowest level."""
        terms = self.counted()
        while len(terms) == 1 and self.counted(terms[0].pk):
            terms = self.counted(terms[0].pk)
        return terms


def links[T: Term](
    tree: CountedTree, terms: Iterable[T], note: Callable[[T], str] = lambda term: ""
) -> list[TermLink]:
    """Links to the pages of terms; `tree.name` is also the name of the URL."""
    return [
        TermLink(
            term_url(tree.name, term),
            language_html.as_html(term.label),
            tree.count(term),
            note(term),
        )
        for term in terms
    ]


def labels(label: LanguageMap) -> list[TermLabel]:
    """The term in every other language and script, those of the interface first."""
    best = label.best()
    found: list[TermLabel] = []
    ours = interface_languages()
    for code, words in sorted(label.items(), key=lambda item: item[0] not in ours):
        if code != best.language and words not in {str(best), *(str(row.text) for row in found)}:
            found.append(TermLabel(Text(words, code), language_in_words(code)))
    return found


def sites(
    index: IndexSnapshot, facet: str, term: Term, url: str, shown: int = SHOWN, roles: Roles = ()
) -> TermSites:
    """The best-known sites of a term; those of an era in one of `roles` before all others."""
    page = _best(index, facet, term, shown, roles)
    return TermSites(
        len(index.having(facet, term)), list(cards.rendered_cards(index, page).values()), url
    )


def _best(index: IndexSnapshot, facet: str, term: Term, most: int, roles: Roles) -> tuple[int, ...]:
    question = partial(_best_ids, facet=facet, term_id=term.pk, most=most, roles=roles)
    found = question(index)
    page_dependencies.answer(index, question, found)
    page_dependencies.sites(index, found)
    return found


def _best_ids(
    index: IndexSnapshot, facet: str, term_id: int, most: int, roles: Roles
) -> tuple[int, ...]:
    order, hits = index.best_known, index.having(facet, term_id)
    first = hits
    if roles:
        first = hits & BitMap.union(*(index.having(facet, term_id, role) for role in roles))
    found = order.slice(first, 0, most)
    return (*found, *order.slice(hits - first, 0, most - len(found)))


def best_known(index: IndexSnapshot, facet: str, term: Term, roles: Roles = ()) -> str:
    """A sentence that names the best known sites of a term, first those in one of `roles`; of up
    to three, all."""
    ids = _best(index, facet, term, _KNOWN_BEST, roles)
    named = page_rows.linked_sites(ids)
    if not ids or len(named) < len(ids):  # one was withdrawn just now
        return ""
    names = join_names(_short(named[pk].shown_name.best().text) for pk in ids)
    if len(index.having(facet, term)) > _KNOWN_BEST:
        return _("The best known are %(names)s.") % {"names": names}
    return ngettext("It is %(names)s.", "They are %(names)s.", len(ids)) % {"names": names}


def _short(name: str) -> str:
    """A name for a list of names: a long one is cut at its first comma or colon."""
    is_long = display_width(name) > _LONG_NAME
    return _BREAK.split(name, maxsplit=1)[0].rstrip() if is_long else name


def chart[T: Term](
    tree: CountedTree,
    terms: Iterable[T],
    *,
    id: str,
    title: str,
    head: str,
    url: Callable[[T], str],
) -> Chart | None:
    """A chart of the number of sites of each term, the most first; None if fewer than two
    have any."""
    counted = sorted(((tree.count(term), term) for term in terms), key=lambda pair: -pair[0])
    rows = [
        ChartRow(language_html.as_html(term.label), [count], url(term))
        for count, term in counted[:MAX_ROWS]
        if count
    ]
    if len(rows) < 2:
        return None
    rest = len(counted) - len(rows)
    summary = _("The %(number)s with most sites.") % {"number": len(rows)} if rest > 0 else ""
    return Chart(id, title, summary, head, [Series("sites", _("Sites"))], rows)
