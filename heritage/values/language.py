"""Translated text: a language map, as in IIIF and JSON-LD, with one rule for fallbacks; and
sentences, lists and names put together as the reader's language does it.

Codes are BCP 47 tags, kept in lower case: "en", "zh-hans", "zh-latn-pinyin".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language, get_language_info, pgettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Text of the interface that is translated when it is shown.
type LazyText = StrPromise

# language, then a script, a region and variants, each if need be; extensions are of no use here.
_SHAPE = re.compile(
    r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
)
_LONGEST = 35  # characters of a code: what RFC 5646 asks to leave room for

# Chinese without its script says nothing of how it is written; the region does.
_ALIASES = {
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-my": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-tw": "zh-hant",
}
_RTL_LANGUAGES = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_RTL_SCRIPTS = {"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"}

# Names that a language has for itself, where Django has none.
_OWN_NAMES = {
    "am": "አማርኛ",
    "as": "অসমীয়া",
    "bo": "བོད་སྐད།",
    "grc": "Ἀρχαία ἑλληνική",
    "gu": "ગુજરાતી",
    "ilo": "Ilokano",
    "la": "Latina",
    "lg": "Luganda",
    "lo": "ລາວ",
    "mg": "Malagasy",
    "mh": "Kajin M̧ajeļ",
    "mi": "Māori",
    "mt": "Malti",
    "or": "ଓଡ଼ିଆ",
    "pau": "Tekoi er a Belau",
    "qu": "Runasimi",
    "sa": "संस्कृतम्",
    "sd": "سنڌي",
    "si": "සිංහල",
    "ti": "ትግርኛ",
    "wo": "Wolof",
    "yo": "Yorùbá",
    "zh-latn": "Zhōngwén",
    "zh-latn-pinyin": "Hànyǔ Pīnyīn",
}


# --- Codes -------------------------------------------------------------------------------------


def interface_languages() -> list[str]:
    """The languages that pages are in, by Django's codes."""
    return [code for code, _name in settings.LANGUAGES]


def normalise_code(code: str) -> str:
    """A BCP 47 tag in lower case with hyphens: "zh_Hans" → "zh-hans", "zh" → "zh-hans".

    ValueError if `code` does not have the shape of a tag.
    """
    tag = _normalised(code) if isinstance(code, str) else ""
    if not tag:
        raise ValueError(
            _("“%(code)s” is not a language code such as en or zh-hans.")
            % {"code": str(code)[: _LONGEST + 1]}
        )
    return tag


@lru_cache(512)
def _normalised(code: str) -> str:
    """The tag, or "" if it does not have the shape of one."""
    tag = code.strip().lower().replace("_", "-")
    return _ALIASES.get(tag, tag) if len(tag) <= _LONGEST and _SHAPE.fullmatch(tag) else ""


@lru_cache(512)
def proper_tag(code: str) -> str:
    """The tag in the case that BCP 47 recommends, for a `lang` attribute: "zh-Latn-pinyin"."""
    language, *subtags = code.lower().split("-")
    cased = {4: str.title, 2: str.upper}
    return "-".join([language, *(cased.get(len(tag), str)(tag) for tag in subtags)])


@lru_cache(512)
def text_direction(code: str) -> str:
    """The direction of a language, for a `dir` attribute: "rtl" or "ltr"."""
    script = _script(code)
    rtl = script in _RTL_SCRIPTS if script else _base(code) in _RTL_LANGUAGES
    return "rtl" if rtl else "ltr"


def display_width(text: str) -> int:
    """How wide a text is, in letters: a Chinese character is as wide as two."""
    return len(text) + sum(map("\u2e80".__le__, text))


@lru_cache(512)
def language_name(code: str) -> str:
    """The language's own name: "Français", "繁體中文"; the tag if it is unknown."""
    tag = code.lower()
    while tag:
        if name := _OWN_NAMES.get(tag) or _django_name(tag):
            return name[0].upper() + name[1:]
        tag = tag.rpartition("-")[0]
    return proper_tag(code)


def language_in_words(code: str) -> str:
    """The name of a language in the reader's language: Simplified Chinese, 英语."""
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return language_name(code)


def _django_name(code: str) -> str:
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return ""


def _base(code: str) -> str:
    return code.partition("-")[0]


def _script(code: str) -> str:
    """The script that a code names, or "" for the usual one of the language."""
    subtag = code.partition("-")[2].partition("-")[0]
    return subtag if len(subtag) == 4 and subtag.isalpha() else ""


def _is_romanised(code: str) -> bool:
    return _script(code) == "latn"


# --- Text --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its language, and whether that is a fallback."""

    text: str = ""
    language: str = ""
    is_fallback: bool = False

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def lang_tag(self) -> str:
        """For an HTML `lang` attribute: "zh-Hans"."""
        return proper_tag(self.language)

    @property
    def direction(self) -> str:
        """For an HTML `dir` attribute: "rtl" or "ltr"."""
        return text_direction(self.language)


