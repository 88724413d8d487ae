"""Pictures of a site, with author, licence and source."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record, RecordQuerySet
from heritage.models.fields import EDTFField, LanguageMapField, OriginalField, PictureField
from heritage.values.language import LazyText, interface_languages, join_words, language_name
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
    # What was uploaded, byte by byte, named by its SHA-256; pictures of earlier versions have none.
    original = OriginalField(_("original"), blank=True, default="", db_default="", editable=False)
    # Alike in pictures that look alike, see `media.alike`; 16 hexadecimal digits.
    look = models.CharField(
        max_length=16, blank=True, default="", db_default="", db_index=True, editable=False
    )
    # A few pixels of it, as WebP in Base64, shown while it is loaded.
    placeholder = models.CharField(
        max_length=600, blank=True, default="", db_default="", editable=False
    )
    focus_x = models.PositiveSmallIntegerField(
        _("focal point, from the left (%)"),
        default=50,
        db_default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("What stays in view where the picture is cropped: on cards and in squares."),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focal point, from the top (%)"),
        default=50,
        db_default=50,
        validators=[MaxValueValidator(100)],
    )
    alt = LanguageMapField(
        _("alternative text"),
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    caption = LanguageMapField(_("caption"), blank=True)
    taken = EDTFField(
        _("taken"),
        blank=True,
        default="",
        db_default="",
        help_text=_("When the picture was made, such as 2024-05."),
    )
    author = models.CharField(_("author"), max_length=200, blank=True)
    credit_line = models.CharField(_("credit line"), max_length=300, blank=True)
    licence = models.ForeignKey(
        "Licence", models.PROTECT, null=True, blank=True, verbose_name=_("licence")
    )
    source_url = models.URLField(
        _("where it comes from"), blank=True, max_length=500, validators=[validate_web_address]
    )
    restrictions = models.CharField(
        _("restrictions"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What limits its use beside the licence, such as the rights of who is shown."),
    )
    # Of a picture from Wikimedia Commons: its title there, and when all this was read.
    commons_title = models.CharField(
        _("title on Wikimedia Commons"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    read_on = models.DateField(_("as read on"), null=True, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    published = models.BooleanField(_("published"), default=False)
    on_cards = models.BooleanField(
        _("shown on cards"),
        default=True,
        db_default=True,
        help_text=_("In lists, the first such picture stands in place of the drawn cover."),
    )

    objects: ClassVar = ImageQuerySet.as_manager()
    renditions: "list[Rendition]" = []  # set by `search.page_rows.add_renditions`
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
    def source(self) -> str:
        """The key of the picture's content, which its renditions have as their `source`."""
        return self.sha256[: Rendition.SOURCE_LENGTH]

    @property
    def tiles_id(self) -> str:
        """The id of the picture in IIIF; with another file it is another picture there."""
        return f"{self.uid}-{self.source[:12]}"

    @property
    def has_tiles(self) -> bool:
        """Whether its `renditions` include a complete pyramid of tiles."""
        return any(row.form == Rendition.Form.TILES for row in self.renditions)

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
        if not any(self.alt.get(code) for code in interface_languages()):
            errors["alt"] = _(
                "A picture is published only with alternative text in at least one of these "
                "languages: %(languages)s."
            ) % {"languages": join_words(language_name(code) for code in interface_languages())}
        if not (self.author or self.credit_line):
            errors["author"] = _("A picture is published only with its author or a credit line.")
        if errors:
            raise ValidationError(errors)


class Rendition(models.Model):
    """A picture in a size in which it is served. It follows from the picture's file alone.

    It is named by the content of the picture, not by its row: so it is available at once when a
    picture is restored, and two rows with the same picture share it.
    """

    class Form(models.TextChoices):
        AVIF = "avif"
        JPEG = "jpg"
        PNG = "png"  # in place of JPEG, where there is transparency
        ALL = "all"  # no file: all sizes of this picture, whose width it has, are made
        TILES = "tiles"  # no file: a pyramid of tiles is whole

    SOURCE_LENGTH = 24
    SMALLEST = 320  # pixels wide
    NO_FILES = (Form.ALL, Form.TILES)

    source = models.CharField(max_length=SOURCE_LENGTH)  # the SHA-256 of the picture's file, cut
    form = models.CharField(max_length=5)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["source", "form", "width"]
        constraints = [
            models.UniqueConstraint(fields=["source", "form", "width"], name="rendition_once")
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last part of its address."""
        return f"{self.source}-{self.width}.{self.form}"

    @property
    def path(self) -> str:
        """The path of its file, or of the folder of its tiles, in the storage of pictures."""
        if self.form == self.Form.TILES:
            return f"tiles/{self.source[:2]}/{self.source}"
        return f"renditions/{self.source[:2]}/{self.name}"
