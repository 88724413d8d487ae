"""Examples of how dates are written, for the help beside date fields."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heritage.values import edtf
from heritage.values.date_format import phrase

_EXAMPLES: tuple[tuple[str, str | Promise], ...] = (
    ("0493~", _("Near the truth; a few years more or less.")),
    ("0675?", _("Given by some sources and doubted by others.")),
    ("0618/0907", _("From the one year to the other.")),
    ("[0618..0907]", _("Once between these years; when exactly is not known.")),
    ("[1592,1596]", _("In one of these years.")),
    ("05XX", _("Some time in these hundred years; nothing narrower is known.")),
    ("../1127", _("Not after this year; the beginning is not known.")),
    ("[..0067]", _("Once before this year.")),
    ("-0206", _("Before the common era. The year before 1 CE is 1 BCE.")),
)


@dataclass(frozen=True, slots=True)
class DateExample:
    words: str
    meaning: str | Promise


def examples() -> list[DateExample]:
    """The examples in the active language."""
    return [DateExample(phrase(edtf.parse(text)), meaning) for text, meaning in _EXAMPLES]
