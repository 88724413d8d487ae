"""Normalises and romanises text, so that 龙门, 龍門, "Lóngmén" and "ＬＯＮＧＭＥＮ" compare alike.

`fold()` gives the form in which two texts are compared, `forms()` all forms that a text is
found by, `sort_key()` the key that a list is sorted by. Each accepts any string of any length.

`index_words()` gives the words that a record is found by. A database's full text stores a set of
them for each record and answers which records contain a word, or a word with a given beginning. How
the words are made decides what a search can do:

- a Latin word is stored as it is: `temple`
- Han characters, which are written without spaces, are stored as every three in a row: 洛阳白马寺
  gives `洛阳白 阳白马 白马寺 马寺 寺`, so that any one, two or more of them are found within a name
- two to four syllables in a row of the pinyin of a name are one word too: 北京故宫 is found by
  `gugong`
- words of names are stored again with a prefix that says how closely they match: `.temple` a
  word of a name as written, `~ma` a word of a name in any form, `^white-horse…` a whole name as
  written, `=baimasi` a whole name in any form and without spaces, `@baimasi` the same of the
  displayed name
- words of the brief description (kinds, places, eras, summary) have no prefix; those that only
  longer texts contain are stored as `+tang` alone
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from itertools import chain
from threading import Event, Lock, Thread
from typing import Any

SORT_KEY_LENGTH = 255  # characters: fits a column, and the index of either database
_LAST = "\U0010ffff"  # sorts behind every other text

# What pypinyin reads wrongly, or rightly only by luck. The longer word wins, and any of them over
# pypinyin. The single characters at the end are those whose everyday reading hardly occurs in
# a name: 都 is a capital (dū), seldom "all" (dōu). 观 is guàn where it is a Daoist house. 干县
# stands for 乾县, since OpenCC writes that so.
_READINGS = """
重庆 chóng qìng, 长安 cháng ān, 长治 cháng zhì, 长子 zhǎng zǐ, 长葛 cháng gě, 诸葛 zhū gě,
乐山 lè shān, 乐陵 lào líng, 乐亭 lào tíng, 乐清 yuè qīng, 乐平 lè píng, 南乐 nán lè, 民乐 mín lè,
应县 yìng xiàn, 应州 yìng zhōu, 应城 yìng chéng, 大足 dà zú, 曲阜 qū fù, 六安 lù ān,
六合区 lù hé qū, 番禺 pān yú, 蔚县 yù xiàn, 蔚州 yù zhōu, 浚县 xùn xiàn, 郏县 jiá xiàn,
单县 shàn xiàn, 华县 huà xiàn, 华阴 huà yīn, 华州 huà zhōu, 华山 huà shān, 九华山 jiǔ huá shān,
解州 xiè zhōu, 缑氏 gōu shì, 洪洞 hóng tóng, 繁峙 fán shì, 涡阳 guō yáng, 涡河 guō hé,
会稽 kuài jī, 朝阳 cháo yáng, 天台 tiān tāi, 井陉 jǐng xíng, 荥经 yíng jīng, 浒湾 xǔ wān,
犍为 qián wéi, 太行山 tài háng shān, 中岳 zhōng yuè, 崤函 xiáo hán, 镐京 hào jīng,
丰镐 fēng hào, 济源 jǐ yuán, 济渎 jǐ dú, 干县 qián xiàn, 子午 zǐ wǔ, 川藏 chuān zàng,
青藏 qīng zàng, 驻藏 zhù zàng, 蒙藏 měng zàng, 汉藏 hàn zàng, 藏王 zàng wáng, 藏娘 zàng niáng,
繁塔 pó tǎ, 会善寺 huì shàn sì, 妙应寺 miào yìng sì, 柏林寺 bǎi lín sì,
柏林禅寺 bǎi lín chán sì, 相国寺 xiàng guó sì, 重宁寺 chóng níng sì, 莫高窟 mò gāo kū,
太室阙 tài shì què, 大夫第 dà fū dì, 拉卜楞 lā bǔ lèng,
重兴 chóng xīng, 重泰寺 chóng tài sì, 重龙山 chóng lóng shān, 重安江 chóng ān jiāng,
江厦 jiāng xià, 薄太后 bó tài hòu,
嘉应观 jiā yìng guàn, 楼观台 lóu guàn tái, 玄妙观 xuán miào guàn, 元妙观 yuán miào guàn,
玉泉观 yù quán guàn, 玉皇观 yù huáng guàn, 玉虚观 yù xū guàn, 白衣观 bái yī guàn,
老君观 lǎo jūn guàn, 清虚观 qīng xū guàn, 清梦观 qīng mèng guàn, 奉仙观 fèng xiān guàn,
会仙观 huì xiān guàn, 遇仙观 yù xiān guàn, 五仙观 wǔ xiān guàn, 紫云观 zǐ yún guàn,
真庆观 zhēn qìng guàn, 洞真观 dòng zhēn guàn, 崇唐观 chóng táng guàn, 嵩阳观 sōng yáng guàn,
长春观 cháng chūn guàn, 延庆观 yán qìng guàn,
高句丽 gāo gōu lí, 吐谷浑 tǔ yù hún, 仇氏 qiú shì, 长官 zhǎng guān, 参谋长 cān móu zhǎng,
院长 yuàn zhǎng, 校长 xiào zhǎng,
都 dū, 长 cháng, 曾 zēng, 阙 què, 佛 fó, 卜 bǔ
"""
READINGS = {word: reading for word, *reading in map(str.split, _READINGS.split(","))}

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_HAN_RUN = re.compile(f"[{HAN}]+")
WORD = re.compile(rf"[{HAN}]+|[^\s{HAN}]+")  # of a folded text
_SORTED_PIECE = re.compile(rf"[{HAN}]+|\d+|[^\s\d{HAN}]+")
_KNOWN_WORD = re.compile(f"({'|'.join(sorted(READINGS, key=len, reverse=True))})")
# Nearly all names: they are compared as they are, but for case.
_PLAIN = re.compile("[A-Za-z0-9 \u3400-\u4dbf\u4e00-\u9fff]*")
_LONE_HYPHEN = re.compile(r"(?<!\d)-|-(?!\d)")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Dropped, not spaced: Xi'an is as often written Xian; ʻokina, hamza and primes come and go.
_APOSTROPHES = "'`´‘’‛′‵ʹʻʼʽʾʿ＇｀׳Ꞌꞌ"
# Selectors of a glyph variant, of emoji and of Han characters; the grapheme joiner.
_SELECTORS = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F]
_DROPPED = dict.fromkeys([*map(ord, _APOSTROPHES), *_SELECTORS])
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58"), "-")
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
    | {"ħ": "h", "ŧ": "t", "ŋ": "ng"}
)
_REPLACED = _DROPPED | _HYPHENS | _LETTERS
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


# --- Tools that are slow to load ---------------------------------------------------------------


def _once[T](load: Callable[[], T]) -> Callable[[], T]:
    """`load`, called once, by one thread."""
    lock, cached = Lock(), cache(load)

    def get() -> T:
        with lock:
            return cached()

    return get


@_once
def _opencc() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@_once
def _simplified_characters() -> dict[int, str]:
    """Each traditional character and its simplified form, regardless of context.

    OpenCC itself looks at words (it keeps 乾 in 乾隆). That is right for reading, but a comparison
    must fold a character alike everywhere, or a part of a name is not found in it.
    """
    characters = [chr(c) for c in (*range(0x3400, 0xA000), *range(0x20000, 0x323B0))]
    once = _opencc().convert("\n".join(characters))
    twice = _opencc().convert(once).split("\n")  # a few are simplified in two steps: 薴, 苧, 苎
    return {ord(a): b for a, b in zip(characters, twice, strict=True) if a != b}


@_once
def _pypinyin() -> tuple[Callable[[str], Iterable[str]], Callable[[str], list[str]]]:
    """What divides a text into words, and what reads one of them."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.seg.mmseg import seg

    # errors=list: a character without a reading stands for itself. Types of pypinyin want a str.
    read = partial(lazy_pinyin, style=Style.TONE, errors=list)  # type: ignore[arg-type]
    return seg.cut, lru_cache(8_000)(read)  # names have the same words again and again


