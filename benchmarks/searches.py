"""How long a catalogue computes for a search and for suggestions, without the page around them.

    HERITAGE_DATA=/tmp/bench/100000 uv run python -m benchmarks.searches

asks for words that 1, 10 and 50 % of made-up records hold, the first time and again, in both
languages, and for suggestions of sentences that are begun. CPU time in milliseconds.
"""

import os
from statistics import median, quantiles
from time import process_time

import django

from benchmarks.wording import SHARES

_TIMES = 5
_BEGUN = """
temples in he|temples near luo|caves in ch|pagodas in hen|tang dynasty tem|ming dynasty wa
churches in it|castles in fra|mosques in tur|ruins in per|palaces in in|cathedrals in sp
bridges in ch|gardens in jap|tombs in eg|sites near par|world heritage in br
temples from the tang|caves from the northern|national parks in af
洛阳石|河南寺|唐代石|明代城|埃及陵|中国石窟|日本寺|法国城|意大利教|北京宫
""".strip().replace("\n", "|")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from django.conf import settings

    settings.DEBUG = False  # each query would be kept, and written out
    for english, chinese, share in SHARES.values():
        for text, language in ((english, "en"), (chinese, "zh-hans")):
            number, first, again = _searched(text, language)
            print(f"{share:.0%} {text}: {number} sites, first {first:.1f}, again {again:.1f}")
    taken = _suggested()
    print(f"begun sentences: median {median(taken):.1f}, 95 % {quantiles(taken, n=20)[-1]:.1f}")


def _searched(text: str, language: str) -> tuple[int, float, float]:
    """The number of sites, and the medians of the first time and of later ones."""
    from django.utils import translation

    from heritage.search import store
    from heritage.search.filters import SiteFilter

    def ask() -> float:
        before = process_time()
        filtered = SiteFilter({"q": text})
        filtered.page(language, 0, 24)
        return 1000 * (process_time() - before)

    with translation.override(language):
        ask()  # what all searches need is made
        first, again = [], []
        for _ in range(_TIMES):
            store.current().cache.clear()
            first.append(ask())
            again.append(ask())
        return len(SiteFilter({"q": text}).hits), median(first), median(again)


def _suggested() -> list[float]:
    from django.utils import translation

    from heritage.search import store, suggest

    index, taken = store.current(), []
    for text in ("temple b", "龙门四"):  # what all suggestions need is made
        suggest.suggestions(index, text)
    for text in _BEGUN.split("|"):
        is_english = text.isascii()
        begun = (text, text[:-1], text[:-2], f"{text}a") if is_english else (text, text[:-1])
        with translation.override("en" if is_english else "zh-hans"):
            for each in begun:
                before = process_time()
                suggest.suggestions(index, each)
                taken.append(1000 * (process_time() - before))
    return taken


if __name__ == "__main__":
    main()
