"""Recognises the values of facets: by the names in the dictionary, and written in a form."""

from heritage.search.facets.base import AnyFacet, TreeFacet
from heritage.search.facets.facet_list import BY_NAME, FACETS
from heritage.search.query_language.query_words import QueryFilter, QueryWords, Reading
from heritage.values import normalize, tokens


class Values:
    def __init__(self, words: QueryWords, *, with_characters: bool):
        self.words, self.with_characters = words, with_characters
        self.used_character = False  # a character has been taken for the name of an era
        # What follows is excluded: then a value that no site has is recognised, too.
        self.is_denied = False
        # Positions of words; there, a name of a place is an origin: Greek temples in Italy.
        self.origins: set[int] = set()
        self.are_words: set[int] = set()  # there, the name of a kind is looked for as words

    def phrase(self, at: int, most: int | None = None) -> Reading:
        """The longest name at a position, of at most so many words, and its filter."""
        if most is None and (eras := self._run_of_eras(at)):
            return len(eras), [QueryFilter("era", tuple(eras), is_name=True)]
        for length in range(
            min(most or self.words.dictionary.longest, len(self.words.atoms) - at), 0, -1
        ):
            if at in self.are_words:
                return 0, []
            found = self._named(self.words.atoms[at : at + length], at in self.origins)
            if found:
                return length, found
        return 0, []

    def _run_of_eras(self, at: int) -> list[str]:
        """The eras that are named by single characters, at least two in a row: 唐宋, 元明清."""
        eras: list[str] = []
        for atom in self.words.atoms[at:]:
            meant = self.words.dictionary.phrases.get((atom,), [])
            called = [slug for facet, slug in meant if facet == "era" and normalize.is_han(atom)]
            there = self._with_sites(BY_NAME["era"], called)
            if not there:
                break
            eras.append(there[0])
        return eras if len(eras) > 1 else []

    def _named(self, phrase: tuple[str, ...], is_no_place: bool) -> list[QueryFilter]:
        is_character = len(phrase) == 1 and normalize.is_han(phrase[0])
        if is_character and not self.with_characters:
            return []
        called = self.words.dictionary.phrases.get(phrase, [])
        if not called and not normalize.is_han(phrase[-1]):
            others = tokens.other_numbers(phrase[-1])
            for other in others if len(phrase) == 1 else (*others, f"{phrase[-1]}s"):
                called = called or self.words.dictionary.phrases.get((*phrase[:-1], other), [])
        by_facet: dict[str, list[str]] = {}
        for name, slug in called:
            if is_no_place and name == "place":
                continue
            by_facet.setdefault(name, []).append(slug)
        found = []
        for name, named in by_facet.items():
            facet = BY_NAME[name]
            slugs = self._with_sites(facet, named)
            if not slugs:
                continue
            query_filter = QueryFilter(name, tuple(slugs), isinstance(facet, TreeFacet))
            choices = facet.choices(self.words.terms)
            sites = facet.sites([choices[slug] for slug in slugs], self.words.index, None)
            found.append((len(sites) or self.is_denied, query_filter))
        if not found:
            return []
        number, query_filter = max(found, key=lambda each: each[0])
        self.used_character |= is_character and bool(number)
        return [query_filter] if number else []

    def _with_sites(self, facet: AnyFacet, slugs: list[str]) -> list[str]:
        """The values among `slugs` that some site has; of values to be excluded, all if none has.

        Of terms the broadest: the country before a province of the same name.
        """
        choices = facet.choices(self.words.terms)
        found = [slug for slug in slugs if facet.sites([choices[slug]], self.words.index, None)]
        found = found or (slugs if self.is_denied else [])
        depths = {slug: len(facet.broader_slugs(slug, self.words.terms)) for slug in found}
        return [slug for slug in found if depths[slug] == min(depths.values())]

    def formed(self, at: int) -> Reading:
        """Values that are written in a form: criterion (iv), inscribed 1987."""
        best: Reading = (0, [])
        for facet in FACETS:
            length, values = facet.recognise(self.words.atoms[at:], self.words.terms)
            if length > best[0]:
                best = length, [QueryFilter(facet.name, tuple(values))]
        return best
