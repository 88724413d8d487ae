"""The rows that the derived columns of sites follow from, read for many sites at once.

Among it how closely the public is shown sites that nobody guards: `Kind.blur_km` is the rule of a
kind and of all narrower kinds without one of their own. A site is guarded if it is World Heritage,
has a custodian, or opening hours or prices. `Site.blur_km` of the record goes before any rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet, Value
from django.utils.translation import gettext_lazy as _

from heritage.models import statements
from heritage.models.designations import IN_FORCE, Register
from heritage.models.events import Event
from heritage.models.identifiers import Identifier
from heritage.models.relations import Coverage
from heritage.models.sites import Name, Site
from heritage.models.visiting import Opening, Price
from heritage.models.vocabularies import Era, Kind, Place
from heritage.values.language import LanguageMap, LazyText


class CoveringEntry(NamedTuple):
    """A register's entry that covers a site, and what the coverage says of it."""

    reference: str
    name: LanguageMap
    standing: str
    year: int | None
    role: str
    component_reference: str
    note: LanguageMap

    @property
    def is_world_heritage(self) -> bool:
        return self.role == Register.Role.WORLD_HERITAGE and self.standing in IN_FORCE


@dataclass(slots=True)
class SiteWithRows:
    """A site with the rows that belong to it, each in its own order; terms as ids."""

    site: Site
    names: list[tuple[str, str]] = field(default_factory=list)  # language and text
    kinds: list[int] = field(default_factory=list)
    also_in: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entries: list[CoveringEntry] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)  # such as “wikidata Q181623”
    unchecked: int = 0  # statements, where they were counted


def read_sites(
    ids: Iterable[int],
    written: Mapping[Any, Set[str]] | None = None,
    *,
    are_counted: bool = False,
) -> list[SiteWithRows]:
    """These sites with their rows. Plain columns: of a thousand sites that takes half the time.

    Of new sites nothing is looked for but what was written: columns by model. `are_counted` says
    that their unchecked statements are counted, too.
    """
    found = {site.pk: SiteWithRows(site) for site in Site.objects.filter(pk__in=ids).order_by()}
    for pk, part, number, _order, language_or_scheme, text in _short_rows(
        list(found), written, are_counted
    ):
        of_site = found[pk]
        match part:
            case "names":
                of_site.names.append((language_or_scheme, text))
            case "identifiers":
                of_site.identifiers.append(f"{language_or_scheme} {text}")
            case "kinds":
                of_site.kinds.append(number)
            case "also_in":
                of_site.also_in.append(number)
            case "unchecked":
                of_site.unchecked += 1
    # Not by their years, which follow from eras and are refreshed: the text would depend on them.
    if written is None or Event in written:
        for event in Event.objects.filter(site__in=list(found)).order_by("uid"):
            found[event.site_id].events.append(event)
    if written is None or Coverage in written:
        read_entries(found.values())
    return list(found.values())


def _short_rows(
    ids: list[int], written: Mapping[Any, Set[str]] | None, are_counted: bool
) -> list[tuple]:
    """Rows of several tables in one statement: site, part, number and three texts, sorted by them.

    No column of what they refer to says their order: the text would depend on it.
    """
    parts: list[QuerySet[Any]] = []

    def add(rows: QuerySet[Any], part: str, number: Any, *texts: Any) -> None:
        parts.append(rows.order_by().values_list("site_id", Value(part), number, *texts))

    zero, no_text = Value(0), Value("")
    if written is None or not written.keys().isdisjoint((Name, Identifier)):
        names, identifiers = (model.objects.filter(site__in=ids) for model in (Name, Identifier))
        add(names, "names", zero, "kind", "language", "text")
        add(identifiers, "identifiers", zero, "uid", "scheme__slug", "value")
    if written is None or not written[Site].isdisjoint(("kinds", "also_in")):
        for relation, key in ((Site.kinds, "kind_id"), (Site.also_in, "place_id")):
            links = relation.through.objects.filter(site__in=ids)
            add(links, relation.field.name, key, no_text, no_text, no_text)
    if are_counted:
        for rows in statements.unchecked(ids):
            texts = (Value("unchecked"), zero, no_text, no_text, no_text)
            parts.append(rows.values_list("of_site", *texts))
    if not parts or not ids:
        return []
    first, *others = parts
    return sorted(first.union(*others, all=True))


