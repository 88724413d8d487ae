"""The numbers of sources behind the sentences of a text that have one of their own."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from heritage.models import Source, SourcedSentence

SENTENCE_SOURCE = 'class="sentence-source"'  # in the HTML of a number

_NO_BREAK = "\u2060"  # else a number begins a line of Chinese

# Stands in a text for a number while the text becomes HTML: a character without a meaning.
_FIRST = 0xE000
_MOST = 0xF8FF - _FIRST
_NONE = dict.fromkeys(range(_FIRST, 0xF900))


class Numbering:
    """The sources of a page by the numbers under which it lists them, from 1."""

    def __init__(self, own: Iterable[Source], sentences: Iterable[SourcedSentence]):
        """`own` are those of the whole text; others that sentences have follow them."""
        self._sentences = [row for row in sentences if not row.source.is_recalled]
        found = {source.pk: source for source in own if not source.is_recalled}
        found |= {row.source.pk: row.source for row in self._sentences}
        self.sources = [*found.values()][:_MOST]
        self._numbers = {source.pk: number for number, source in enumerate(self.sources, 1)}

    def marked(self, text: str, language: str) -> str:
        """The text with a character of ours behind each sentence that has a source."""
        text = text.translate(_NONE)
        for row in self._sentences:
            words = row.text.get(language)
            if words and (number := self._numbers.get(row.source_id)):
                text = text.replace(words, words + chr(_FIRST + number), 1)
        return text

    def to_links(self, html: SafeString) -> SafeString:
        """The same as HTML, with links to the list of sources in place of these characters."""
        text = str(html)
        for number in range(1, len(self.sources) + 1):
            text = text.replace(chr(_FIRST + number), _link(number))
        return mark_safe(text)  # noqa: S308 - safe before, and so are the links


def _link(number: int) -> SafeString:
    label = _("Source %(number)s") % {"number": number}
    return format_html(
        '{}<sup class="sentence-source"><a href="#source-{}" aria-label="{}">{}</a></sup>',
        _NO_BREAK,
        number,
        label,
        number,
    )
