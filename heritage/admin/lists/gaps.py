"""Gaps: things that readers look for and that sites may lack. The filter and the desk share this
list."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.models import Image
from heritage.search import IndexSnapshot
from heritage.values.language import interface_languages, language_in_words


@dataclass(frozen=True, slots=True)
class Gap:
    label: str
    lacks: Q  # the sites that lack it, for the database
    having: Callable[[IndexSnapshot], BitMap]  # the published sites that have it
    heading: str = ""  # on the desk; without one it is not counted there

    def lacking(self, index: IndexSnapshot) -> BitMap:
        """The published sites that lack it."""
        return index.sites - self.having(index)


def gaps() -> dict[str, Gap]:
    """The gaps by their value in an address."""
    pictures = Image.objects.filter(site=OuterRef("pk"), published=True)
    found = {
        "picture": Gap(
            _("published picture"),
            ~Q(Exists(pictures)),
            lambda index: index.having("has", "image"),
            _("No picture"),
        ),
        "point": Gap(
            _("point"),
            Q(latitude__isnull=True),
            lambda index: index.measured,
            _("No point"),
        ),
        "place": Gap(
            _("place"),
            Q(place__isnull=True, also_in__isnull=True),
            _with_any("place"),
            _("No place"),
        ),
        "kinds": Gap(_("kind"), Q(kinds__isnull=True), _with_any("kind")),
        "events": Gap(_("event"), Q(events__isnull=True), lambda index: index.with_events),
    }
    return found | {f"text-{code}": _text(code) for code in interface_languages()}


def _with_any(facet: str) -> Callable[[IndexSnapshot], BitMap]:
    return lambda index: BitMap.union(BitMap(), *index.sites_by_value(facet).values())


def _text(code: str) -> Gap:
    name = {"language": language_in_words(code)}
    return Gap(
        _("text in %(language)s") % name,
        ~Q(summary__has_key=code) & ~Q(description__has_key=code),
        lambda index: index.having("language", code),
        _("No text in %(language)s") % name,
    )
