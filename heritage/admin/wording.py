"""Words put together as the reader's language does it."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(words: Iterable) -> str:
    """“Temple, Pagoda”, “寺庙、塔”."""
    return pgettext("between items of a list", ", ").join(str(word) for word in words)


def explained(name: str, more: Iterable) -> str:
    """A name with what tells it from others: “Luoyang (Henan)”, “洛阳市（河南省）”."""
    told = listed(more)
    if not told:
        return str(name)
    return pgettext("a name and what explains it", "%(name)s (%(more)s)") % {
        "name": name,
        "more": told,
    }