def read_entries(sites: Iterable[SiteWithRows]) -> None:
    """Read, or read again, what entries cover these sites."""
    found = {each.site.pk: each for each in sites}
    for each in found.values():
        each.entries = []
    entry = ("reference", "name", "standing", "listed_year", "register__role")
    columns = (*(f"designation__{name}" for name in entry), "component_reference", "note")
    rows = Coverage.objects.filter(site__in=list(found)).order_by("uid")
    for pk, *values in rows.values_list("site_id", *columns):
        found[pk].entries.append(CoveringEntry(*values))


def sites_to_create(
    rows: Mapping[type, Iterable[Any]], links: Iterable[tuple[Any, str, list[int]]]
) -> list[SiteWithRows]:
    """New sites with their rows, before any of them is stored: by model, and `links` as (row, name
    of a relation, ids). Their rows are in the order in which `read_sites()` will have them."""
    found = {id(site): SiteWithRows(site) for site in rows.get(Site, ())}

    def of_new(model: type, *order: str) -> Iterator[tuple[SiteWithRows, Any]]:
        for row in sorted(rows.get(model, ()), key=attrgetter(*order)):
            if row.site_id is None:
                yield found[id(row.site)], row

    for of_site, name in of_new(Name, "kind", "language", "text"):
        of_site.names.append((name.language, name.text))
    for row, relation, ids in links:
        if id(row) in found and relation in ("kinds", "also_in"):
            getattr(found[id(row)], relation).extend(sorted(ids))
    for of_site, event in of_new(Event, "uid"):
        of_site.events.append(event)
    for of_site, row in of_new(Coverage, "uid"):
        entry = row.designation
        standing, year, role = entry.standing, entry.listed_year, entry.register.role
        of_site.entries.append(
            CoveringEntry(
                *(entry.reference, entry.name, standing, year, role),
                *(row.component_reference, row.note),
            )
        )
    for of_site, row in of_new(Identifier, "uid"):
        of_site.identifiers.append(f"{row.scheme.slug} {row.value}")
    return list(found.values())


class Terms:
    """Kinds, places and eras by id, with all that they lie within."""

    def __init__(self, kinds: Iterable[Kind], places: Iterable[Place], eras: Iterable[Era]) -> None:
        self.kinds, self.places = _with_broader(kinds), _with_broader(places)
        self.eras = _with_broader(eras)
        self._spoken: dict[int, bool] = {}
        self._names: dict[tuple[str, int], tuple[str, ...]] = {}

    @classmethod
    def of_sites(cls, sites: list[SiteWithRows], known: "Terms | None" = None) -> "Terms":
        """Those that sites refer to, read with as many broader ones as they usually have; those
        that are known are not read again."""
        known = known or cls((), (), ())
        kinds = {pk for each in sites for pk in each.kinds} - known.kinds.keys()
        places = {pk for each in sites for pk in (each.site.place_id, *each.also_in) if pk}
        places -= known.places.keys()
        events = [event for each in sites for event in each.events]
        eras = {pk for event in events for pk in (event.first_era_id, event.last_era_id) if pk}
        eras -= known.eras.keys()
        if not (kinds or places or eras):
            return known
        new_kinds = Kind.objects.filter(pk__in=kinds).select_related("parent__parent")
        new_places = Place.objects.filter(pk__in=places)
        new_places = new_places.select_related("parent__parent__parent")
        new_eras = Era.objects.filter(pk__in=eras).select_related("parent__parent")
        return cls(
            [*known.kinds.values(), *new_kinds],
            [*known.places.values(), *new_places],
            [*known.eras.values(), *new_eras],
        )

    def places_of(self, rows: SiteWithRows) -> set[int]:
        """All places that a site lies in, up to its countries."""
        places = (rows.site.place_id, *rows.also_in)
        return {place.pk for pk in places for place in term_and_broader(self.places, pk)}

    def names(self, which: str, pk: int | None) -> tuple[str, ...]:
        """All names of one of the `kinds`, `places` or `eras`, and of all that it lies within."""
        if pk is None:
            return ()
        if (which, pk) not in self._names:
            line = term_and_broader(getattr(self, which), pk)
            self._names[which, pk] = tuple([name for term in line for name in term.names()])
        return self._names[which, pk]

    def is_chinese_spoken(self, place_id: int | None) -> bool:
        """Whether Chinese names are those of the country, as far as one knows: then people type
        their pinyin."""
        if place_id is None:
            return True
        if place_id not in self._spoken:
            places = list(term_and_broader(self.places, place_id))
            self._spoken[place_id] = not places or places[-1].has_chinese_names()
        return self._spoken[place_id]


