"""Facets of registers: UNESCO status, protection, ratings, and the World Heritage List's terms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from heritage.models import (
    LISTED_STATUSES,
    Designation,
    DesignationEvent,
    Register,
    RegisterTerm,
    SiteQuerySet,
    UnescoStatus,
    WorldHeritage,
    unesco_statuses_of,
)
from heritage.search.facets.base import (
    BOUNDS,
    YEAR,
    Facet,
    FacetValue,
    Phrases,
    RowFacet,
    ordinals,
)
from heritage.search.filter_fields import YearSpan, read_years, unknown_value_error
from heritage.search.index.rows import IndexRows
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.values.date_format import span_phrase
from heritage.values.language import LazyText


def registers_of(terms: Vocabulary, role: str) -> dict[str, Register]:
    """The registers of a role by slug, in order of rank."""
    return {
        register.slug: register for register in terms.registers.values() if register.role == role
    }


@dataclass(frozen=True, slots=True)
class _Listed:
    """The value for all statuses of sites that are on the World Heritage List today, as a whole or
    in part."""

    value: str
    label: LazyText


type Status = UnescoStatus | _Listed


class UnescoFacet(Facet[Status]):
    """UNESCO statuses; one value stands for all of those on the World Heritage List."""

    name, label = "unesco", _("UNESCO status")
    is_unfolded = is_repeatable = True
    admin_title = label
    listed_today = _Listed("listed", _("World Heritage, whole or in part"))
    search_words = {
        "listed": pgettext_lazy(
            "search words",
            "UNESCO|UNESCO site|UNESCO sites|World Heritage|World Heritage Site"
            "|World Heritage Sites|World Heritage List|UNESCO World Heritage"
            "|UNESCO World Heritage Site|UNESCO World Heritage Sites|UNESCO heritage|WHS|WHC",
        ),
        "in_danger": pgettext_lazy(
            "search words",
            "in danger|danger|endangered|threatened|danger list|at risk|heritage in danger"
            "|World Heritage in danger|endangered World Heritage",
        ),
        "tentative": pgettext_lazy("search words", "tentative|tentative list"),
        "delisted": pgettext_lazy(
            "search words",
            "delisted|removed from the list|removed from the World Heritage List"
            "|former World Heritage",
        ),
    }

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        covered = defaultdict(set)
        for pk, _designation, entry in rows.coverages:
            covered[pk].add(entry[:3])
        for pk in rows.sites:
            found = unesco_statuses_of(covered.get(pk, ()))
            for status in found:
                yield pk, self.key(status)
            if not set(LISTED_STATUSES).isdisjoint(found):
                yield pk, self.key(self.listed_today)

    def key(self, value: Status | str, role: str | None = None) -> str:
        is_listed = value in (self.listed_today, self.listed_today.value)
        status = self.listed_today if is_listed else UnescoStatus(cast(str, value))
        return f"{self.name}:{status.value}"

    def choices(self, terms: Vocabulary) -> Mapping[str, Status]:
        return {status.value: status for status in (self.listed_today, *UnescoStatus)}

    def slug(self, value: Status) -> str:
        return value.value

    def values(self, index: IndexSnapshot, terms: Vocabulary, role: str | None) -> list[FacetValue]:
        found = super().values(index, terms, role)
        return [
            each._replace(depth=1, parent=0) if each.slug in LISTED_STATUSES else each
            for each in found
        ]

    def term(self, value: Status) -> str:
        return value.counted_label if isinstance(value, UnescoStatus) else str(value.label)

    def broader_slugs(self, slug: str, terms: Vocabulary) -> list[str]:
        """“World Heritage” is dropped beside another status, where it only names the list:
        “delisted World Heritage”."""
        return [self.listed_today.value] if slug != self.listed_today.value else []

    def filter_queryset(self, queryset: SiteQuerySet, values: Iterable[str]) -> SiteQuerySet:
        return queryset.with_unesco_status(*values)


class ProtectionFacet(RowFacet[Register]):
    """Registers of legal protection; the index has the registers of all other roles, too."""

    name, label, model = "protection", _("Protection"), Register

    def index_name(self, role: str | None = None) -> str:
        return "register"

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force:
                yield pk, self.key(entry.register)

    def choices(self, terms: Vocabulary) -> Mapping[str, Register]:
        return registers_of(terms, Register.Role.PROTECTION)

    def slug(self, value: Register) -> str:
        return value.slug


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of a protection register; in a URL “cn-national.1”."""

    register: Register
    number: int

    def __str__(self) -> str:
        return f"{self.register.slug}.{self.number}"


