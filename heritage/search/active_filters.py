"""What narrows a list, in the reader's words: the filters that are no facets, and bad values."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import Event
from heritage.search.choice_filters import HAS
from heritage.search.filter_fields import unknown
from heritage.values import edtf
from heritage.values.coordinates import format_point
from heritage.values.date_format import phrase, span_phrase
from heritage.values.language import Text, language_name


@dataclass(frozen=True, slots=True)
class Said:
    """One filter or one value of it; without `value` the whole filter is taken off at once."""

    name: str
    label: str
    words: Text | str
    value: str | None = None
    together: tuple[str, ...] = ()  # filters that go with it when it is taken off


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value of a filter; without `value` with the filter as a whole."""

    name: str
    label: str
    message: str
    value: str | None = None


def problems(filtered) -> list[Problem]:
    filtered.is_valid()
    return [
        Problem(name, _label(filtered, name), _message(error), getattr(error, "raw", None))
        for name, errors in filtered.form.errors.as_data().items()
        if name in filtered.filters
        for error in errors
    ]


def _message(error: ValidationError) -> str:
    value = (error.params or {}).get("value")
    if error.code == "invalid_choice" and value:
        error = unknown(str(value))
    return " ".join(error.messages)


def said(filtered) -> list[Said]:
    return [*_years(filtered), *_where(filtered), *_registers(filtered), *_others(filtered)]


def _label(filtered, name: str) -> str:
    return str(filtered.filters[name].label)


def _years(filtered) -> Iterator[Said]:
    if filtered.span != (None, None):
        label, role = _("Years"), dict(Event.Role.choices).get(filtered.chosen("role"))
        if role:
            label = pgettext("years (of what)", "%(label)s (%(role)s)") % {
                "label": label,
                "role": role,
            }
        yield Said("from", label, span_phrase(*filtered.span), together=("to",))


def _where(filtered) -> Iterator[Said]:
    if box := filtered.chosen("bbox"):
        corners = {
            "first": format_point(box.south, box.west),
            "last": format_point(box.north, box.east),
        }
        words = pgettext("corners of a map", "%(first)s to %(last)s") % corners
        yield Said("bbox", _label(filtered, "bbox"), words)
    if centre := filtered.chosen("near"):
        where = centre.site.name.best() if centre.site else format_point(*centre.point)
        words = _("Within %(km)s km of %(where)s") % {"km": _km(filtered.within_km), "where": where}
        yield Said("near", _("Distance"), words, together=("within",))


def _km(km: float) -> str:
    return number_format(int(km) if km == int(km) else km, force_grouping=True)


def _registers(filtered) -> Iterator[Said]:
    for term in filtered.chosen("criterion") or ():
        words = {"code": term.code, "label": term.label.best()}
        words = pgettext("criterion", "(%(code)s) %(label)s") % words
        yield Said("criterion", _label(filtered, "criterion"), words, term.code)
    for term in filtered.chosen("category") or ():
        yield Said("category", _label(filtered, "category"), term.label.best(), term.code)
    for span in filtered.chosen("inscribed") or ():
        words = span_phrase(span.first, span.last)
        yield Said("inscribed", _label(filtered, "inscribed"), words, span.text)
    for batch in filtered.chosen("batch") or ():
        words = _("%(register)s, batch %(number)s") % {
            "register": batch.scheme.label.best(),
            "number": batch.number,
        }
        yield Said("batch", _label(filtered, "batch"), words, str(batch))
    for rating in filtered.chosen("rating") or ():
        words = (rating.grade or rating.scheme).label.best()
        yield Said("rating", _label(filtered, "rating"), words, str(rating))
    for entry in filtered.chosen("property") or ():
        words = entry.name.best() or entry.reference
        yield Said("property", _label(filtered, "property"), words, entry.reference)


def _others(filtered) -> Iterator[Said]:
    for site in filtered.chosen("part_of") or ():
        yield Said("part_of", _label(filtered, "part_of"), site.name.best(), site.slug)
    for what in filtered.chosen("has") or ():
        yield Said("has", _label(filtered, "has"), str(HAS[what]), what)
    for code in filtered.chosen("language") or ():
        yield Said("language", _label(filtered, "language"), language_name(code), code)
    if day := filtered.chosen("open"):
        yield Said("open", _label(filtered, "open"), phrase(edtf.parse(day.isoformat())))
