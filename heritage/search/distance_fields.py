"""Form fields and filters for a distance: from where, and how many kilometres.

The message for an invalid value says what to write instead.
"""

import re
from dataclasses import dataclass
from math import isfinite

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from heritage.cartography import gazetteer
from heritage.models import Place, Site
from heritage.search import store, text_search
from heritage.search.filter_fields import (
    ValueField,
    read_degrees,
    unknown_value_error,
)
from heritage.values import coordinates, normalize, tokens
from heritage.values.coordinates import Point
from heritage.values.language import Text

PLACE_MARK = "place:"  # before the slug of a place that something is near to
TOWN_MARK = "town:"  # before the name of a town of the gazetteer
MAX_KM = 20_000  # half way round the globe


@dataclass(frozen=True, slots=True)
class SearchCentre:
    """The centre of a search by distance.

    It is a point, the public point of a site, or a place: its centre or, if that is unknown, the
    middle of its sites; or a town of the gazetteer.
    """

    point: Point | None
    site: Site | None = None
    place: Place | None = None
    town: gazetteer.Town | None = None

    def in_words(self) -> Text | str:
        """Its name in the reader's language, else its coordinates."""
        if self.site:
            return self.site.shown_name.best()
        if self.place:
            return self.place.label.best()
        if self.town:
            return self.town.text()
        return coordinates.format_point(*self.point) if self.point else ""


def town_value(town: gazetteer.Town) -> str:
    """The value that means a town in an address: town:new-york."""
    return TOWN_MARK + "-".join(tokens.atoms(town.name))


def _town(text: str) -> gazetteer.Town | None:
    return gazetteer.town_called(tokens.atoms(text.removeprefix(TOWN_MARK)))


def _place(text: str) -> Place | None:
    """The place with a slug or name; of several with one name, the broadest."""
    if place := store.current().vocabulary.places.by_slug.get(text.lower()):
        return place
    name = normalize.fold(text)
    likely = Place.objects.filter(search_text__contains=name) if name else ()
    named = [place for place in likely if name in normalize.written_names(place.search_text)]
    return min(named, key=lambda place: Place.Level.values.index(place.level), default=None)


def _site(text: str) -> Site | None:
    """The published site with a slug, in any spelling: Taj Mahal for taj-mahal."""
    return Site.objects.published().filter(slug__in={text, slugify(text)}).first()


def _site_called(text: str) -> Site | None:
    """The best known of the sites with exactly this name, or else with it in a name."""
    index = store.current()
    found = text_search.sites_named(index, text) or text_search.sites_with_words_in_names(
        index, text
    )
    if not found:
        return None
    return Site.objects.published().filter(pk=text_search.best_known(index, found)).first()


class SearchCentreField(ValueField[SearchCentre]):
    """Latitude and longitude, or the slug or name of a published site, a place or a town.

    A slug that is both means the site; with the prefix `place:` it means the place, with `town:`
    the town of the gazetteer.
    """

    def parse(self, text: str) -> SearchCentre:
        parts = text.replace("，", ",").split(",")
        if len(parts) == 2:
            judges = (coordinates.validate_latitude, coordinates.validate_longitude)
            latitude, longitude = map(read_degrees, parts, judges)
            return SearchCentre((latitude, longitude))
        if len(parts) > 2 or re.match(r"[-+.0-9]*\.[0-9]", text):
            raise ValidationError(
                _(
                    "Write latitude,longitude in degrees, such as 34.7,112.4, "
                    "or the slug of a site or a place."
                ),
                code="invalid",
            )
        if "\0" in text:
            raise unknown_value_error(text)
        if text.startswith(TOWN_MARK):
            if (town := _town(text)) is None:
                raise unknown_value_error(text)
            return SearchCentre(town.point, town=town)
        name = text.removeprefix(PLACE_MARK)
        site = _site(text) if name == text else None
        place = _place(name) if site is None else None
        if place and (name != text or not place.is_wide):
            return SearchCentre(place.centre, place=place)
        if site is None and name == text and (town := _town(text)) and (town.is_known or not place):
            return SearchCentre(town.point, town=town)
        if place:
            return SearchCentre(place.centre, place=place)
        site = site or _site_called(name)
        if site is None:
            raise unknown_value_error(text)
        if site.public_latitude is None or site.public_longitude is None:
            raise ValidationError(
                _("It is not known where %(site)s lies."), code="invalid", params={"site": site}
            )
        return SearchCentre((site.public_latitude, site.public_longitude), site)


class SearchCentreFilter(filters.Filter):
    field_class = SearchCentreField


class SearchRadiusField(ValueField[float]):
    def parse(self, text: str) -> float:
        try:
            km = float(text)
        except ValueError:
            km = float("nan")
        if not isfinite(km) or not 0 < km <= MAX_KM:
            raise ValidationError(
                _("Write a distance of more than 0 and at most %(most)s km."),
                code="invalid",
                params={"most": number_format(MAX_KM, force_grouping=True)},
            )
        return km


class SearchRadiusFilter(filters.Filter):
    field_class = SearchRadiusField