class BatchFacet(Facet[Batch]):
    """Batches of protection registers; a URL may have any number, even of a batch that is not
    recorded."""

    name, label = "batch", _("Batch")
    called = Phrases(pgettext_lazy("search words before or behind a number", "batch"))

    def phrases(self, terms: Vocabulary) -> Iterable[tuple[str, str]]:
        return ()

    def recognise(self, words: Sequence[str], terms: Vocabulary) -> tuple[int, list[str]]:
        """batch 8, 8th batch, 第一批: a batch of the first protection register."""
        registers = list(registers_of(terms, Register.Role.PROTECTION))
        before = 1 if words[:1] in _THE else 0
        length, number = _numbered(words[before:])
        end = before + length
        if number and words[end : end + 1] in self.called:
            end += 1
        elif words[:1] in self.called:
            length, number = _numbered(words[1:])
            end = 1 + length
        else:
            return 0, []
        return (end, [f"{registers[0]}.{number}"]) if number and registers else (0, [])

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force and entry.batch is not None:
                yield pk, self.key((entry.register, entry.batch))

    def key(self, value: Batch | tuple[int, int], role: str | None = None) -> str:
        """A batch may also be given as (id of its register, number)."""
        match value:
            case Batch(register, number):
                return f"{self.name}:{register.pk}.{number}"
            case int(register_id), int(number):
                return f"{self.name}:{register_id}.{number}"
        raise ValueError(f"{value!r} is no batch.")

    def choices(self, terms: Vocabulary) -> Mapping[str, Batch]:
        return {}

    def parse(self, text: str, terms: Vocabulary) -> Batch:
        slug, _dot, number = text.partition(".")
        registers = registers_of(terms, Register.Role.PROTECTION)
        register = registers.get(slug) or registers.get(slug.lower())
        if register is None or not re.fullmatch("[0-9]{1,5}", number):
            raise unknown_value_error(text)
        return Batch(register, int(number))

    def slug(self, value: Batch) -> str:
        return str(value)

    def normalized(self, text: str) -> str:
        found = re.fullmatch(r"([^.]+)\.0*([0-9]{1,5})", text)
        return f"{found[1]}.{found[2]}" if found else text

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> list[Batch]:
        found = (tuple(map(int, value.split("."))) for value in index.sites_by_value(self))
        return [Batch(terms.registers[register], number) for register, number in sorted(found)]

    def term(self, value: Batch) -> str:
        return gettext("%(register)s, batch %(number)s") % {
            "register": value.register.short(),
            "number": value.number,
        }

    def describe(self, value: Batch) -> str:
        return gettext("%(register)s, batch %(number)s") % {
            "register": value.register.label.best(),
            "number": value.number,
        }


@dataclass(frozen=True, slots=True)
class Rating:
    """A tourist rating, of one grade or any; in a URL “cn-rating.5A”."""

    register: Register
    grade: RegisterTerm | None = None

    def __str__(self) -> str:
        return f"{self.register.slug}.{self.grade.code}" if self.grade else self.register.slug


class RatingFacet(Facet[Rating]):
    """Registers that rate (read by `ProtectionFacet`) and their grades (by `CategoryFacet`)."""

    name, label = "rating", _("Tourist rating")

    def index_keys(self, rows: IndexRows) -> Iterable[tuple[int, str]]:
        return ()

    def key(self, value: Rating, role: str | None = None) -> str:
        if not isinstance(value, Rating):
            raise ValueError(f"{value!r} is no rating.")
        if value.grade:
            return CategoryFacet().key(value.grade)
        return ProtectionFacet().key(value.register)

    def choices(self, terms: Vocabulary) -> Mapping[str, Rating]:
        found = []
        for register in registers_of(terms, Register.Role.RATING).values():
            grades = terms.terms_of(register, RegisterTerm.Facet.CATEGORY)
            found += [Rating(register), *(Rating(register, grade) for grade in grades)]
        return {str(rating): rating for rating in found}

    def slug(self, value: Rating) -> str:
        return str(value)

    def term(self, value: Rating) -> Register | RegisterTerm:
        return value.grade or value.register


class WorldHeritageTermFacet(RowFacet[RegisterTerm]):
    """Terms of the World Heritage List by their codes, of the entries that hold today."""

    model = RegisterTerm
    term_facet: RegisterTerm.Facet

    def choices(self, terms: Vocabulary) -> Mapping[str, RegisterTerm]:
        registers = registers_of(terms, Register.Role.WORLD_HERITAGE).values()
        return {
            term.code: term for each in registers for term in terms.terms_of(each, self.term_facet)
        }

    def slug(self, value: RegisterTerm) -> str:
        return value.code


