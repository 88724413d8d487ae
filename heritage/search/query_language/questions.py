"""Questions about a site in a search: when it was built, where it is. `web/browse/queries.py`
answers them from the record."""

from functools import cache

from django.utils.translation import pgettext_lazy

from heritage.search.facets.base import phrases_of
from heritage.values import tokens

BUILT, INSCRIBED, WHERE, SIZE, VISIT = "built", "inscribed", "where", "size", "visit"
DANGER, FAR = "danger", "far"
# The first that a text has is what it asks; a translation may have more words or fewer.
_WORDS = {
    DANGER: pgettext_lazy("search words that ask about danger", "in danger|endangered"),
    FAR: pgettext_lazy(
        "search words that ask how far something is",
        "how far|distance|how many km|how many kilometres|how many kilometers|how many miles"
        "|km from",
    ),
    INSCRIBED: pgettext_lazy("search words that ask for a year of the List", "inscribed|listed"),
    VISIT: pgettext_lazy(
        "search words that ask about a visit",
        "opening hours|opening times|hours|open|tickets|ticket|price|prices|entrance fee|entry fee"
        "|admission|how much",
    ),
    SIZE: pgettext_lazy(
        "search words that ask how large something is",
        "how big|how large|area of|surface area|size of|how many hectares",
    ),
    WHERE: pgettext_lazy("search words that ask where something is", "where|location|located"),
    BUILT: pgettext_lazy(
        "search words that ask when something began",
        "when|how old|age of|what year|which year|year",
    ),
}


@cache
def phrases() -> list[tuple[str, tuple[str, ...]]]:
    """(question, words that ask it)."""
    return [
        (name, tokens.atoms(text)) for name, words in _WORDS.items() for text in phrases_of(words)
    ]


def asked_in(text: str) -> str:
    """The question in a text, or an empty text."""
    atoms = tokens.atoms(text)
    words = set(atoms)
    for name, phrase in phrases():
        size = len(phrase)
        if words.issuperset(phrase) and any(
            atoms[at : at + size] == phrase for at in range(len(atoms) - size + 1)
        ):
            return name
    return ""


def only_asks(text: str) -> bool:
    """Whether all words of a text belong to questions."""
    return set(tokens.atoms(text)) <= {word for _name, phrase in phrases() for word in phrase}
