"""Renders Markdown as sanitised HTML or as plain text."""

import re
from collections.abc import Iterator, Sequence

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

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
    tokens = _parse(markdown_text)
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