class LanguageMap(dict[str, str]):
    """Texts by language code; `clean` validates one that comes from outside."""

    @classmethod
    def clean(cls, value: object) -> "LanguageMap":
        """A map of normalised codes, in order, to stripped text in NFC, without empty texts.

        ValueError, naming the language, if `value` is no valid map: not a dict, an invalid code, a
        language twice, a value that is not text or cannot be stored.
        """
        if not isinstance(value, dict):
            raise ValueError(_("Translated text must be a map of language codes to text."))
        cleaned: dict[str, str] = {}
        for key, raw in value.items():
            code = normalise_code(key)
            text = _clean_text(raw, code)
            if text and cleaned.setdefault(code, text) != text:
                raise ValueError(
                    _("There are two texts in %(language)s.") % {"language": language_name(code)}
                )
        return cls(sorted(cleaned.items()))

    def best(self, language: str | None = None) -> Text:
        """The text for a reader of `language` (None: the active language).

        The first that exists of: that language; the same in another script or region, romanisations
        last; the catalogue's language; other languages of the interface; any. Never empty if there
        is any text.
        """
        asked = language or get_language() or settings.LANGUAGE_CODE
        if asked in self:  # nearly always
            return Text(self[asked], asked)
        if not self:
            return Text()
        default, asked = settings.LANGUAGE_CODE, normalise_code(asked)
        if asked in self:
            return Text(self[asked], asked)
        interface = list(map(normalise_code, interface_languages()))
        for wanted in (asked, normalise_code(default), *interface):
            same = [code for code in self if _base(code) == _base(wanted)]
            if same:
                return self._text(min(same, key=lambda code: _distance(code, wanted)), asked)
        return self._text(min(self, key=lambda code: (_is_romanised(code), code)), asked)

    def _text(self, code: str, asked: str) -> Text:
        other = (_base(code), _script(code)) != (_base(asked), _script(asked))
        return Text(self[code], code, is_fallback=other)


def _distance(code: str, wanted: str) -> tuple[bool, bool, bool, str]:
    """How far a code is from another of the same language: the smaller, the better."""
    return code != wanted, _script(code) != _script(wanted), _is_romanised(code), code


def _clean_text(raw: object, code: str) -> str:
    if not isinstance(raw, str):
        message = _("The value for %(language)s must be text.")
        raise ValueError(message % {"language": language_name(code)})
    # Neither database stores them: PostgreSQL refuses NUL, no encoder takes half a character.
    if re.search("[\0\ud800-\udfff]", raw):
        message = _("The text in %(language)s holds a character that cannot be stored.")
        raise ValueError(message % {"language": language_name(code)})
    return with_plain_line_ends(unicodedata.normalize("NFC", raw)).strip()


def with_plain_line_ends(text: str) -> str:
    """The text with LF line ends; browsers send CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


# --- Sentences -----------------------------------------------------------------------------------

_COMMAS = frozenset(",;，；、")


def sentence_gap() -> str:
    """What stands between two sentences: a space, in Chinese nothing."""
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": "", "second": ""}


def join_sentences(sentences: Iterable[str]) -> str:
    """Those that say something, in a row."""
    return sentence_gap().join(str(sentence) for sentence in sentences if sentence)


def join_words(words: Iterable[object]) -> str:
    """ "Temple, Pagoda", in Chinese “寺庙、塔”."""
    found = list(map(str, words))
    return list_comma().join(found) if len(found) > 1 else "".join(found)


def list_comma() -> str:
    """What stands between the items of a list."""
    return pgettext("between items of a list", ", ")


def with_explanation(name: object, more: Iterable[object]) -> str:
    """A name with what tells it from others: "Luoyang (Henan)", “洛阳市（河南省）”."""
    explanation = join_words(more)
    if not explanation:
        return str(name)
    words = pgettext("a name and what explains it", "%(name)s (%(more)s)")
    return words % {"name": name, "more": explanation}


_INNER_BRACKETS = str.maketrans("()（）", "[]〔〕")


def inside_brackets(words: object) -> str:
    """What stands within round brackets has square ones: "802–1431 (Khmer Empire [Angkor])"."""
    return str(words).translate(_INNER_BRACKETS)


def join_names(several: Iterable[str]) -> str:
    """ "Angkor, Petra and the Palaces of Kyiv"; with semicolons if a name has a comma in it."""
    found = [_inside(name) for name in several]
    if any(_COMMAS.intersection(name) for name in found):
        between = pgettext("between names that have commas", "; ")
        last = pgettext("before the last of names that have commas", "; and ")
    else:
        between = list_comma()
        last = pgettext("before the last of several names", " and ")
    return last.join(filter(None, [between.join(found[:-1]), *found[-1:]]))


def _inside(name: str) -> str:
    """As it is written within a sentence: in English an article begins with a small letter."""
    is_english = (get_language() or "").partition("-")[0] == "en"
    return f"the {name[4:]}" if is_english and name.startswith("The ") else name
