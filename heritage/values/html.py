"""HTML: fragments of templates as functions; Markdown, sanitised, or as plain text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from html import escape as escape_text
from typing import Any, NamedTuple

import nh3
from django.conf import settings
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# --- Fragments -----------------------------------------------------------------------------------

_FRAGMENTS = settings.BASE_DIR / "templates" / "fragments"
_NAME = re.compile(r"\{\{ (\w+) \}\}")
_IF = re.compile(r"\{% if (\w+) %\}(.*?)\{% endif %\}", re.DOTALL)
_WITHOUT_MARKUP = {SafeString, int, bool}  # classes of values that need not be escaped


def fragment(path: str) -> Callable[..., SafeString]:
    """A template below templates/fragments/ as a function of its values, which it escapes.

    The template may hold nothing but text, `{{ name }}` and `{% if name %}…{% endif %}`. This takes
    a tenth of the time of Django's templates, and a list has hundreds of fragments. Each name must
    be given, and no other. The last line break is left out.
    """
    text = (_FRAGMENTS / path).read_text(encoding="utf-8").removesuffix("\n")
    if tag := re.search(r"\{[{%#].*", _NAME.sub("", _IF.sub(r"\2", text))):
        raise ValueError(f"{path} is no fragment: {tag[0]}")
    conditions = [found[1] for found in _IF.finditer(text)]
    number = len({*_NAME.findall(text), *conditions})

    @cache
    def pattern(*is_shown: bool) -> str:
        """The text with those parts under conditions that are shown."""
        shown = iter(is_shown)
        parts = _IF.sub(lambda found: found[2] if next(shown) else "", text)
        return _NAME.sub(r"%(\1)s", parts.replace("%", "%%"))

    def fill(**values: Any) -> SafeString:
        if len(values) != number:
            raise TypeError(f"{path} has {number} names, not {sorted(values)}.")
        is_shown = [bool(values[name]) for name in conditions]
        for name, value in values.items():
            if value.__class__ is str:
                values[name] = escape_text(value)  # as Django does, which looks for lazy text first
            elif value.__class__ not in _WITHOUT_MARKUP:
                values[name] = conditional_escape(value)
        return SafeString(pattern(*is_shown) % values)

    return fill


def with_line_breaks(parts: Iterable[SafeString]) -> SafeString:
    """Pieces of HTML, with a line break behind each."""
    return SafeString("".join([f"{part}\n" for part in parts]))


link = fragment("links/link.html")


# --- Markdown ------------------------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")  # no encoder takes half a character

# HTML is shown as the text that it is. The second wall, should the first ever have a hole, is the
# list below of what may pass.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "a"),
    *("h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

# Scripts that part their words by spaces lie below the CJK blocks of Unicode.
_PART_OF_WORD = r"[^\s\u2e80-\U0010ffff]"
_BEFORE_WORD = r"[\s\u2e80-\U0010ffff]"


def to_html(markdown_text: str, under: int = 2) -> SafeString:
    """Paragraphs, emphasis, lists, links, headings, quotations, code and tables.

    Headings start one level below `under`. Images are replaced by their alternative text, since
    pictures are records with a licence. Links may lead to http, https, mailto, or within the site.
    """
    return _as_html(_parse(markdown_text), under)


class TextInParts(NamedTuple):
    """A text as HTML: as far as the first heading that is not its beginning, and the rest with the
    words of its headings."""

    beginning: SafeString
    further: SafeString
    headings: list[SafeString]


def to_html_in_parts(markdown_text: str) -> TextInParts:
    """As `to_html()`; all of it is the beginning if no paragraph stands before a heading."""
    tokens = _parse(markdown_text)
    opened = [
        at for at, each in enumerate(tokens) if each.type == "heading_open" and not each.level
    ]
    first = next((at for at in opened if at), len(tokens))
    if not any(each.type == "paragraph_open" and not each.hidden for each in tokens[:first]):
        first = len(tokens)
    return TextInParts(
        _as_html(tokens[:first]),
        _as_html(tokens[first:]),
        [_as_html([tokens[at + 1]]) for at in opened if at >= first],
    )


def _as_html(tokens: Sequence[Token], under: int = 2) -> SafeString:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + under, 6)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    # Editors vouch for their links, so search engines may follow them: no nofollow.
    safe = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener"
    )
    return mark_safe(safe.strip())  # noqa: S308  (sanitised in the line above)


def to_text(markdown_text: str, limit: int | None = None) -> str:
    """The plain text on one line, not escaped, for a description or an index.

    With a `limit`, at most that many characters, cut between words (between characters in Chinese)
    and ended with "…".
    """
    text = " ".join("".join(_words(_parse(markdown_text))).split())
    return text if limit is None or len(text) <= limit else _cut(text, limit)


def _parse(markdown_text: str) -> list[Token]:
    return _PARSER.parse(_SURROGATE.sub("\ufffd", markdown_text))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
        elif token.type in ("text", "code_inline", "code_block", "fence"):
            yield token.content
        if token.block or token.type in ("softbreak", "hardbreak"):
            yield " "


def _cut(text: str, limit: int) -> str:
    if limit < 1:
        return ""
    head, rest = text[: limit - 1], text[limit - 1 :]
    if re.match(_PART_OF_WORD, rest):
        # Back to the start of the word, unless that leaves nothing.
        head = re.sub(rf"(?<={_BEFORE_WORD}){_PART_OF_WORD}+$", "", head)
    return head.rstrip(" ,;:，、；：-–—(（“「《") + "…"


def _image(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    return escape("".join(_words(tokens[index].children or [])))


_PARSER.add_render_rule("image", _image)