def load() -> None:
    """Load the dictionaries now, and not with the first text that needs them."""
    _simplified_characters()
    _pypinyin()


_is_loading = Event()


def load_in_background() -> None:
    """Load the dictionaries in a thread: for a process in which somebody is about to write."""
    if not _is_loading.is_set():
        _is_loading.set()
        Thread(target=load, name="dictionaries", daemon=True).start()


# --- Folding -----------------------------------------------------------------------------------


def fold(text: str) -> str:
    """The text as it is compared: without case, accents, width, script variants or punctuation.

    Words are separated by one space. A hyphen stays between digits, so that a code such as
    1-0037-4-004 remains one word. Folding is idempotent.
    """
    text = _clean(text)
    return text.translate(_simplified_characters()) if _HAN_RUN.search(text) else text


def tokens(text: str) -> list[str]:
    """The words of the folded text; a run of Han characters is one word."""
    return WORD.findall(fold(text))


def _clean(text: str) -> str:
    """All of `fold` but the step from traditional to simplified characters."""
    if _PLAIN.fullmatch(text):
        return " ".join(text.lower().split())
    text = text.translate(_DROPPED)  # first: NFKC makes ´ a space and an accent
    if text.isascii():
        text = text.lower().translate(_COMPARED)
    else:
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKD", text).translate(_REPLACED)
        text = unicodedata.normalize("NFC", text.translate(_COMPARED))
    return " ".join(_LONE_HYPHEN.sub(" ", text).split())


