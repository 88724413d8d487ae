"""Sentences, and names within them, put together as the reader's language does it."""

from collections.abc import Iterable

from django.utils.translation import get_language, pgettext

_COMMAS = frozenset(",;，；、")


def gap() -> str:
    """What stands between two sentences: a space, in Chinese nothing."""
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": "", "second": ""}


def joined(sentences: Iterable[str]) -> str:
    """Those that say something, in a row."""
    return gap().join(str(sentence) for sentence in sentences if sentence)


def listed(words: Iterable[object]) -> str:
    """ "Temple, Pagoda", in Chinese “寺庙、塔”."""
    found = list(map(str, words))
    return comma().join(found) if len(found) > 1 else "".join(found)


def comma() -> str:
    """What stands between the items of a list."""
    return pgettext("between items of a list", ", ")


def explained(name: object, more: Iterable[object]) -> str:
    """A name with what tells it from others: "Luoyang (Henan)", “洛阳市（河南省）”."""
    explanation = listed(more)
    if not explanation:
        return str(name)
    words = pgettext("a name and what explains it", "%(name)s (%(more)s)")
    return words % {"name": name, "more": explanation}


_INNER_BRACKETS = str.maketrans("()（）", "[]〔〕")


def inside_brackets(words: object) -> str:
    """What stands within round brackets has square ones: "802–1431 (Khmer Empire [Angkor])"."""
    return str(words).translate(_INNER_BRACKETS)


def names(several: Iterable[str]) -> str:
    """ "Angkor, Petra and the Palaces of Kyiv"; with semicolons if a name has a comma in it."""
    found = [_inside(name) for name in several]
    if any(_COMMAS.intersection(name) for name in found):
        between = pgettext("between names that have commas", "; ")
        last = pgettext("before the last of names that have commas", "; and ")
    else:
        between = comma()
        last = pgettext("before the last of several names", " and ")
    return last.join(filter(None, [between.join(found[:-1]), *found[-1:]]))


def _inside(name: str) -> str:
    """As it is written within a sentence: in English an article begins with a small letter."""
    is_english = (get_language() or "").partition("-")[0] == "en"
    return f"the {name[4:]}" if is_english and name.startswith("The ") else name
