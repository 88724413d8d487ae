"""What statements rest on, in words: the same on the page of a site, of sources and in forms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from heritage.models import Event, Kind
from heritage.models.statements import (
    TO_BE_CHECKED,
    Statement,
    StatementKind,
    Trust,
    statements_of,
)
from heritage.search import page_rows
from heritage.values.language import LazyText, list_comma
from heritage.web.shared import cards, certainty, language_html

EXPLANATIONS: dict[Trust, str | Promise] = {
    Trust.OFFICIAL: gettext_lazy(
        "Said by an authority itself: in a law, a decree, a report, or on the site’s own pages."
    ),
    Trust.REGISTER: gettext_lazy(
        "As the register itself has it: the World Heritage List, a national list of protection."
    ),
    Trust.PUBLISHED: gettext_lazy(
        "In a book, an article, a data set, a newspaper or on a web page, or reported alike by two "
        "guides."
    ),
    Trust.UNCHECKED: certainty.RECALLED.explanation,
    Trust.NONE: gettext_lazy("Nobody has said where it comes from."),
}
# Kinds of statements as headings.
KINDS: dict[StatementKind, LazyText] = {
    StatementKind.TEXT: gettext_lazy("Texts"),
    StatementKind.SENTENCE: gettext_lazy("Sentences with a source of their own"),
    StatementKind.EVENT: gettext_lazy("Events"),
    StatementKind.STATUS: gettext_lazy("Entries in registers"),
    StatementKind.REASON: gettext_lazy("Reasons of danger"),
    StatementKind.POINT: gettext_lazy("Points"),
    StatementKind.AREA: gettext_lazy("Areas"),
    StatementKind.QUANTITY: gettext_lazy("Quantities"),
    StatementKind.VISIT: gettext_lazy("Visiting facts"),
    StatementKind.NAME: gettext_lazy("Further names"),
}


def counted(counts: Mapping[Trust, int]) -> str:
    """“14 statements: 9 official, 3 from registers, 2 unchecked”."""
    total = sum(counts.values())
    label = ngettext("%(number)s statement", "%(number)s statements", total) % {
        "number": language_html.number(total)
    }
    parts = [counted_part(trust, counts[trust]) for trust in Trust if counts.get(trust)]
    words = {"label": label, "value": list_comma().join(parts)}
    return pgettext("a label and its value", "%(label)s: %(value)s") % words


def counted_part(trust: Trust, number: int) -> str:
    words = {"number": language_html.number(number)}
    match trust:
        case Trust.OFFICIAL:
            return ngettext("%(number)s official", "%(number)s official", number) % words
        case Trust.REGISTER:
            text = ngettext("%(number)s from a register", "%(number)s from registers", number)
            return text % words
        case Trust.PUBLISHED:
            text = ngettext("%(number)s from a publication", "%(number)s from publications", number)
            return text % words
        case Trust.UNCHECKED:
            return ngettext("%(number)s unchecked", "%(number)s unchecked", number) % words
        case _:
            text = ngettext("%(number)s without a source", "%(number)s without a source", number)
            return text % words


def label_of(statement: Statement, kinds: Sequence[Kind] = ()) -> str:
    """What a statement of a site of these kinds says, or which part of the record it is."""
    row = statement.row
    match statement.kind:
        case StatementKind.TEXT:
            return _("The text")
        case StatementKind.STATUS:
            return str(row.designation.register)  # type: ignore[attr-defined]
        case StatementKind.REASON:
            return _("Why it is in danger")
        case StatementKind.POINT:
            return _("Where it lies")
        case StatementKind.AREA:
            return _("Area")
    return cards.event_title(row, kinds) if isinstance(row, Event) else str(row)


def key_of(statement: Statement) -> str:
    """What names a statement of a site in an address: event-longmen-founded, point."""
    is_of_site = statement.kind in (StatementKind.TEXT, StatementKind.POINT, StatementKind.AREA)
    return str(statement.kind) if is_of_site else f"{statement.kind}-{statement.row.uid}"


# --- of one site ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementToCheck:
    label: str
    url: str  # of the form for a correction, about this statement


@dataclass(frozen=True, slots=True)
class SiteTrust:
    summary: str
    to_check: list[StatementToCheck]


def site_trust(rows: page_rows.SiteRows) -> SiteTrust | None:
    """None of a record that states nothing yet."""
    found = statements_of(rows)
    if not found:
        return None
    form = reverse("web:correction", args=[rows.site.slug])
    return SiteTrust(
        counted(Counter([each.trust for each in found])),
        [
            StatementToCheck(
                str(capfirst(label_of(each, rows.kinds))),
                f"{form}?about={key_of(each)}",
            )
            for each in found
            if each.trust in TO_BE_CHECKED
        ],
    )
