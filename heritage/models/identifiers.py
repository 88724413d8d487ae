"""Identifiers of records in other databases: Wikidata, GeoNames, Getty and others."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import LanguageMapField
from heritage.values import patterns
from heritage.values.web_address import safe_url, validate_web_address_template


class IdentifierScheme(Record):
    """An authority whose identifiers are kept; its template makes their addresses."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    label = LanguageMapField(_("label"))
    pattern = models.CharField(
        _("pattern"),
        max_length=100,
        blank=True,
        help_text=_(
            "A regular expression that the whole value must match, such as Q[1-9][0-9]*. "
            "Groups may not be repeated."
        ),
    )
    uri_template = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        validators=[validate_web_address_template],
        help_text=_("With {value} where the value belongs."),
    )

    class Meta:
        verbose_name = _("identifier scheme")
        verbose_name_plural = _("identifier schemes")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label.best().text

    def clean(self) -> None:
        super().clean()
        try:
            patterns.check(self.pattern)
        except ValueError as error:
            raise ValidationError({"pattern": str(error)}) from error


class Identifier(Record):
    """A site's identifier in a scheme."""

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="identifiers", verbose_name=_("site")
    )
    scheme = models.ForeignKey(
        IdentifierScheme, models.PROTECT, related_name="+", verbose_name=_("scheme")
    )
    value = models.CharField(_("value"), max_length=100)

    owner = "site"
    constraint_fields = {"identifier_once": "value"}

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme__slug", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "scheme", "value"],
                name="identifier_once",
                violation_error_message=_("The site has this identifier already."),
                violation_error_code="identifier_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"

    def clean(self) -> None:
        super().clean()
        pattern = self.scheme.pattern if self.scheme_id else ""
        if pattern and not patterns.matches(pattern, self.value):
            raise ValidationError(
                {
                    "value": _("“%(value)s” is no %(scheme)s identifier.")
                    % {"value": self.value, "scheme": self.scheme}
                },
                code="pattern",
            )

    @property
    def uri(self) -> str:
        """The address that the scheme gives it, or an empty text."""
        template = self.scheme.uri_template
        return safe_url(template.replace("{value}", self.value)) if template else ""
