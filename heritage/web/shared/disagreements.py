"""Where sources disagree about a fact, as pages show it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import CheckedRecord, Disagreement, Opening, VisitingFact
from heritage.values.date_format import date_in_words
from heritage.values.language import Text
from heritage.web.shared import language_html
from heritage.web.shared.certainty import SourceLine, source_line


@dataclass(frozen=True, slots=True)
class DisagreementLine:
    anchor: str
    site: SafeString
    site_url: str
    fact: str
    about: SafeString | str  # the event or the entry, where one is named
    shown: SafeString
    source: SourceLine | None
    other: SafeString
    other_source: SourceLine | None
    reason: SafeString
    since: str


def disagreement_line(row: Disagreement) -> DisagreementLine:
    """The line for a disagreement whose site, event, designation and sources are loaded."""
    return DisagreementLine(
        anchor=f"disagreement-{row.uid}",
        site=language_html.as_html(row.site.name),
        site_url=reverse("web:site", args=[row.site.slug]),
        fact=row.get_fact_display(),
        about=_about(row),
        shown=_value(row.value_shown()),
        source=source_line(row.source),
        other=_value(row.other.best()),
        other_source=source_line(row.other_source),
        reason=language_html.as_html(row.reason),
        since=row.since_phrase(),
    )


def visiting_line(row: CheckedRecord) -> DisagreementLine:
    """The line for a visiting fact about which other sources differ."""
    return DisagreementLine(
        anchor=f"visit-{row.uid}",
        site=language_html.as_html(row.site.name),
        site_url=reverse("web:site", args=[row.site.slug]) + "#visit",
        fact=str(Disagreement.Fact.VISIT.label),
        about=_kind_of_visiting(row),
        shown=_value(visiting_value(row)),
        source=source_line(row.source),
        other=language_html.as_html(row.differs),
        other_source=None,
        reason=SafeString(),
        since="",
    )


def visiting_value(row: CheckedRecord) -> Text | str:
    """The value of a row about visiting, with the date that it refers to."""
    value = row.value or row.text.best() if isinstance(row, VisitingFact) else str(row)
    if not row.as_of:
        return value
    words = {"value": value, "date": date_in_words(row.as_of)}
    return pgettext("a visiting fact and the date that it is of", "%(value)s (%(date)s)") % words


def _kind_of_visiting(row: CheckedRecord) -> str:
    if isinstance(row, VisitingFact):
        return row.get_kind_display()
    return _("Opening hours") if isinstance(row, Opening) else _("Tickets")


def _about(row: Disagreement) -> SafeString | str:
    if row.event is not None:
        return row.event.get_kind_display()
    if row.designation is not None:
        return language_html.as_html(row.designation.register.label)
    return ""


def _value(value: Text | str) -> SafeString:
    """A value as HTML; a name is quoted in its own language, without a mark of the language."""
    if isinstance(value, Text):
        is_other = value.is_fallback
        return language_html.in_its_language(value) if is_other else language_html.as_html(value)
    return format_html("{}", value)
