"""Recognises centres of searches by distance (near Luoyang, 洛阳附近, within 30 km of Longmen
Grottoes) and towns of the gazetteer in which sites are looked for (in Rome).

A centre is a site, a place of records, or a town of the gazetteer. `opens()` and `closes()`
recognise the words around an unknown centre, whose name is not searched for.
"""

import re
from dataclasses import replace

from heritage.cartography import gazetteer
from heritage.models import Site
from heritage.search import text_search
from heritage.search.distance_fields import PLACE_MARK, town_value
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language import dictionary
from heritage.search.query_language.query_words import QueryFilter, QueryWords, Reading
from heritage.search.query_language.values import Values
from heritage.values import normalize

BEFORE_A_LOCATION = frozenset(("in", "at", "within", "在"))
IN_TOWN_KM = 20  # from the middle of a town to what is in it
_LONGEST_NAME = 8  # words, or Han characters, of what something is near to
_KM = re.compile(r"([0-9]{1,4})(?:km|kms)?")
_KM_PER_MILE = 1.609344


def centre_called(index: IndexSnapshot, atoms: tuple[str, ...], *, with_sites: bool) -> str:
    """The value that means the place of this name in an address, if its position is known; else
    that of a well-known town of the gazetteer; else empty. Without `with_sites`, only places of
    records without sites count."""
    for facet, slug in dictionary.dictionary_of(index).phrases.get(atoms, ()):
        place = index.vocabulary.places.by_slug[slug] if facet == "place" else None
        if place and place.centre and (with_sites or not index.having("place", place)):
            return f"{PLACE_MARK}{slug}"
    town = gazetteer.town_called(atoms)
    return town_value(town) if town and town.is_known else ""


