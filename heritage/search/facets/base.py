"""The base classes of facets, and the values of a facet with their sites and counts.

A subclass has at least `name`, `label`, `index_keys()` and `choices()`. There is one instance of
each (in `facet_list`), which has no state of a request. There are three ways to count the sites of
values (`FacetValues`); which is fastest depends on the number of sites and of values.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

import django_filters as filters
import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet, TextChoices
from django.utils import translation
from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from heritage.models import Register, RegisterTerm, SiteQuerySet, Term
from heritage.search.filter_fields import ValuesField, unknown_value_error
from heritage.search.index.columns import bitmap, ids_of
from heritage.search.index.rows import Column, IndexRows
from heritage.search.index.snapshot import NOTHING, IndexSnapshot, TermTree, Vocabulary
from heritage.values import normalize, tokens
from heritage.values.language import LazyText, Text, interface_languages

_FEW = 2_000  # sites, below which a bitmap is short
_LONG = 128  # values, above which a list is counted site by site
_SHARE = 4  # of all sites one in so many: more are not counted site by site


# What stands for a value in a form: a row with a `label`, or the label itself.
type FacetTerm = Term | Register | RegisterTerm | str


class FacetValue(NamedTuple):
    """A value of a facet with its sites; `parent` is the position of the broader value."""

    term: FacetTerm
    slug: str
    depth: int
    parent: int | None
    sites: BitMap


class FacetValues:
    """The values of a facet, depth first; a site that has a value has the broader ones too."""

    def __init__(self, rows: Sequence[FacetValue], sites: BitMap):
        """`sites` are all published sites."""
        self.rows, self._sites = rows, sites
        self.totals = [len(each.sites) for each in rows]
        self.hash = hash(tuple(each.slug for each in rows))
        # By place, where what is narrower ends.
        self._after = np.arange(1, len(rows) + 1)
        for place in reversed(range(len(rows))):
            above = rows[place].parent
            if above is not None:
                self._after[above] = max(self._after[above], self._after[place])

    def counts(self, hits: BitMap, others: Callable[[], BitMap]) -> list[int]:
        """The number of hits of each value; `others` gives all other sites."""
        if len(self.rows) > _LONG and len(hits) * _SHARE <= len(self._sites):
            return self._by_sites(hits)
        if len(hits) > _FEW:
            return self._by_others(others())
        return self._by_values(hits)

    def _by_values(self, hits: BitMap) -> list[int]:
        """Intersects the hits with each value; below a value without hits nothing is counted."""
        counts, place = [0] * len(self.rows), 0
        while place < len(counts):
            counts[place] = hits.intersection_cardinality(self.rows[place].sites)
            place = place + 1 if counts[place] else int(self._after[place])
        return counts

    def _by_others(self, others: BitMap) -> list[int]:
        """Subtracts from the total of each value those of its sites that are no hits: in broad
        lists these are few, and small bitmaps are intersected quickly."""
        among_others = others.intersection_cardinality
        return [
            total - among_others(each.sites)
            for each, total in zip(self.rows, self.totals, strict=True)
        ]

    def _by_sites(self, hits: BitMap) -> list[int]:
        """Counts the narrowest value of each site, and adds the counts of narrower values to the
        broader ones."""
        narrowest, several = self._narrowest
        alone = hits - several if several else hits
        found = np.bincount(narrowest[ids_of(alone)], minlength=len(self.rows) + 1)
        until = np.concatenate(([0], np.cumsum(found[:-1])))
        counts = (until[self._after] - until[:-1]).tolist()
        if others := hits & several:
            more = self._by_values(others)
            return [sum(pair) for pair in zip(counts, more, strict=True)]
        return counts

    @cached_property
    def _narrowest(self) -> tuple[np.ndarray, BitMap]:
        """By id of a site the position of its narrowest value; and the sites that have several
        narrowest values, for which the array says nothing.

        Two bytes a site; a million are read in milliseconds.
        """
        narrower = defaultdict(list)
        for each in self.rows:
            if each.parent is not None:
                narrower[each.parent].append(each.sites)
        size = self._sites.max() + 1 if self._sites else 0
        nothing = len(self.rows)
        found = np.full(size, nothing, np.min_scalar_type(nothing))
        times = np.zeros(size, np.min_scalar_type(nothing))
        for place, each in enumerate(self.rows):
            own = each.sites - BitMap.union(*narrower[place]) if place in narrower else each.sites
            found[ids_of(own)] = place
            times[ids_of(own)] += 1
        several = np.flatnonzero(times > 1)
        return found, bitmap(several.astype(np.uint32))


class FacetField[V](ValuesField[V]):
    """Values of a facet, by their names in URLs."""

    vocabulary: Vocabulary  # set when a form is made

    def __init__(self, *, parse_value: Callable[[str, Vocabulary], V], **options: Any):
        self.parse_value = parse_value
        super().__init__(**options)

    def parse(self, text: str) -> V:
        return self.parse_value(text, self.vocabulary)


class FacetFilter(filters.Filter):
    field_class = FacetField


_CODE = re.compile(r"[(（]?[A-Za-z0-9_-]+[)）]?")  # as people write them: era=Tang, criterion=(i)


def in_all_languages(translate: Callable[[], str]) -> list[str]:
    """The results of a function in each language of the interface."""
    found = []
    for code in interface_languages():
        with translation.override(code):
            found.append(translate())
    return found


def phrases_of(words: LazyText | str) -> list[str]:
    """The phrases of a lazily translated list, in each language of the interface."""
    texts = in_all_languages(lambda: str(words))
    return [phrase for text in texts for phrase in text.split("|")]


# Words before or behind numbers, in all languages of the interface.
ORDINALS = pgettext_lazy(
    "numbers of centuries, from the first",
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    "|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty first",
)
BOUNDS = pgettext_lazy(
    "search words before a year that ends a span",
    "before|prior to|after|since|until|till|up to|between",
)
YEAR = pgettext_lazy("a word behind the number of a year", "year")


class Phrases:
    """A lazily translated list of phrases in all languages of the interface, folded and divided
    into words as those of a search are: each Han character is a word."""

    def __init__(self, words: LazyText):
        self._words = words

    @cached_property
    def _found(self) -> frozenset[tuple[str, ...]]:
        return frozenset(map(tokens.atoms, phrases_of(self._words)))

    def __contains__(self, phrase: Sequence[str]) -> bool:
        return tuple(phrase) in self._found


@cache
def ordinals() -> dict[tuple[str, ...], int]:
    """Numbers by the folded words of their ordinals: third, 十一."""
    return {
        tokens.atoms(name): number
        for names in in_all_languages(lambda: str(ORDINALS))
        for number, name in enumerate(names.split("|"), start=1)
    }


def primary_key(model: type[Model], row: Model | int) -> int:
    """The primary key of a row; an integer is returned as it is. Raises ValueError for anything
    else."""
    if isinstance(row, int):
        return row
    if isinstance(row, model) and row.pk is not None:
        return row.pk
    raise ValueError(f"{row!r} is no stored {model._meta.verbose_name}.")


class Facet[V]:
    """A flat list of values; see `ChoicesFacet` for those of an enumeration, `RowFacet` for rows,
    and `TreeFacet` for a vocabulary with broader and narrower terms."""

    name: str  # in addresses, and what its values in the index begin with
    label: LazyText
    in_form = True
    is_unfolded = False  # among the first of the form, not behind the fold of further ones
    is_endless = False  # anybody may make up values: search engines shall not index its lists
    # A search that names two of its values asks for both: for either, or for all where they narrow.
    # Else the second one is looked for as words.
    is_repeatable = False
    says_where = False  # what lies there comes first among sites that match a text in part
    # Several chosen values widen a list; where this is true they narrow it.
    values_narrow = False
    # A value that no site of the list has is offered all the same, with a count of 0.
    offers_empty = True
    # Its values hold their labels in all languages, and need not be made for each.
    is_multilingual = False
    # What people call values beside their labels, by the name of the value in URLs: words and
    # phrases with | between them, lazily translated.
    search_words: Mapping[str, LazyText | str] = {}
    admin_title: LazyText | None = None  # of its filter in the admin's list of sites, if it has one
    # Columns of a site's own row that `index_keys` gets from `rows.column()`.
    site_columns: tuple[Column, ...] = ()

    # --- what the index holds ------------------------------------------------------------------

    def index_keys(self, rows: IndexRows) -> Iterable[tuple[int, str]]:
        """(id of a published site, key of a value that it has); a pair may come twice."""
        raise NotImplementedError

    def key(self, value: Any, role: str | None = None) -> str:
        """The key of a value in the index; `role` is that of eras.

        A row may be given by its primary key, a choice by its value. Raises ValueError for what is
        no value of this facet.
        """
        raise NotImplementedError

    def index_name(self, role: str | None = None) -> str:
        """What the keys of its values begin with, before a colon."""
        return self.name

    # --- in an address -------------------------------------------------------------------------

    def filter(self) -> FacetFilter:
        return FacetFilter(field_name=self.name, label=self.label, parse_value=self.parse)

    def choices(self, terms: Vocabulary) -> Mapping[str, V]:
        """All values that may be asked for, by their names in URLs, in order."""
        raise NotImplementedError

    def slug(self, value: V) -> str:
        """The name of a value in URLs."""
        raise NotImplementedError

    def parse(self, text: str, terms: Vocabulary) -> V:
        """The value that a text in a URL means; case and brackets do not matter.

        Raises ValidationError, with a message for the reader, if it means none.
        """
        choices = self.choices(terms)
        if text in choices:
            return choices[text]
        plain = text.strip("()（）").casefold()
        for slug, value in choices.items():
            if slug.casefold() == plain:
                return value
        raise unknown_value_error(text)

    def normalized(self, text: str) -> str:
        """The canonical form of a value in a URL."""
        return text.strip("()（）").lower() if _CODE.fullmatch(text) else text

    # --- in a search text ----------------------------------------------------------------------

    def phrases(self, terms: Vocabulary) -> Iterable[tuple[str, str]]:
        """(phrase, value) of the names of its values, in all languages of the interface."""
        for slug, value in self.choices(terms).items():
            for name in self.names(value):
                yield name, slug
        for slug, words in self.search_words.items():
            for phrase in phrases_of(words):
                yield phrase, slug

    def names(self, value: V) -> Iterable[str]:
        """The names of a value, in all languages."""
        term = self.term(value)
        if isinstance(term, str):
            return in_all_languages(lambda: str(self.term(value)))
        return term.names()

    def recognise(self, words: Sequence[str], terms: Vocabulary) -> tuple[int, list[str]]:
        """Values of a form such as “batch 8” at the beginning of some words.

        Returns how many words they take, and their names in URLs; (0, []) if there are none. The
        words are those of `tokens.atoms`.
        """
        return 0, []

    def broader_slugs(self, slug: str, terms: Vocabulary) -> list[str]:
        """The names, in URLs, of the broader values."""
        return []

    # --- which sites ---------------------------------------------------------------------------

    def keys(self, values: Iterable[V], index: IndexSnapshot, role: str | None) -> list[str]:
        """The index keys of the chosen values."""
        return [self.key(value, role) for value in values]

    def sites(self, values: Sequence[V], index: IndexSnapshot, role: str | None) -> BitMap:
        """The ids of the sites that have one of the chosen values."""
        keys = self.keys(values, index, role)
        if self.values_narrow:
            return BitMap.intersection(*map(index.with_key, keys))
        return BitMap.union(NOTHING, *map(index.with_key, keys))

    # --- what a page shows ---------------------------------------------------------------------

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> Iterable[V]:
        """The values that the form lists, in order."""
        return self.choices(terms).values()

    def values(self, index: IndexSnapshot, terms: Vocabulary, role: str | None) -> list[FacetValue]:
        """The listed values with their sites."""
        return [
            FacetValue(self.term(value), self.slug(value), 0, None, index.having(self, value))
            for value in self.listed(index, terms)
        ]

    def term(self, value: V) -> FacetTerm:
        """The object shown for a value in a form."""
        raise NotImplementedError

    def describe(self, value: V) -> Text | str:
        """A chosen value in words."""
        term = self.term(value)
        return term if isinstance(term, str) else term.label.best()

    def active_label(self, role: str | None) -> str:
        """The facet's label beside a chosen value; `role` is the chosen one of eras."""
        return str(self.label)

    # --- in the admin --------------------------------------------------------------------------

    def filter_queryset(self, queryset: SiteQuerySet, values: Iterable[Any]) -> SiteQuerySet:
        """The sites of a queryset, published or not, that have any of these values; terms are
        given by their primary keys."""
        raise NotImplementedError


