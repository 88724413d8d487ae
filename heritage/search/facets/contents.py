"""Facets of the contents of a record: photographs, visiting facts, texts in a language."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextChoices, TextField
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.models import Image, Opening, Price, VisitingFact
from heritage.search.facets.base import ChoicesFacet, Facet
from heritage.search.index.rows import CHUNK, HAS_POINT, IndexRows
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.values import edtf
from heritage.values.language import language_name, normalise_code


class RecordContent(TextChoices):
    """What the record of a site may contain."""

    IMAGE = "image", _("a photograph")
    VISITING = "visiting", _("visiting facts")
    FREE = "free", _("free admission")
    POINT = "point", _("a recorded position")
    DISTRICT = "district", _("a position by district only")


class ContentFacet(ChoicesFacet[RecordContent]):
    """Unlike with other facets, a site must have all chosen values."""

    name, label, enumeration = "has", _("Visits, pictures, position"), RecordContent
    is_unfolded = is_repeatable = values_narrow = True
    site_columns = (HAS_POINT,)
    search_words = {
        "image": pgettext_lazy(
            "search words", "photo|photos|photographs|with photos|pictures|images"
        ),
        "visiting": pgettext_lazy(
            "search words",
            "opening hours|opening times|tickets|prices|price|ticket price|entrance fee|entry fee"
            "|admission",
        ),
        "free": pgettext_lazy(
            "search words",
            "free|free entry|free entrance|free of charge|no ticket|for free|no entrance fee"
            "|no entry fee|no admission fee|without entrance fee|without a ticket",
        ),
        "point": pgettext_lazy("search words", "coordinates|recorded position"),
    }

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        image, visiting, free, point, district = map(self.key, RecordContent)
        images = rows.belonging(Image.objects.published()).values_list("site_id", flat=True)
        for pk in rows.published.intersection(images.iterator(CHUNK)):
            yield pk, image
        shown: set[int] = set()
        for model in (Opening, Price, VisitingFact):
            facts = rows.belonging(model.objects.shown()).values_list("site_id", flat=True)
            shown.update(facts.iterator(CHUNK))
        for pk in rows.published & shown:
            yield pk, visiting
        prices = rows.belonging(Price.objects.shown()).values_list("site_id", "amount")
        by_site: dict[int, bool] = {}
        for pk, amount in prices.iterator(CHUNK):
            by_site[pk] = by_site.get(pk, True) and not amount
        for pk in rows.published & {pk for pk, is_free in by_site.items() if is_free}:
            yield pk, free
        for pk in {pk for pk, has_point in rows.column(HAS_POINT) if has_point}.union(
            pk for pk, *_point in rows.component_points
        ):
            yield pk, point
        for pk, _place, _circle in rows.districts:
            yield pk, district


class LanguageCodes(Func):
    """The codes of a language map as one text, since the map itself may be long."""

    output_field = TextField()
    arity = 1

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        template = "(SELECT group_concat(key, ' ') FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        template = (
            "(SELECT string_agg(code, ' ') FROM jsonb_object_keys(%(expressions)s) AS keys(code))"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class LanguageFacet(Facet[str]):
    """Languages of summaries and descriptions; any language may be asked for."""

    name, label = "language", _("Written in")
    site_columns = (LanguageCodes("summary"), LanguageCodes("description"))

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        for column in self.site_columns:
            for pk, codes in rows.column(column):
                for code in (codes or "").split():
                    # As it is stored: no text may keep the index from being read.
                    yield pk, f"{self.name}:{code}"

    def key(self, value: str, role: str | None = None) -> str:
        if normalise_code(value) != value:  # raises ValueError for what is no code at all
            raise ValueError(f"{value!r} is no code of a language: {normalise_code(value)!r} is.")
        return f"{self.name}:{value}"

    def choices(self, terms: Vocabulary) -> Mapping[str, str]:
        return {}

    def parse(self, text: str, terms: Vocabulary) -> str:
        try:
            return normalise_code(text)
        except ValueError as error:
            raise ValidationError(edtf.printable(str(error)), code="invalid") from error

    def slug(self, value: str) -> str:
        return value

    def normalized(self, text: str) -> str:
        try:
            return normalise_code(text)
        except ValueError:
            return text

    def listed(self, index: IndexSnapshot, terms: Vocabulary) -> list[str]:
        """Codes alone: by anything else that is stored no list can be filtered."""
        return sorted(code for code in index.sites_by_value(self) if self._is_code(code))

    @staticmethod
    def _is_code(text: str) -> bool:
        try:
            return normalise_code(text) == text
        except ValueError:
            return False

    def term(self, value: str) -> str:
        return language_name(value)