class _ComparedCharacters(dict[int, str]):
    """For `str.translate`: each character as it is compared: itself, nothing, or a space.

    Combining marks are dropped if they are accents (Latin, Greek, Cyrillic) or points (Hebrew,
    Arabic); the voicing of kana and the vowel signs of India and Tibet tell words apart.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category, combining = unicodedata.category(character), unicodedata.combining(character)
        if character.isascii():
            found = character if character.isalnum() or character == "-" else " "
        elif category == "Cf" or combining >= 200 or 10 <= combining <= 36:
            found = ""  # Cf: marks of direction, joiners, soft hyphens
        elif category[0] in "LN" or category in ("Mn", "Mc"):
            found = character
        else:
            found = " "  # punctuation, symbols, controls, lone surrogates
        if code <= 0xFFFF:  # rare ones are not cached: there are a million
            self[code] = found
        return found


_COMPARED = _ComparedCharacters()


# --- Romanising --------------------------------------------------------------------------------


def romanise(text: str) -> str:
    """Toneless pinyin, one syllable a word: 白马寺 → "bai ma si". Other words are folded."""
    return " ".join([_toneless(syllable) for word in _spelt(text) for syllable in word])


def pinyin(text: str) -> str:
    """Pinyin with tone marks, for display: 白马寺 → "Bái Mǎ Sì". Other characters are kept."""
    text = _simplify(unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text)))

    def spell(han: re.Match[str]) -> str:
        before, after = text[: han.start()][-1:], text[han.end() :][:1]
        syllables = " ".join(syllable.capitalize() for syllable in _readings(han[0]))
        return " " * before.isalnum() + syllables + " " * after.isalnum()

    return _HAN_RUN.sub(spell, text)


def _initials(words: tuple[tuple[str, ...], ...]) -> str:
    return " ".join(
        ["".join([s if s[0].isdigit() else _toneless(s)[:1] for s in word]) for word in words]
    )


@lru_cache(2_000)  # a name is asked for in several forms
def _spelt(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of the text, each as its syllables with tone marks; what is not Han stays."""
    found = []
    for word in _simplified(text).split():
        syllables: list[str] = []
        for piece in WORD.findall(word):
            syllables += _readings(piece) if _HAN_RUN.match(piece) else [piece]
        found.append(tuple(syllables))
    return tuple(found)


@lru_cache(2_000)
def _simplified(text: str) -> str:
    return _simplify(_clean(text))


@lru_cache(2_000)
def _simplify(text: str) -> str:
    """Simplified characters, chosen by word: the form in which readings are looked up."""
    return _opencc().convert(text) if _HAN_RUN.search(text) else text


@lru_cache(2_000)  # a name is asked for in several forms
def _readings(han: str) -> tuple[str, ...]:
    """One syllable with its tone mark for each character of simplified Han text."""
    syllables: list[str] = []
    for part in filter(None, _KNOWN_WORD.split(han)):
        if reading := READINGS.get(part):
            syllables += reading
        else:
            cut, read = _pypinyin()
            syllables += chain.from_iterable(map(read, cut(part)))
    return tuple(syllables)


@lru_cache(4_000)  # there are not many more
def _typed(syllable: str) -> str:
    """A syllable as it is typed on a keyboard: no tone, v for ü."""
    letters = [c for c in unicodedata.normalize("NFD", syllable) if c not in _TONES]
    return _clean(unicodedata.normalize("NFC", "".join(letters)).replace("ü", "v"))


@lru_cache(4_000)
def _toneless(syllable: str) -> str:
    return _clean(syllable)


# --- What is stored ----------------------------------------------------------------------------


