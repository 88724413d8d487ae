"""What a cached page depends on, so that it is known later whether it is still right.

While a page is built within `recording()`, the functions below enter which sites it shows, which
parts of the index it depends on, and which questions it asked the index or the database. If the
page ends with `nothing_else()`, it is right as long as all of that is the same. Any other page is
right until anything is written.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from heritage.search import IndexSnapshot, Part

MOST_SITES = 300  # that are compared one by one; a page of more holds until anything is written

# It is asked again later, and must depend on nothing but the snapshot, the language of the page
# and committed rows. It outlives the page, so it holds ids and texts and no rows or bitmaps.
type Question = Callable[[IndexSnapshot], Hashable]


class PageDependencies:
    """What one page depends on, as of one snapshot."""

    __slots__ = (
        *("_answers", "_as_of", "_is_complete", "_is_of_all", "_parts", "_versions", "_vocabulary"),
    )

    def __init__(self, index: IndexSnapshot):
        self._as_of = index.number, index.token
        self._vocabulary = index.vocabulary_token
        self._versions: dict[int, str] = {}
        self._parts: dict[Part, str] = {}
        self._answers: list[tuple[Question, Hashable]] = []
        self._is_complete = self._is_of_all = False

    def still_hold(self, index: IndexSnapshot) -> bool:
        """Whether the page would be the same if it were made of this snapshot."""
        as_of = index.number, index.token
        if as_of == self._as_of:
            return True
        if (
            not self._is_complete
            or self._is_of_all
            or len(self._versions) > MOST_SITES
            or index.vocabulary_token != self._vocabulary
            or any(index.site_version(pk) != version for pk, version in self._versions.items())
            or any(index.parts[name] != token for name, token in self._parts.items())
            or any(question(index) != answer for question, answer in self._answers)
        ):
            return False
        self._as_of = as_of  # so that it is compared once a write and not once a request
        return True

    def add(
        self,
        index: IndexSnapshot,
        sites: Iterable[int],
        parts: Iterable[Part],
        answers: Iterable[tuple[Question, Hashable]],
    ) -> None:
        self._versions.update((pk, index.site_version(pk)) for pk in sites)
        self._parts.update((name, index.parts[name]) for name in parts)
        self._answers.extend(answers)

    def end(self) -> None:
        self._is_complete = True

    def depend_on_all(self) -> None:
        self._is_of_all = True


_recorded: ContextVar[PageDependencies | None] = ContextVar("page dependencies", default=None)


@contextmanager
def recording(index: IndexSnapshot) -> Iterator[PageDependencies]:
    """Within it, the functions below enter what they are called with."""
    found = PageDependencies(index)
    token = _recorded.set(found)
    try:
        yield found
    finally:
        _recorded.reset(token)


def sites(index: IndexSnapshot, ids: Iterable[int]) -> None:
    """Enter sites that the page shows, or would show if they were published."""
    if found := _recorded.get():
        found.add(index, ids, (), ())


def parts(index: IndexSnapshot, *names: Part) -> None:
    """Enter parts of the index; the page depends on everything in them."""
    if found := _recorded.get():
        found.add(index, (), names, ())


def answer(index: IndexSnapshot, question: Question, answered: Hashable) -> None:
    """Enter that `question(index)` gave this answer. The page is right as long as it gives the
    same.

    Questions to the database must be asked before the rows of the page are read. A row that is
    written in between then changes the answer for the next snapshot.
    """
    if found := _recorded.get():
        found.add(index, (), (), [(question, answered)])


def everything() -> None:
    """Enter that any write may change the page, so that it is right only until the next one."""
    if found := _recorded.get():
        found.depend_on_all()


def nothing_else() -> None:
    """State that everything that the page depends on has been entered."""
    if found := _recorded.get():
        found.end()
