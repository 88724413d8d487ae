"""A sentence that describes a site from the facts of its record, where no summary is written.

`sentence()` serves pages, cards, feeds and JSON-LD. It reads like a museum label: kind, era, place,
and the year of protection. Missing facts are left out, with the words that introduce them.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import (
    Designation,
    Event,
    Kind,
    Place,
    Register,
    age_events,
    exact_place_phrase,
    first_beginning,
)
from heritage.search import page_rows
from heritage.values.date_format import year_phrase
from heritage.values.language import inside_brackets, join_sentences, join_words

_REGISTERS = (Register.Role.WORLD_HERITAGE, Register.Role.PROTECTION)


def site_sentence(rows: page_rows.SiteRows) -> str:
    """The sentence of a site, with what registers say of it."""
    entries = [coverage.designation for coverage in rows.coverages]
    kind = next(iter(rows.kinds), None)
    return sentence(kind, telling_events(rows.events), rows.site.place, entries)


def telling_events(events: Iterable[Event]) -> list[Event]:
    """The events that date what stands today; else those of what lies in the ground; else the first
    beginning or, without one, the first event."""
    events = list(events)
    beginning = first_beginning(events)
    return age_events(events) or ([beginning] if beginning else [])


def sentence(
    kind: Kind | None,
    events: Sequence[Event],
    place: Place | None,
    entries: Iterable[Designation] = (),
) -> str:
    """ "Buddhist temple (Yuan Dynasty) in Jiyuan, Henan. National protection since 2001."

    Empty where the facts say nothing beyond what it is.
    """
    register = _register(entries)
    if not (events or place or register):
        return ""
    what = _what(kind, events)
    if place:
        what = pgettext("what a site is, and where", "%(what)s in %(where)s") % {
            "what": what,
            "where": exact_place_phrase(place),
        }
    description = pgettext("a sentence", "%(words)s.") % {"words": what}
    return join_sentences([description, register])


def _what(kind: Kind | None, events: Sequence[Event]) -> str:
    what = kind.label.best().text if kind else _("Heritage site")
    when, is_one_era = _when(events)
    if not when:
        return what
    if is_one_era:
        pattern = pgettext("a kind of site, of one era", "%(kind)s (%(era)s)")
        return pattern % {"kind": what, "era": when}
    when = inside_brackets(when)  # a label may have years of its own
    pattern = pgettext("a kind of site, and its dates", "%(kind)s (%(when)s)")
    return pattern % {"kind": what, "when": when}


def _when(events: Sequence[Event]) -> tuple[str, bool]:
    """The eras or the dates, and whether it is one era, without years in its name."""
    if len(events) != 1:
        phrases = [event.era_phrase() or event.date_phrase("short") for event in events]
        return join_words(dict.fromkeys(phrases)), False
    (event,) = events
    if event.first_era is None:
        return event.date_phrase("short"), False
    eras = event.era_phrase()
    era = event.first_era.label.best().text  # in full: it stands by itself
    if event.last_era_id not in (None, event.first_era_id) or "(" in era:
        return eras, False
    if len(era) == 1:
        era = pgettext("an era whose name is one character", "%(era)s") % {"era": era}
    return era, True


def _register(entries: Iterable[Designation]) -> str:
    """Since when it stands in the first register that protects it: of the world, of the country."""
    found = [
        (_REGISTERS.index(entry.register.role), entry.register.rank, entry.listed_year, entry)
        for entry in entries
        if entry.register.role in _REGISTERS and entry.is_in_force and entry.listed_year is not None
    ]
    if not found:
        return ""
    *_rank, year, entry = min(found, key=lambda row: row[:3])
    return pgettext("register and year", "%(register)s since %(year)s.") % {
        "register": entry.register.short(),
        "year": year_phrase(year),
    }