class CategoryFacet(WorldHeritageTermFacet):
    """The categories of the World Heritage List; the index holds those of other registers too."""

    name, label = "category", _("World Heritage category")
    term_facet = RegisterTerm.Facet.CATEGORY

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force and entry.category is not None:
                yield pk, self.key(entry.category)


class CriterionFacet(WorldHeritageTermFacet):
    name, label = "criterion", _("World Heritage criterion")
    is_repeatable = True
    term_facet = RegisterTerm.Facet.CRITERION
    called = Phrases(
        pgettext_lazy("search words before a number", "criterion|criteria|UNESCO criterion")
    )

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, term in rows.terms_of_world_heritage(WorldHeritage.criteria.through):
            yield pk, self.key(term)

    def recognise(self, words: Sequence[str], terms: Vocabulary) -> tuple[int, list[str]]:
        """criterion (iv), criteria i and ii, 标准（三）."""
        codes: list[str] = []
        length = 0
        while words[length : length + 1] and not codes and length < _LONGEST_WORD:
            length += 1
            if words[:length] in self.called:
                codes = _roman(words[length:])
        if not codes:
            return 0, []
        read = length
        while read < len(words) and (words[read] in _NUMERALS or _is_joining(words[read])):
            read += 1
        return read, codes

    def describe(self, value: RegisterTerm) -> str:
        words = {"code": value.code, "label": value.label.best()}
        return pgettext("criterion", "(%(code)s) %(label)s") % words


class RegionFacet(WorldHeritageTermFacet):
    """UNESCO's regions of the world; a site under no entry of the World Heritage List has none."""

    name, label = "region", _("Region of the world")
    is_unfolded = is_repeatable = says_where = True
    term_facet = RegisterTerm.Facet.REGION

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, term in rows.terms_of_world_heritage(WorldHeritage.regions.through):
            yield pk, self.key(term)


class InscribedFacet(Facet[YearSpan]):
    """Years of World Heritage inscriptions.

    The form lists the years that some site has; spans of years may be asked for too: 1990-1999,
    since 2010.
    """

    name, label, is_endless = "inscribed", _("Year inscribed"), True
    site_columns: tuple[str, ...] = ("inscribed_year",)
    before = Phrases(
        pgettext_lazy(
            "search words before a year",
            "inscribed|inscribed in|listed|listed in|added in|World Heritage in|World Heritage"
            "|UNESCO",
        )
    )
    behind = Phrases(
        pgettext_lazy(
            "search words behind a year",
            "inscription|inscriptions|inscribed|World Heritage|UNESCO|new World Heritage",
        )
    )

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for pk, year in rows.column("inscribed_year"):
            if year is not None:
                yield pk, self.key(year)

    def choices(self, terms: Vocabulary) -> Mapping[str, YearSpan]:
        return {}

    def parse(self, text: str, terms: Vocabulary) -> YearSpan:
        return YearSpan(text, *read_years(text))

    def slug(self, value: YearSpan) -> str:
        return value.text

    def normalized(self, text: str) -> str:
        return text

    def key(self, value: YearSpan | int, role: str | None = None) -> str:
        year = value.first if isinstance(value, YearSpan) and value.first == value.last else value
        if not isinstance(year, int):
            raise ValueError(f"{value!r} is no single year.")
        return f"{self.name}:{year}"

    def keys(self, values: Iterable[YearSpan], index: IndexSnapshot, role: str | None) -> list[str]:
        listed = map(int, index.sites_by_value(self))
        return [self.key(year) for year in listed if any(year in span for span in values)]

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> list[YearSpan]:
        years = sorted(map(int, index.sites_by_value(self)))
        return [YearSpan(str(year), year, year) for year in years]

    def recognise(self, words: Sequence[str], terms: Vocabulary) -> tuple[int, list[str]]:
        """inscribed in 1987, inscribed 1990-1999, 2000年列入."""
        for length in range(min(_LONGEST_WORD, len(words) - 1), 0, -1):
            if words[:length] in self.before:
                read, value = _read_years(words[length:])
                if read:
                    return length + read, [value]
        read, value = _read_years(words)
        for length in range(_LONGEST_WORD, 0, -1) if read else ():
            phrase = words[read : read + length]
            if len(phrase) == length and phrase in self.behind:
                return read + length, [value]
        return 0, []

    def term(self, value: YearSpan) -> str:
        return span_phrase(value.first, value.last)


