"""The texts of columns of sites when a page was opened, from the history."""

import copy
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from heritage.exchange.columns import SEPARATOR, Column, TermColumn, in_order
from heritage.models import Site, keys_of_label, label_of, with_label
from heritage.services.conflicts import Key, Since


class OpenedTexts:
    """The texts of cells at the numbers of changes at which a page was opened or shown again.

    Terms are named as they were then. `rows` are those that held the values then, see
    `Column.row()`; `sites` are the stored ones. None is a number that was not sent.
    """

    def __init__(
        self,
        columns: Iterable[Column],
        rows: Iterable[Key],
        sites: Mapping[int, Site],
        numbers: Collection[int | None],
    ):
        rows = set(rows)
        terms = {column.model for column in columns if isinstance(column, TermColumn)}
        self._since = Since(dict.fromkeys(rows, numbers), terms)
        self._are_terms_as_opened = not terms & self._since.models()
        self._stored: dict[Key, Any] = {(Site, pk): site for pk, site in sites.items()}
        for model in {model for model, _pk in rows} - {Site}:
            found = model._default_manager.in_bulk([pk for each, pk in rows if each is model])
            self._stored |= {(model, pk): row for pk, row in found.items()}

    def site(self, pk: int, number: int | None) -> Site | None:
        """A site as it was; None if it was not there, or if that is not known."""
        return self._row((Site, pk), number)

    def text(self, column: Column, site: int, row: Key | None, number: int | None) -> str | None:
        """The text of the cell of a site, whose value `row` held; empty if no row held one.

        None if the text is not known, or if the row did not belong to the site.
        """
        if row is None:
            return ""
        opened = self._since.opened(row, number, self._stored.get(row))
        if opened is None:
            return None
        held_by, linked = opened
        if site != (getattr(held_by, f"{held_by.owner}_id") if held_by.owner else held_by.pk):
            return None
        if not isinstance(column, TermColumn):
            return column.text(held_by)
        terms = [self._term(column.model, pk, number) for pk in column.term_ids(held_by, linked)]
        found = [term for term in terms if term is not None]
        if len(found) < len(terms):
            return None
        return f"{SEPARATOR} ".join(label_of(term) for term in sorted(found, key=in_order))

    def _row(self, key: Key, number: int | None) -> Any:
        opened = self._since.opened(key, number, self._stored.get(key))
        return opened[0] if opened else None

    def _term(
        self, model: type[Any], pk: int, number: int | None, keys: Iterable[str] | None = None
    ) -> Any:
        """A term as it was, with what its label needs."""
        if (model, pk) not in self._stored:
            rows = with_label(model._default_manager.all())
            self._stored[model, pk] = rows.filter(pk=pk).first()
        stored = self._stored[model, pk]
        if self._are_terms_as_opened and stored is not None:
            return stored
        if (found := self._row((model, pk), number)) is None:
            return None
        term = copy.copy(found)
        for key in keys_of_label(model) if keys is None else keys:
            name, _separator, more = key.partition("__")
            field: Any = model._meta.get_field(name)
            other = getattr(term, field.attname)
            if other is not None:
                others = [more] if more else []
                setattr(term, name, self._term(field.related_model, other, number, others))
        return term
