"""Pictures of a site, with author, licence and source."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, RecordQuerySet
from heritage.models.fields import LanguageMapField, PictureField
from heritage.values.language import LazyText, interface_languages, language_name
from heritage.values.web_address import validate_web_address


class ImageQuerySet(RecordQuerySet["Image"]):
    def published(self) -> Self:
        """Published pictures of published sites."""
        return self.filter(published=True, site__state="published")


class Image(Record):
    """A picture. It can be published only with alt text, author or credit line, and licence."""

    site = models.ForeignKey("Site", models.CASCADE, related_name="images", verbose_name=_("site"))
    file = PictureField(_("file"), upload_to="images/")
    width = models.PositiveIntegerField(_("width"), default=0, editable=False)
    height = models.PositiveIntegerField(_("height"), default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    alt = LanguageMapField(
        _("alternative text"),
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    caption = LanguageMapField(_("caption"), blank=True)
    author = models.CharField(_("author"), max_length=200, blank=True)
    credit_line = models.CharField(_("credit line"), max_length=300, blank=True)
    licence = models.ForeignKey(
        "Licence", models.PROTECT, null=True, blank=True, verbose_name=_("licence")
    )
    source_url = models.URLField(
        _("where it comes from"), blank=True, max_length=500, validators=[validate_web_address]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    published = models.BooleanField(_("published"), default=False)

    objects: ClassVar = ImageQuerySet.as_manager()
    constraint_fields = {"image_licensed": "licence"}

    owner = "site"

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["order", "uid"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published=False) | models.Q(licence__isnull=False),
                name="image_licensed",
                violation_error_message=_("A picture is published only with a licence."),
                violation_error_code="image_licensed",
            )
        ]

    @property
    def file_name(self) -> str:
        """The last part of the file's path, which is also part of the picture's URL."""
        return (self.file.name or "").rpartition("/")[2]

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        return row if row["published"] else None

    def __str__(self) -> str:
        text = str(self.caption.best() or self.alt.best())
        return text or gettext("picture without alternative text")

    def clean(self) -> None:
        super().clean()
        if not self.published:
            return
        errors: dict[str, str | LazyText] = {}
        missing = [code for code in interface_languages() if not self.alt.get(code)]
        if missing:
            languages = ", ".join(language_name(code) for code in missing)
            errors["alt"] = _(
                "A picture is published only with alternative text; it lacks: %(languages)s."
            ) % {"languages": languages}
        if not (self.author or self.credit_line):
            errors["author"] = _("A picture is published only with its author or a credit line.")
        if errors:
            raise ValidationError(errors)