class DangerFacet(InscribedFacet):
    """The year since which a site has been in danger (2013, since 2010), or that it no longer
    is."""

    name, label = "danger", _("Danger list")
    in_form = False
    site_columns = ()
    past = YearSpan("past", None, None)
    before = Phrases(
        pgettext_lazy(
            "search words before a year", "in danger|endangered|danger list|in danger list|danger"
        )
    )
    behind = before
    called_past = Phrases(
        pgettext_lazy(
            "search words",
            "no longer in danger|not in danger any more|formerly in danger|once in danger"
            "|out of danger|taken off the danger list|removed from the danger list",
        )
    )

    def recognise(self, words: Sequence[str], terms: Vocabulary) -> tuple[int, list[str]]:
        """in danger since 2013, 2013年濒危, no longer in danger."""
        for length in range(min(_LONGEST_WORD, len(words)), 0, -1):
            if words[:length] in self.called_past:
                return length, [self.past.text]
        return super().recognise(words, terms)

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        kinds = DesignationEvent.Kind
        events = DesignationEvent.objects.filter(kind__in=(kinds.IN_DANGER, kinds.OUT_OF_DANGER))
        if rows.ids is not None:
            events = events.filter(designation__in=list(rows.world_heritage))
        since: dict[int, int | None] = {}
        for entry, kind, year in events.values_list("designation_id", "kind", "first_year"):
            since[entry] = max(
                filter(None, (since.get(entry), year if kind == kinds.IN_DANGER else None)),
                default=None,
            )
        for pk, entry, covered in rows.coverages:
            if not covered.is_world_heritage or entry not in since:
                continue
            if covered.standing != Designation.Standing.IN_DANGER:
                yield pk, self.key(self.past)
            elif (year := since[entry]) is not None:
                yield pk, self.key(year)

    def parse(self, text: str, terms: Vocabulary) -> YearSpan:
        return self.past if text == self.past.text else super().parse(text, terms)

    def choices(self, terms: Vocabulary) -> Mapping[str, YearSpan]:
        return {self.past.text: self.past}

    def key(self, value: YearSpan | int, role: str | None = None) -> str:
        return f"{self.name}:{value.text}" if value == self.past else super().key(value)

    def keys(self, values: Iterable[YearSpan], index: IndexSnapshot, role: str | None) -> list[str]:
        found = list(values)
        spans = [value for value in found if value != self.past]
        years = (text for text in index.sites_by_value(self) if text != self.past.text)
        keys = [self.key(int(year)) for year in years if any(int(year) in span for span in spans)]
        return [*keys, self.key(self.past)] if self.past in found else keys

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> list[YearSpan]:
        return []

    def term(self, value: YearSpan) -> str:
        if value == self.past:
            return gettext("no longer in danger")
        return gettext("in danger: %(years)s") % {"years": super().term(value)}


_LONGEST_WORD = 6  # words before or behind a number
_CODES = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_NUMERALS = {code: code for code in _CODES} | dict(zip("一二三四五六七八九十", _CODES, strict=True))
_AND = Phrases(pgettext_lazy("search words between numbers", "and"))
_THE = Phrases(pgettext_lazy("search words before an ordinal number", "the"))
_BOUNDS, _YEAR = Phrases(BOUNDS), Phrases(YEAR)


def _is_joining(word: str) -> bool:
    """Whether a word between numbers has no meaning: and, 和, 第."""
    return (word,) in _AND or (word,) in _THE


def _roman(words: Sequence[str]) -> list[str]:
    """The codes of criteria at the beginning of some words: (i) (ii) and (iv)."""
    found: list[str] = []
    for word in words:
        if word in _NUMERALS:
            found.append(_NUMERALS[word])
        elif not _is_joining(word):
            break
    return found


def _numbered(words: Sequence[str]) -> tuple[int, int]:
    """How many of the first words are a number, and the number: 8, 8th, third, 十一; (0, 0) if they
    are none."""
    if words and (figure := re.fullmatch("([0-9]{1,2})(?:st|nd|rd|th)?", words[0])):
        return 1, int(figure[1])
    for length in (3, 2, 1):
        if number := ordinals().get(tuple(words[:length])):
            return min(length, len(words)), number
    return 0, 0


def _read_years(words: Sequence[str]) -> tuple[int, str]:
    """How many of the first words are a year of the World Heritage List or a span of years, and its
    name in addresses: 1987, 1990-1999, since 2010."""
    if not words:
        return 0, ""
    if _is_year(words[0]):
        return 1 + (words[1:2] in _YEAR), words[0]
    for length in (4, 3, 2):
        bound = next((n for n in (1, 2) if words[:n] in _BOUNDS), 0)
        if bound and len(words) >= length and _is_year(words[length - 1]):
            text = " ".join(words[:length])
            try:
                read_years(text)
            except ValidationError:
                continue
            return length, text
    return 0, ""


def _is_year(word: str) -> bool:
    """Whether a word may be a year, or a span of them, in which the List was added to."""
    return bool(re.fullmatch("(19|20)[0-9]{2}(-(19|20)[0-9]{2})?", word))
