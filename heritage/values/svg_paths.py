"""Writes path data for SVG as short as possible."""

import re
from collections.abc import Sequence
from itertools import pairwise

_TOKEN = re.compile(r"[A-Za-z]|-?\d+")
# How many numbers each command takes, and which of them are x and y: the rest of an arc's are
# radii and flags, which mean the same in relative steps.
_TAKES = {"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "A": 7}


def steps(*parts: str | float) -> str:
    """Path data from commands, numbers and pieces of path data, in whole units.

    Every command becomes absolute or relative, whichever is shorter. Raises ValueError for a
    command that is not one of SVG's.
    """
    words = _TOKEN.findall(" ".join(p if isinstance(p, str) else str(round(p)) for p in parts))
    text, last, at, start, index = "", "", (0, 0), (0, 0), 0
    command = ""
    while index < len(words):
        if words[index].isalpha():
            command = words[index]
            index += 1
        if command in "Zz":
            text, last, at = text + "z", "z", start
            continue
        count = _TAKES.get(command.upper())
        if count is None:
            raise ValueError(f"{command!r} is not a path command that we draw with")
        numbers = [int(word) for word in words[index : index + count]]
        index += count
        absolute = numbers if command.isupper() else _moved(command.upper(), numbers, at, 1)
        text, last = _append(text, last, command.upper(), absolute, at)
        at = _end(command.upper(), absolute, at)
        if command in "Mm":
            start, command = at, "L" if command == "M" else "l"
    return text


def smooth(points: Sequence[tuple[float, float]]) -> str:
    """Path data from the first point to the last, on a curve that rounds every corner.

    It bends at each point between them and passes midway from one to the next. In even numbers the
    middle is whole, and so each further bend follows from the one before.
    """
    even = [(2 * round(x / 2), 2 * round(y / 2)) for x, y in points]
    parts: list[str | float] = ["M", *even[0], "Q", *even[1]]
    for (x, y), (next_x, next_y) in pairwise(even[1:]):
        parts += [(x + next_x) // 2, (y + next_y) // 2, "T"]
    return steps(*parts[:-1], "L", *even[-1])


def _moved(command: str, numbers: list[int], at: tuple[int, int], sign: int) -> list[int]:
    """Relative numbers made absolute (sign 1), or absolute ones relative (-1)."""
    if command == "A":
        return numbers[:5] + _moved("L", numbers[5:], at, sign)
    if command == "V":
        return [numbers[0] + sign * at[1]]
    return [number + sign * at[i % 2] for i, number in enumerate(numbers)]


def _end(command: str, numbers: list[int], at: tuple[int, int]) -> tuple[int, int]:
    if command == "H":
        return numbers[0], at[1]
    if command == "V":
        return at[0], numbers[0]
    return numbers[-2], numbers[-1]


def _append(
    text: str, last: str, command: str, numbers: list[int], at: tuple[int, int]
) -> tuple[str, str]:
    """The text with one more step, and the command that a further number would repeat."""
    # A moveto repeats as a lineto; every other command as itself.
    repeated = {"M": "L", "m": "l"}.get(last, last)
    choices = []
    for letter, values in (
        (command, numbers),
        (command.lower(), _moved(command, numbers, at, -1)),
    ):
        piece = "" if letter == repeated else letter
        for value in values:
            # A minus sign separates as well as a space does.
            gap = " " if value >= 0 and (piece or text)[-1:].isdigit() else ""
            piece += f"{gap}{value}"
        choices.append((len(piece), piece, letter))
    _length, piece, letter = min(choices, key=lambda choice: choice[0])
    return text + piece, letter
