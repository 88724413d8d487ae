"""Facets of what a record holds: photographs, visiting facts, texts in a language."""

from django.core.exceptions import ValidationError
from django.db.models import Func, TextField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.models import Image, Opening, Price, VisitingFact
from heritage.search.facets.base import Facet, spoken
from heritage.search.index.rows import CHUNK
from heritage.values import edtf
from heritage.values.language import language_name, normalise_code


class HasFacet(Facet):
    """Unlike all others, its values narrow: who asks for a photograph and visiting facts plans a
    journey and wants both."""

    name, label = "has", _("Visits and pictures")
    values_narrow = True
    labels = {
        "image": _("a photograph"),
        "visiting": _("visiting facts"),
        "free": _("free admission"),
    }
    words = {
        "image": pgettext_lazy("search words", "photo|photos|photographs|with photos|pictures"),
        "visiting": pgettext_lazy("search words", "opening hours|opening times|tickets|prices"),
        "free": pgettext_lazy(
            "search words", "free|free entry|free entrance|free of charge|no ticket|for free"
        ),
    }

    def read(self, rows):
        images = rows.of(Image.objects.published()).values_list("site_id", flat=True)
        for pk in rows.published.intersection(images.iterator(CHUNK)):
            yield pk, "has:image"
        shown: set[int] = set()
        for model in (Opening, Price, VisitingFact):
            facts = rows.of(model.objects.shown()).values_list("site_id", flat=True)
            shown.update(facts.iterator(CHUNK))
        for pk in rows.published & shown:
            yield pk, "has:visiting"
        prices = rows.of(Price.objects.shown()).values_list("site_id", "amount")
        by_site: dict[int, bool] = {}
        for pk, amount in prices.iterator(CHUNK):
            by_site[pk] = by_site.get(pk, True) and not amount
        for pk in rows.published & {pk for pk, is_free in by_site.items() if is_free}:
            yield pk, "has:free"

    def key(self, value, role=None):
        return f"has:{value}"

    def choices(self, terms):
        return {what: what for what in self.labels}

    def slug(self, value):
        return value

    def term(self, value):
        return str(self.labels[value])

    def names(self, value):
        return list(spoken(self.labels[value]))


class LanguageCodes(Func):
    """The codes of a language map, in one text: the map itself may be long."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler, connection, **extra):
        template = "(SELECT group_concat(key, ' ') FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler, connection, **extra):
        template = (
            "(SELECT string_agg(code, ' ') FROM jsonb_object_keys(%(expressions)s) AS keys(code))"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class LanguageFacet(Facet):
    """Languages of summaries and descriptions; any language may be asked for."""

    name, label = "language", _("Written in")
    site_columns = (LanguageCodes("summary"), LanguageCodes("description"))

    def read(self, rows):
        for column in self.site_columns:
            for pk, codes in rows.column(column):
                for code in (codes or "").split():
                    yield pk, f"language:{code}"

    def key(self, value, role=None):
        return f"language:{value}"

    def choices(self, terms):
        return {}

    def parse(self, text, choices):
        try:
            return normalise_code(text)
        except ValueError as error:
            raise ValidationError(edtf.printable(str(error)), code="invalid") from error

    def slug(self, value):
        return value

    def tidied(self, text):
        try:
            return normalise_code(text)
        except ValueError:
            return text

    def listed(self, index, terms):
        return sorted(index.values_of("language"))

    def term(self, value):
        return language_name(value)