# Of a list of facets each is asked of its own values alone.
type AnyFacet = Facet[Any]


class RowFacet[V: (Register, RegisterTerm)](Facet[V]):
    """Values that are rows of a register, or registers."""

    model: type[V]

    def key(self, value: V | int, role: str | None = None) -> str:
        return f"{self.index_name(role)}:{primary_key(self.model, value)}"

    def term(self, value: V) -> V:
        return value


class ChoicesFacet[C: TextChoices](Facet[C]):
    """Values of a choices enumeration."""

    enumeration: type[C]

    def key(self, value: C | str, role: str | None = None) -> str:
        return f"{self.name}:{self.enumeration(value)}"

    def choices(self, terms: Vocabulary) -> Mapping[str, C]:
        return {choice.value: choice for choice in self.enumeration}

    def slug(self, value: C) -> str:
        return value.value

    def term(self, value: C) -> str:
        return str(value.label)


class TreeFacet[T: Term](Facet[T]):
    """The terms of a vocabulary; a site that has a term has its broader terms too.

    The form offers the terms that sites of the list have. Suggestions propose terms, and a search
    that names one may be answered by it.
    """

    offers_empty = False
    is_multilingual = True
    model: type[T]
    suggestions_label: LazyText  # above its terms, as one types
    search_label: LazyText  # beside a term that a search names
    suggestions_order = 0

    def tree(self, terms: Vocabulary) -> TermTree[T]:
        raise NotImplementedError

    def key(self, value: T | int, role: str | None = None) -> str:
        return f"{self.index_name(role)}:{primary_key(self.model, value)}"

    def choices(self, terms: Vocabulary) -> Mapping[str, T]:
        return self.tree(terms).by_slug

    def slug(self, value: T) -> str:
        return value.slug

    def term(self, value: T) -> T:
        return value

    def broader_slugs(self, slug: str, terms: Vocabulary) -> list[str]:
        tree = self.tree(terms)
        return [term.slug for term in tree.broader(tree.by_slug[slug])]

    def parse(self, text: str, terms: Vocabulary) -> T:
        """Also reads a name that only one term has: place=河南."""
        try:
            return super().parse(text, terms)
        except ValidationError:
            wanted = normalize.fold(text)
            called = [
                term
                for term in self.choices(terms).values()
                if wanted in normalize.written_names(term.search_text)
            ]
            if not wanted or len(called) != 1:
                raise
            return called[0]

    def values(self, index: IndexSnapshot, terms: Vocabulary, role: str | None) -> list[FacetValue]:
        tree = self.tree(terms)
        found: list[FacetValue] = []
        # Not by a function within, which refers to itself: the index would be kept until garbage
        # is looked for.
        waiting: list[tuple[T, int | None, int]]
        waiting = [(term, None, 0) for term in reversed(tree.children.get(None, ()))]
        while waiting:
            term, parent, depth = waiting.pop()
            sites = index.having(self, term, role)
            found.append(FacetValue(term, term.slug, depth, parent, sites))
            place, below = len(found) - 1, reversed(tree.children.get(term.pk, ()))
            waiting += [(each, place, depth + 1) for each in below]
        return found

    def read_terms(
        self, rows: IndexRows, pairs: Iterable[tuple[int, int]]
    ) -> Iterator[tuple[int, str]]:
        """(site, key) for these (site, term) pairs and all broader terms."""
        broader = rows.broader[self.model]
        keys: dict[int, list[str]] = {}
        for pk, term in pairs:
            if term not in keys:
                keys[term] = [self.key(each) for each in broader[term]]
            for key in keys[term]:
                yield pk, key

    # --- in the admin --------------------------------------------------------------------------

    def used_by(self) -> tuple[QuerySet[Any], str]:
        """A queryset with one row for each use of a term, and the name of the column that refers to
        the term."""
        raise NotImplementedError