def _with_broader[T: (Kind, Place, Era)](terms: Iterable[T]) -> dict[int, T]:
    """Terms by id, with all that they lie within."""
    found: dict[int, T] = {term.pk: term for term in terms}
    todo = list(found.values())
    while todo:
        term = todo.pop()
        if term.parent_id is not None and term.parent_id not in found:
            broader: Any = term.parent  # of the same model
            found[term.parent_id] = broader
            todo.append(broader)
    return found


def term_and_broader[T: (Kind, Place, Era)](terms: dict[int, T], pk: int | None) -> list[T]:
    """A term and all that it lies within, the narrowest first."""
    found: dict[int, T] = {}  # by id: to compare rows takes ten times as long
    while pk is not None and pk in terms and pk not in found:
        found[pk] = terms[pk]
        pk = terms[pk].parent_id
    return list(found.values())


# --- rules of kinds, by which sites are blurred ----------------------------------------------

_VISITED = (Opening, Price)


class BlurRules:
    """The rules for some sites, of which all rows have been read."""

    def __init__(self, sites: Iterable[SiteWithRows], terms: Terms):
        self._terms = terms
        ruled = [each.site.pk for each in sites if self._km(each.kinds)]
        self._visited: set[int] = set()
        for model in _VISITED if ruled else ():
            rows = model.objects.filter(site__in=ruled).order_by()
            self._visited.update(rows.values_list("site_id", flat=True))

    def of_site(self, rows: SiteWithRows) -> int:
        """In km: the widest of its kinds; 0 for a site that is guarded, or without a rule."""
        site = rows.site
        is_guarded = (
            site.inscribed_year is not None
            or site.custodian_id is not None
            or site.pk in self._visited
        )
        return 0 if is_guarded else self._km(rows.kinds)

    def _km(self, kinds: Iterable[int]) -> int:
        return max((self._rule(pk) for pk in kinds), default=0)

    def _rule(self, kind_id: int) -> int:
        kind = ruling(term_and_broader(self._terms.kinds, kind_id))
        return (kind.blur_km or 0) if kind else 0


def ruling(line: Iterable[Kind]) -> Kind | None:
    """Of a kind and the broader ones, narrowest first, the one that has a rule."""
    return next((kind for kind in line if kind.blur_km is not None), None)


@dataclass(frozen=True, slots=True)
class RuleOfSite:
    """The rule that would hold for a stored site, and who guards it; then it does not hold."""

    kind: Kind
    km: int
    guards: list[LazyText]


def blur_rule_of(site: Site) -> RuleOfSite | None:
    """None without a rule that blurs."""
    if not Kind.objects.filter(blur_km__gt=0).exists():
        return None
    found = []
    for kind in site.kinds.all():
        if rule := ruling((kind, *reversed(kind.ancestors()))):
            found.append((rule.blur_km or 0, rule))
    widest = max(found, key=lambda each: each[0], default=None)
    if widest is None or not widest[0]:
        return None
    return RuleOfSite(widest[1], widest[0], list(_guards(site)))


def _guards(site: Site) -> Iterator[LazyText]:
    if site.inscribed_year is not None:
        yield _("World Heritage")
    if site.custodian_id is not None:
        yield _("custodian")
    if any(model.objects.filter(site=site).exists() for model in _VISITED):
        yield _("opening hours or prices")