class Centres:
    def __init__(self, words: QueryWords, values: Values):
        self.words, self.values = words, values

    def near(self, at: int) -> Reading:
        """near Luoyang, 洛阳附近, within 30 km of Longmen Grottoes, 距洛阳30公里."""
        if self.words.has_figures:
            far = max(self._distant(at), self._distant_behind(at), key=lambda found: found[0])
            if far[0]:
                return far
        before = self.words.in_list("near", at)
        if before:
            start = self.words.after_stop_words(at + before)
            length, found = self._centre(start)
            return (start + length - at, found) if found else (0, [])
        for length in range(min(_LONGEST_NAME, len(self.words.atoms) - at), 0, -1):
            behind = self.words.in_list("nearby", at + length)
            if behind:
                read, found = self._centre(at, length)
                if found and read == length:
                    return length + behind, found
        return 0, []

    def inside(self, at: int) -> Reading:
        """in Rome: a well-known town of the gazetteer that is neither a place of records nor the
        name of a site. If no site is in it (in Bangkok), sites near it."""
        if self.words.atoms[at] not in BEFORE_A_LOCATION:
            return 0, []
        start = self.words.after_stop_words(at + 1)
        length, town = self._town(start, 1, _LONGEST_NAME)
        if not town or not town.is_known or self.values.phrase(start)[0]:
            return 0, []
        if text_search.sites_named(self.words.index, self.words.text(range(start, start + length))):
            return 0, []
        found = [QueryFilter("near", (town_value(town),))]
        if len(self.words.index.around(town.point, IN_TOWN_KM).ids):
            found.append(QueryFilter("within", (f"{IN_TOWN_KM}",)))
            found = [replace(each, is_name=True) for each in found]
        return start + length - at, found

    def _distant(self, at: int) -> Reading:
        """within 30 km of Luoyang, 10 miles from Bath."""
        start = at + self.words.in_list("within", at)
        read, km = self._kilometres(start)
        if not read:
            return 0, []
        start += read
        start += self.words.in_list("from", start)
        length, found = self._centre(start)
        return (start + length - at, self._at_most(found, km)) if found else (0, [])

    def _distant_behind(self, at: int) -> Reading:
        """距洛阳30公里以内, 洛阳周边30公里."""
        start = at + self.words.in_list("near", at)
        for length in range(min(_LONGEST_NAME, len(self.words.atoms) - start), 0, -1):
            behind = start + length + self.words.in_list("nearby", start + length)
            behind += self.words.in_list("within", behind)
            read, km = self._kilometres(behind)
            end = behind + read + self.words.in_list("within", behind + read)
            is_distance = start > at or end - start > length + read  # from it, around it, at most
            if read and is_distance:
                called, found = self._centre(start, length)
                if found and called == length:
                    return end - at, self._at_most(found, km)
        return 0, []

    def _kilometres(self, at: int) -> tuple[int, float]:
        """How many words at a position are a distance, and the kilometres: 30 km, 30km."""
        figure = _KM.fullmatch(self.words.atoms[at]) if at < len(self.words.atoms) else None
        if not figure or not int(figure[1]):
            return 0, 0
        if not self.words.atoms[at].isdigit():
            return 1, int(figure[1])
        for name, length_of_one in (("kilometres", 1.0), ("miles", _KM_PER_MILE)):
            if length := self.words.in_list(name, at + 1):
                return 1 + length, round(int(figure[1]) * length_of_one)
        return 0, 0

    @staticmethod
    def _at_most(near: list[QueryFilter], km: float) -> list[QueryFilter]:
        """The filters for “near” with a distance; “in a province or a country” has none."""
        is_near = any(each.name == "near" for each in near)
        return [*near, QueryFilter("within", (f"{km:g}",))] if is_near else near

    def _centre(self, at: int, most: int = _LONGEST_NAME) -> Reading:
        """How many words at a position name a site, a place or a town, and the filter for what is
        near it; the longest name, of at most so many words: Longmen Grottoes before Longmen.

        Of one name, a town of records comes before a site, and a site that is displayed so before
        a town that the world knows; that before a province, and before other names of sites.
        """
        length, found = self.values.phrase(at, most)
        if not found or found[0].name != "place":
            length, found = 0, []
        longest, town = self._town(at, max(length, 1), most)
        named, slug = self._named_site(at, max(length, longest) + 1, most)
        if town and not slug and not found:
            _named, slug = self._named_site(at, longest, longest, is_displayed=town.is_known)
            named = longest
        if slug:
            return named, [QueryFilter("near", (slug,))]
        if town and (longest > length or (self._is_wide(found[0]) and town.is_known)):
            return longest, [QueryFilter("near", (town_value(town),))]
        if found:
            return length, self._around(found[0])
        return self._without_sites(at, most)

    def _without_sites(self, at: int, most: int) -> Reading:
        """The name of a place or sight without sites in the catalogue."""
        for length in range(min(most, len(self.words.atoms) - at), 0, -1):
            phrase = self.words.atoms[at : at + length]
            if value := centre_called(self.words.index, phrase, with_sites=False):
                return length, [QueryFilter("near", (value,))]
        return 0, []

    def called_like(self, places: range) -> QueryFilter | None:
        """The filter for sites near the best known site with these words in its names."""
        text = self.words.text(places)
        found = text_search.sites_with_words_in_names(self.words.index, text)
        row = _with_point(text_search.best_known(self.words.index, found)) if found else None
        return QueryFilter("near", (row,)) if row else None

    def opens(self, at: int) -> int:
        """How many words at a position say that a centre follows: near, within 30 km of."""
        start = at + self.words.in_list("within", at)
        read, _km = self._kilometres(start)
        if read:
            behind = self.words.in_list("from", start + read)
            return start + read + behind - at if behind else 0
        length = self.words.in_list("near", at)
        is_part = length == 1 and normalize.is_han(self.words.atoms[at])  # of a name, it may be
        return 0 if is_part else length

    def closes(self, at: int) -> int:
        """How many Han characters at a position say that a centre stands before: 附近."""
        return self.words.in_list("nearby", at) if normalize.is_han(self.words.atoms[at]) else 0

    def _is_wide(self, place: QueryFilter) -> bool:
        return self.words.terms.places.by_slug[place.values[0]].is_wide

    def _around(self, place: QueryFilter) -> list[QueryFilter]:
        """The filters for a place: near a town or county, in a province or country."""
        if self._is_wide(place):
            return [place]
        return [QueryFilter("near", (f"{PLACE_MARK}{place.values[0]}",))]

    def _town(self, at: int, least: int, most: int) -> tuple[int, gazetteer.Town | None]:
        """How many words at a position are the longest name of a town, and the town."""
        for length in range(min(most, len(self.words.atoms) - at), least - 1, -1):
            if town := gazetteer.town_called(self.words.atoms[at : at + length]):
                return length, town
        return 0, None

    def _named_site(
        self, at: int, least: int, most: int, *, is_displayed: bool = False
    ) -> tuple[int, str]:
        """How many words at a position are the name of a site, the longest, and its slug."""
        for length in range(min(most, len(self.words.atoms) - at), least - 1, -1):
            name = self.words.text(range(at, at + length))
            found = text_search.sites_named(self.words.index, name)
            if is_displayed:
                found &= text_search.sites_displayed_as(self.words.index, name)
            if found:
                slug = _with_point(text_search.best_known(self.words.index, found))
                if slug:
                    return length, slug
        return 0, ""


def _with_point(pk: int) -> str | None:
    """The slug of a site, if its position is known."""
    sites = Site.objects.filter(pk=pk, public_latitude__isnull=False)
    return sites.values_list("slug", flat=True).first()
