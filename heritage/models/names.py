"""Other names of a site, and its former slugs, which redirect."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import LanguageMapField, quick_display
from heritage.values.language import normalise_code


class FormerSlug(Record):
    """An address that a site once had: it redirects for ever."""

    site = models.ForeignKey("Site", models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(_("slug"), max_length=120, unique=True)

    owner = "site"

    class Meta:
        verbose_name = _("former slug")
        verbose_name_plural = _("former slugs")

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        return None  # no page says it


class Name(Record):
    """A further name of a site; the display name is not repeated here."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official")
        ALTERNATIVE = "alternative", _("alternative")
        HISTORICAL = "historical", _("historical")
        SCRIPT = "script", _("in another script")
        ROMANISED = "romanised", _("romanised")

    site = models.ForeignKey("Site", models.CASCADE, related_name="names", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ALTERNATIVE)
    get_kind_display = quick_display("kind", Kind)
    text = models.CharField(_("text"), max_length=250)
    language = models.CharField(
        _("language"),
        max_length=35,
        help_text=_("BCP 47, such as zh-hant, zh-latn-pinyin or en."),
    )
    note = LanguageMapField(_("note"), blank=True, help_text=_("When or where it was used."))
    source = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )

    constraint_fields = {"name_once": "text"}

    owner = "site"

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["kind", "language", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "language", "text"],
                name="name_once",
                violation_error_message=_("The site has this name already."),
                violation_error_code="name_once",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        super().clean()
        try:
            self.language = normalise_code(self.language)
        except ValueError as error:
            raise ValidationError({"language": str(error)}, code="language") from error
        if self.site_id and self.text in self.site.name.values():
            raise ValidationError(
                {"text": _("This is the display name already; add only further names.")},
                code="display_name",
            )
