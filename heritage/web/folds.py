"""Long facets folded: the commonest values at hand, the others behind one line."""

from dataclasses import dataclass, replace

from heritage.catalogue.facets import Facet, Option

MOST = 12  # values that are shown without a fold
_AT_HAND = 8


@dataclass(frozen=True, slots=True)
class FoldedFacet:
    name: str
    label: str
    options: list[Option]
    rest: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]


def folded(facet: Facet) -> FoldedFacet:
    """What is chosen is always at hand. A value parted from its broader one names it."""
    if len(facet.options) <= MOST:
        return FoldedFacet(facet.name, facet.label, facet.options, [])
    most = sorted(facet.options, key=lambda option: -option.count)[:_AT_HAND]
    kept = {option.value for option in most} | {option.value for option in facet.chosen}
    above = _above(facet.options)
    rest = {option.value for option in facet.options} - kept
    return FoldedFacet(
        facet.name,
        facet.label,
        _part(facet.options, kept, above),
        _part(facet.options, rest, above),
    )


def _above(options: list[Option]) -> dict[str, list[Option]]:
    """By value, its broader ones from the broadest down: the options come depth first."""
    line: list[Option] = []
    found = {}
    for option in options:
        del line[option.depth :]
        found[option.value] = list(line)
        line.append(option)
    return found


def _part(options: list[Option], values: set[str], above) -> list[Option]:
    part = []
    for option in options:
        if option.value not in values:
            continue
        broader = above[option.value]
        depth = sum(step.value in values for step in broader)
        note = option.note
        if broader and broader[-1].value not in values:
            note = note or str(broader[-1].label)
        part.append(replace(option, depth=depth, note=note))
    return part
