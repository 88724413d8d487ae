"""How complete the record of a site is, and what to add next. Shown beside its form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from heritage.exchange import columns_of
from heritage.models import SITE_FIELDS, Site
from heritage.values.language import interface_languages, language_in_words


@dataclass(frozen=True, slots=True)
class CompletenessItem:
    """Something that readers look for; `anchor` is the id of its control."""

    label: str
    section: str
    anchor: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    items: list[CompletenessItem]

    @property
    def done(self) -> int:
        return sum(item.is_there for item in self.items)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def next(self) -> CompletenessItem | None:
        return next((item for item in self.items if not item.is_there), None)

    def missing_in(self, section: str) -> list[str]:
        return [item.label for item in self.items if item.section == section and not item.is_there]


def completeness_of(site: Site | None, rows: dict[str, list], sections: list[str]) -> Completeness:
    """The completeness of a site; `rows` are its stored rows by the name of their set, `sections`
    the sections of the form in their order."""
    items = [*_fields(site or Site()), *_rows(rows)]
    return Completeness(sorted(items, key=lambda item: sections.index(item.section)))


def _fields(site: Site) -> Iterator[CompletenessItem]:
    for field in SITE_FIELDS:
        for column in columns_of(field, interface_languages()) if field.missing else ():
            code = column.language
            label = field.missing % {"language": language_in_words(code)} if code else field.missing
            anchor = f"id_{field.name}__{code}" if code else f"id_{field.name}"
            yield CompletenessItem(str(label), field.section, anchor, bool(column.text(site)))


def _rows(rows: dict[str, list]) -> Iterator[CompletenessItem]:
    dated = any(event.date or event.first_era_id for event in rows.get("events", ()))
    yield CompletenessItem(_("date"), "history", "events-group", dated)
    shown = any(image.published for image in rows.get("images", ()))
    yield CompletenessItem(_("published picture"), "pictures", "images-group", shown)
