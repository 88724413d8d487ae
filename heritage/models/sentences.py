"""Sentences of a site's texts that have a source of their own."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import LanguageMapField
from heritage.models.sites import Site


class SourcedSentence(Record):
    """One sentence of the summary or the description, in one language or several, and its source.

    It stands for as long as one of these texts has it word for word: a sentence that somebody has
    rewritten since no longer rests on that source.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="sentences", verbose_name=_("site"))
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

    def stands_in(self, site: Site) -> bool:
        """Whether a text of the site has the sentence, in one of its languages."""
        texts = (site.summary, site.description)
        return any(
            words in text.get(code, "") for code, words in self.text.items() for text in texts
        )
