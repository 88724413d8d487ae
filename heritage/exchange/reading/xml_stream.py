"""XML read piece by piece, without what makes it dangerous: no DOCTYPE and no entities, no deep
nesting, nothing that must be held in memory as a whole."""

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import UnreadableFile

_DEEPEST = 100
_LONGEST = 4_000_000  # bytes of one tag, comment or the like

Start = Callable[[str, dict[str, str]], None]


def feed(
    chunks: Iterable[bytes],
    start: Start,
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Call the handlers for the elements of a document; after each chunk the caller may go on.

    Names are given without their namespace. Raises UnreadableFile.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0
    known: dict[str, str] = {}

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableFile(
                _("The XML is nested more than %(most)s elements deep.") % {"most": _DEEPEST}
            )
        start(known.get(name) or known.setdefault(name, local(name)), attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(known[name])

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    if text:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST:
                raise UnreadableFile(
                    _("The XML has a tag or a comment of more than %(most)s MB.")
                    % {"most": _LONGEST // 1_000_000}
                )
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise UnreadableFile(
            _("The file breaks off or is damaged at line %(line)s. Save or download it once more.")
            % {"line": error.lineno},
        ) from error


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]


def _refuse_doctype(*_declared: object) -> None:
    raise UnreadableFile(
        _(
            "The file declares a DOCTYPE, by which files can attack the program that reads them. "
            "Open it in a spreadsheet program and save it once more."
        )
    )
