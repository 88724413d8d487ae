"""Sources that facts and sentences are cited from, and licences of pictures."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import LanguageMapField, quick_display
from heritage.values import normalize
from heritage.values.language import LanguageMap
from heritage.values.web_address import validate_web_address


class Source(Record):
    """A register, a text of an authority, a publication, a data set, or plain recollection."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official text")
        REGISTER = "register", _("official register")
        PUBLICATION = "publication", _("publication")
        DATASET = "dataset", _("data set")
        WEB = "web", _("web page")
        RECALLED = "recalled", _("recalled, not yet checked against a source")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    get_kind_display = quick_display("kind", Kind)
    citation = LanguageMapField(_("citation"))
    url = models.URLField(
        _("address"), blank=True, max_length=500, validators=[validate_web_address]
    )
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    licence = models.ForeignKey(
        "Licence", models.PROTECT, null=True, blank=True, verbose_name=_("licence")
    )
    search_text = models.TextField(default="", editable=False, serialize=False)

    derived_fields = ("search_text",)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["uid"]

    def __str__(self) -> str:
        return self.citation.best().text

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        self.search_text = normalize.index_text(list(self.citation.values()), (), ())

    @property
    def is_recalled(self) -> bool:
        return self.kind == self.Kind.RECALLED


# That let everybody use, change and sell a picture.
_FREE = re.compile(
    r"https?://(www\.)?creativecommons\.org/(licenses/by(-sa)?|publicdomain/(zero|mark))/"
)


class Licence(Record):
    """Terms of use, such as CC BY 4.0."""

    code = models.CharField(
        _("code"), max_length=40, unique=True, help_text=_("SPDX, such as CC-BY-4.0.")
    )
    label = LanguageMapField(_("label"))
    url = models.URLField(_("address"), blank=True, validators=[validate_web_address])

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label.best().text

    @property
    def is_free(self) -> bool:
        """Whether everybody may use, change and sell the work under it, by its address."""
        return _FREE.match(self.url) is not None


class SourcedSentence(Record):
    """One sentence of the summary or the description, in one language or several, and its source.

    It is valid as long as one of these texts contains it word for word: a sentence that was
    rewritten no longer rests on this source.
    """

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="sentences", verbose_name=_("site")
    )
    text = LanguageMapField(
        _("sentence"), help_text=_("Word for word as it stands in the summary or the description.")
    )
    source = models.ForeignKey("Source", models.PROTECT, verbose_name=_("source"))
    # See services/denormalized.py.
    stands = models.BooleanField(default=False, db_default=False, editable=False, serialize=False)

    refreshed_fields = ("stands",)

    owner = "site"

    class Meta:
        verbose_name = _("sentence with a source")
        verbose_name_plural = _("sentences with a source")
        ordering = ["uid"]

    def __str__(self) -> str:
        return self.text.best().text

    def clean(self) -> None:
        super().clean()
        if not self.text:
            raise ValidationError({"text": _("Write the sentence in one language at least.")})

    def stands_in(self, *texts: LanguageMap) -> bool:
        """Whether one of the texts contains the sentence, in any of its languages."""
        return any(
            words in text.get(code, "") for code, words in self.text.items() for text in texts
        )
