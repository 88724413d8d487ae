"""Marks of certainty beside a statement; each is explained once on its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy

from heritage.models import Event, Source


@dataclass(frozen=True, eq=False)  # these are all; to compare texts translates them
class Mark:
    key: str
    label: str | Promise
    explanation: str | Promise
    section: str = ""  # of the page of a site that says more, where there is one

    @cached_property
    def anchor(self) -> str:
        return self.section or f"mark-{self.key}"


TRADITION = Mark(
    "tradition",
    pgettext_lazy("mark beside a date", "by tradition"),
    gettext_lazy("Handed down, in chronicles or by word of mouth; nothing made at the time bears it out."),
)
APPROXIMATE = Mark(
    "approximate",
    pgettext_lazy("mark beside a date or a point", "approximate"),
    gettext_lazy("Near the truth, not exact: sources differ, or name no more than a reign or a district."),
)
UNCERTAIN = Mark(
    "uncertain",
    pgettext_lazy("mark beside a date", "uncertain"),
    gettext_lazy("Given by some sources and doubted by others."),
)
RECALLED = Mark(
    "recalled",
    pgettext_lazy("mark beside a fact", "unchecked"),
    gettext_lazy("Written down from general knowledge and not yet checked against a source."),
)
BLURRED = Mark(
    "blurred",
    pgettext_lazy("mark beside a point", "blurred"),
    gettext_lazy("The exact point is kept back to protect the place; the one shown is the middle of an area."),
)
DIFFERS = Mark(
    "differs",
    pgettext_lazy("mark beside a fact", "sources differ"),
    gettext_lazy("A source has another value; the page tells both, and why this one is shown."),
    section="disagreements",
)
# The text of a date has these already: “c. 493”, “1049 (uncertain)”.
WRITTEN_IN_DATES = (APPROXIMATE, UNCERTAIN)
ALL = (TRADITION, APPROXIMATE, UNCERTAIN, RECALLED, BLURRED, DIFFERS)


def of_event(event: Event) -> list[Mark]:
    """The marks of a dated event, without that of its source."""
    date = event.parsed
    marks = []
    if event.certainty == Event.Certainty.TRADITIONAL:
        marks.append(TRADITION)
    if event.certainty == Event.Certainty.APPROXIMATE or (date and date.approximate):
        marks.append(APPROXIMATE)
    if date and date.uncertain:
        marks.append(UNCERTAIN)
    return marks


def of_source(source: Source | None) -> list[Mark]:
    return [RECALLED] if source and source.is_recalled else []


def legend(used: Iterable[Mark]) -> list[Mark]:
    """The marks used on a page that no section explains, each once, in a fixed order."""
    used = set(used)
    return [mark for mark in ALL if mark in used and not mark.section]
