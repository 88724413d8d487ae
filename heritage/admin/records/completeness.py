"""How complete the record of a site is, and what to add next. Shown beside its form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from heritage.models import Site
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


def completeness_of(site: Site | None, rows: dict[str, list]) -> Completeness:
    """The completeness of a site; `rows` are its stored rows by the name of their set."""
    return Completeness(list(_items(site or Site(), rows)))


def _items(site: Site, rows: dict[str, list]) -> Iterator[CompletenessItem]:
    def text(name: str, section: str, label: str) -> Iterator[CompletenessItem]:
        for code in interface_languages():
            there = bool(getattr(site, name).get(code))
            yield CompletenessItem(
                label % {"language": language_in_words(code)}, section, f"id_{name}__{code}", there
            )

    yield from text("name", "names", _("name in %(language)s"))
    stored = site.pk is not None
    yield CompletenessItem(_("kind"), "what", "id_kinds", stored and bool(site.kinds.all()))
    yield CompletenessItem(_("place"), "where", "id_place", site.place_id is not None)
    yield CompletenessItem(_("point"), "where", "id_coordinates", site.latitude is not None)
    dated = any(event.date or event.first_era_id for event in rows.get("events", ()))
    yield CompletenessItem(_("date"), "history", "events-group", dated)
    yield from text("summary", "texts", _("summary in %(language)s"))
    yield from text("description", "texts", _("description in %(language)s"))
    shown = any(image.published for image in rows.get("images", ()))
    yield CompletenessItem(_("published picture"), "pictures", "images-group", shown)
    yield CompletenessItem(
        _("source"), "sources", "id_sources", stored and bool(site.sources.all())
    )