@lru_cache(8_000)  # the names of places and kinds return with every site
def forms(text: str) -> tuple[str, ...]:
    """The forms by which a text is found, its folded form first; none for an empty text.

    If it contains Han characters, also its pinyin in syllables, without spaces, and as initials; 绿
    is found as "lu" and, as it is typed, "lv".
    """
    folded = fold(text)
    found = [folded]
    if _HAN_RUN.search(folded):
        words = _spelt(text)
        for spell in (_toneless, _typed):
            spelt = [list(map(spell, word)) for word in words]
            found.append(" ".join([" ".join(word) for word in spelt]))
            found.append(" ".join(["".join(word) for word in spelt]))
        found.append(_initials(words))
    return tuple(dict.fromkeys(filter(None, found)))


@lru_cache(500)  # of a long name they are a hundred
def pinyin_runs(text: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
    """The pinyin of every few syllables in a row, without spaces: 北京故宫 → "jinggu" …"""
    found: dict[str, None] = {}
    for word in _spelt(text) if _HAN_RUN.search(_simplified(text)) else ():
        toneless, typed = list(map(_toneless, word)), list(map(_typed, word))
        for syllables in (toneless, typed) if typed != toneless else (toneless,):
            for length in lengths:
                starts = range(len(syllables) - length + 1)
                found |= {"".join(syllables[at : at + length]): None for at in starts}
    return tuple(found)


def sort_key(text: str, language: str) -> str:
    """A key that sorts `text` by code point as a reader of `language` (a code) expects.

    Chinese is sorted by pinyin, tone and character, everything else by folded text. Numbers are
    sorted by value: Cave 2 before Cave 10. Articles count. A text without letter or digit comes
    last. At most SORT_KEY_LENGTH characters.
    """
    text = text[: 2 * SORT_KEY_LENGTH]  # more of it could hardly reach the key
    chinese = re.split("[-_]", language.lower())[0] == "zh"
    pieces: list[str] = []
    for piece in _SORTED_PIECE.findall(_simplified(text) if chinese else fold(text)):
        if piece.isdigit():
            pieces.append(piece.zfill(12))
        elif chinese and _HAN_RUN.match(piece):
            pieces += [_numbered(s) + han for s, han in zip(_readings(piece), piece, strict=True)]
        else:
            pieces.append(piece)
    return " ".join(pieces)[:SORT_KEY_LENGTH] or _LAST


@lru_cache(4_000)
def _numbered(syllable: str) -> str:
    """A syllable with its tone as a digit, the neutral tone last: bái → "bai2"."""
    marks = unicodedata.normalize("NFD", syllable)
    return _typed(syllable) + next((_TONES[mark] for mark in marks if mark in _TONES), "5")


# --- The words of a record ---------------------------------------------------------------------

WRITTEN_WORD, NAME_WORD, WRITTEN_NAME, NAME, DISPLAYED, IN_TEXTS = ".~^=@+"
MAX_WORD_LENGTH = 60  # characters; what is longer is cut, in a record as in a search
_BLANK_LINE = "\n\n"
HAN_LENGTH = 3  # Han characters that are stored as one word
_RUNS = (2, 3, 4)  # syllables that are one word as well
HYPHEN = "-"  # between the words of a whole name

# What says nothing by itself, in the languages that names are written in.
STOP_WORDS = frozenset(
    word
    for words in (
        "a an and as at by for from in into is not of on or that the this to with",
        "au aux avec dans de des du en et la le les ou par pour sur un une",
        "al con del el las los o para por su una y",
        "am an das dem den der des die ein eine im und vom von zu zum zur",
        "da di do dos das e il lo gli nel nella della delle dello",
        "и в на с из у",
    )
    for word in words.split()
)
HAN_STOPS = frozenset("的之和与及在")

_HAN = re.compile(f"[{HAN}]")


def index_text(
    names: Iterable[str],
    terms: Iterable[str],
    sentences: Iterable[str],
    foreign: Iterable[str] = (),
    texts: Iterable[str] = (),
    displayed: Iterable[str] = (),
    spoken: bool = True,
) -> str:
    """The folded text by which a record is found, in six parts, one name or phrase on each line.

    The parts: names that are `displayed`, in any form; all names as written; other forms of them
    (see `forms`) and `foreign` names, which rank below names that readers know; runs of
    pinyin syllables; brief descriptions, from terms and sentences; long `texts`. Sentences and
    texts have no pinyin; nor have names if Chinese is not `spoken` at the site, of which only the
    pinyin of the whole name is kept.
    """
    shown: dict[str, None] = {}
    written: dict[str, None] = {}
    spelt: dict[str, None] = {}
    runs: dict[str, None] = {}
    brief: list[str] = []
    for name in names:
        first, *others = forms(name) or ("",)
        written[first] = None
        if spoken:
            spelt |= dict.fromkeys(others)
            runs |= dict.fromkeys(pinyin_runs(name, _RUNS))
        elif others:
            spelt[romanise(name).replace(" ", "")] = None
    for name in displayed:
        shown |= dict.fromkeys(forms(name) if spoken else [fold(name)])
    for name in foreign:
        spelt |= dict.fromkeys(forms(name))
    for term in terms:
        brief += _forms_of_term(term)
    brief += map(fold, sentences)
    parts: tuple[Iterable[str], ...] = (
        shown,
        written,
        [form for form in spelt if form not in written],
        [run for run in runs if run not in spelt],
        dict.fromkeys(brief),
        map(fold, texts),
    )
    return _BLANK_LINE.join("\n".join(filter(None, part)) for part in parts)


@lru_cache(8_000)  # terms return with every site
def _forms_of_term(term: str) -> tuple[str, str]:
    """As it is written, and its pinyin without spaces."""
    folded = fold(term)
    romanised = romanise(term) if _HAN.search(folded) else folded
    return folded, romanised.replace(" ", "")


def written_names(text: str) -> list[str]:
    """The names as written, from an index text."""
    return list(filter(None, text.split(_BLANK_LINE, 2)[1].split("\n"))) if text else []


def all_names(text: str) -> list[str]:
    """The names in any form, from an index text."""
    parts = text.split(_BLANK_LINE, 3)[1:3] if text else []
    return [name for part in parts for name in part.split("\n") if name]


def index_words(text: str) -> list[str]:
    """The words of a record, from its index text."""
    shown, written, spelt, runs, brief, long = [*text.split(_BLANK_LINE, 5), *[""] * 5][:6]
    words: list[str] = []
    for names, is_written in ((written, True), (spelt, False)):
        for name in filter(None, names.split("\n")):
            parts = _words(name)
            joined = one_word(parts)
            pieces = [joined, *_pieces(parts)]
            words += pieces
            words += [NAME_WORD + piece for piece in pieces]
            if is_written:
                words += [WRITTEN_WORD + piece for piece in pieces]
                words.append(WRITTEN_NAME + hyphenated(parts))
            words += (NAME + joined, NAME + one_word(without_stop_words(parts)))
    for name in filter(None, shown.split("\n")):
        parts = _words(name)
        for each in (hyphenated(parts), one_word(parts), one_word(without_stop_words(parts))):
            words.append(DISPLAYED + each)
    words += runs.split()
    words += [NAME_WORD + run for run in runs.split()]
    for phrase in brief.split("\n"):
        words += _words_in_brief(phrase)
    found = dict.fromkeys(words)  # each once
    if long:
        found |= {IN_TEXTS + piece: None for piece in _pieces(_words(long)) if piece not in found}
    return list(found)


def misspellable(words: Iterable[str]) -> set[str]:
    """Of the words of a record, those of names and of its brief description that a misspelt search
    is compared with: of letters only, and long enough."""
    return {w for w in words if len(w) > 3 and w.isalpha() and (w.isascii() or not _HAN.match(w))}


def without_stop_words(words: list[str]) -> list[str]:
    """Without stop words, unless there is nothing else."""
    return [word for word in words if word not in STOP_WORDS and word not in HAN_STOPS] or words


def is_han(word: str) -> bool:
    return _HAN.match(word) is not None


def one_word(parts: Iterable[str]) -> str:
    """The words of a name without anything between them: baimasi."""
    return "".join(parts)[:MAX_WORD_LENGTH]


def hyphenated(parts: Iterable[str]) -> str:
    """The words of a name with hyphens between them: white-horse-temple."""
    return HYPHEN.join(parts)[:MAX_WORD_LENGTH]


@lru_cache(8_000)  # the names of terms return with every site
def _words_in_brief(folded: str) -> tuple[str, ...]:
    return tuple(_pieces(_words(folded)))


def _words(folded: str) -> list[str]:
    return folded.split() if folded.isascii() else WORD.findall(folded)


def _pieces(words: list[str]) -> list[str]:
    pieces: list[str] = []
    for word in words:
        if not word.isascii() and _HAN.match(word):
            pieces += [word[at : at + HAN_LENGTH] for at in range(len(word))]
        else:
            pieces.append(word[:MAX_WORD_LENGTH])
    return pieces
