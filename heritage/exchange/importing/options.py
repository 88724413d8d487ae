"""The options of a file that a person chooses, beside its columns."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from heritage.models import Site
from heritage.values.language import LazyText

CLEAR = "[clear]"  # the word that empties a field, unless another one is chosen

DATUMS: dict[str, LazyText] = {
    "wgs84": _("WGS 84: GPS, most map services outside China"),
    "cgcs2000": _("CGCS2000: surveys in China; the same as WGS 84 to a few centimetres"),
    "gcj02": _("GCJ-02: Chinese map services, shifted by some hundred metres"),
}


@dataclass(frozen=True, slots=True)
class Options:
    datum: str = ""  # of the coordinates; empty: not told
    clear: str = CLEAR
    state: str = Site.State.DRAFT.value  # of new sites
    takes_away: bool = False  # an official list also takes away what it does not have
    creates: bool = True  # rows without a record become one
    # The code of the licence by which descriptions of an official list are taken, if they are.
    texts_licence: str = ""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Options":
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in stored.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
