r"""Patterns of identifiers: a subset of regular expressions that always match in linear time.

Letters, classes such as [0-9] or \d, quantifiers, alternatives and groups; a group may be
optional but not repeated. So (a+)+, whose time doubles with each letter, cannot be written.
"""

import re
from functools import lru_cache
from math import prod

from django.utils.translation import gettext as _

MAX_VALUE = 100  # characters of a value that are looked at
_MAX = 100_000  # ways to divide a value among the quantifiers

_TOKEN = re.compile(
    r"""
    (?P<open>\((?:\?:|(?!\?))) | (?P<close>\)) | (?P<or>\|)
    | (?P<times>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})
    | (?P<atom>\[\^?\]?(?:\\[^0-9\n]|[^\]\\\n])*\]  # a class
        | \\[dDwWsS] | \\[^0-9A-Za-z\n] | [^()|*+?{}\[\]\\\n])
    """,
    re.VERBOSE,
)


def check(pattern: str) -> None:
    """Raise ValueError, with a message for editors, if a pattern is not in this subset."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(str(error)) from error
    at = 0
    before: str | None = ""
    ways: list[int] = []
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise ValueError(
                _("“%(part)s” is more than a pattern of identifiers can have.")
                % {"part": pattern[at : at + 4]}
            )
        at = token.end()
        if token.lastgroup == "times":
            if before == "times":
                raise ValueError(_("Two quantifiers stand side by side."))
            if before == "close" and token[0] != "?":
                raise ValueError(_("A group may be left out with ?, but not repeated."))
            ways.append(_ways(token[0]))
        elif token.lastgroup == "or":
            ways.append(2)
        before = token.lastgroup
    if prod(ways) > _MAX:
        raise ValueError(_("There are too many quantifiers: some values would take too long."))


def _ways(times: str) -> int:
    """How many lengths a quantifier allows."""
    if times == "?":
        return 2
    if times in "*+":
        return MAX_VALUE
    first, comma, last = times[1:-1].partition(",")
    if not comma:
        return 1
    return max(1, (int(last) if last else MAX_VALUE) - int(first) + 1)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern | None:
    try:
        check(pattern)
    except ValueError:
        return None
    return re.compile(pattern)


def matches(pattern: str, value: str) -> bool:
    """Whether a pattern matches a whole value. An invalid pattern matches none."""
    compiled = _compiled(pattern)
    return compiled is not None and len(value) <= MAX_VALUE and bool(compiled.fullmatch(value))
