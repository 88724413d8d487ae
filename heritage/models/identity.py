"""The identity of the installation: name, logo, about and privacy texts, number of its maps."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from heritage.models.base import Record, RecordQuerySet
from heritage.models.fields import LanguageMapField, PictureField
from heritage.values.language import LanguageMap, interface_languages


class IdentityQuerySet(RecordQuerySet["Identity"]):
    def current(self) -> "Identity":
        """The stored identity, or a default one."""
        return self.first() or Identity(name=_default_name())


def _default_name() -> LanguageMap:
    """The default name in each language, whichever is active."""
    names = {}
    for code in interface_languages():
        with override(code):
            names[code] = str(settings.DEFAULT_CATALOGUE_NAME)
    return LanguageMap(names)


class Identity(Record):
    """The identity of the catalogue; there is one row."""

    name = LanguageMapField(_("name"))
    tagline = LanguageMapField(_("tagline"), blank=True)
    logo = PictureField(_("logo"), upload_to="identity/", blank=True)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    about = LanguageMapField(_("about"), blank=True, help_text=_("Markdown."))
    privacy = LanguageMapField(_("privacy"), blank=True, help_text=_("Markdown."))
    email = models.EmailField(_("e-mail"), blank=True)
    map_number = models.CharField(
        _("map number"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Printed on every map, such as the approval number that maps published in China need: "
            "GS(2024)0650号."
        ),
    )

    objects: ClassVar = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identity")

    def __str__(self) -> str:
        return self.name.best().text

    def clean(self) -> None:
        super().clean()
        if Identity.objects.exclude(pk=self.pk).exists():
            raise ValidationError(_("There is an identity already: change that one."))
