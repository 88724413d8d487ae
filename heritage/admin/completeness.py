"""How complete a site's record is, and what to add next: for its form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from heritage.admin.fields import language_in_words
from heritage.models import Site


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a reader looks for; `anchor` is the control that takes it."""

    label: str
    section: str
    anchor: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    wishes: list[Wish]

    @property
    def done(self) -> int:
        return sum(wish.is_there for wish in self.wishes)

    @property
    def total(self) -> int:
        return len(self.wishes)

    @property
    def next(self) -> Wish | None:
        return next((wish for wish in self.wishes if not wish.is_there), None)

    def missing_in(self, section: str) -> list[str]:
        return [wish.label for wish in self.wishes if wish.section == section and not wish.is_there]


def completeness_of(site: Site | None, rows: dict[str, list]) -> Completeness:
    """`rows` are the stored rows of the form by the name of their set."""
    return Completeness(list(_wishes(site or Site(), rows)))


def _wishes(site: Site, rows: dict[str, list]) -> Iterator[Wish]:
    def text(name: str, section: str, label) -> Iterator[Wish]:
        for code, _name in settings.LANGUAGES:
            there = bool(getattr(site, name).get(code))
            yield Wish(
                label % {"language": language_in_words(code)}, section, f"id_{name}__{code}", there
            )

    yield from text("name", "names", _("name in %(language)s"))
    stored = site.pk is not None
    yield Wish(_("kind"), "what", "id_kinds", stored and bool(site.kinds.all()))
    yield Wish(_("place"), "where", "id_place", site.place_id is not None)
    yield Wish(_("point"), "where", "id_coordinates", site.latitude is not None)
    dated = any(event.date or event.first_era_id for event in rows.get("events", ()))
    yield Wish(_("date"), "history", "events-group", dated)
    yield from text("summary", "texts", _("summary in %(language)s"))
    yield from text("description", "texts", _("description in %(language)s"))
    shown = any(image.published for image in rows.get("images", ()))
    yield Wish(_("published picture"), "pictures", "images-group", shown)
    yield Wish(_("source"), "sources", "id_sources", stored and bool(site.sources.all()))
