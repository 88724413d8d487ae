"""Corrections suggested by readers. They wait in a queue and change no record themselves."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import OriginalField, PlainTextField
from heritage.models.history import ChangeSet
from heritage.models.unit_of_work import change_set
from heritage.models.users import User
from heritage.values.web_address import validate_web_address

_SENDER_STORED = timedelta(days=1)


class Correction(Record):
    """A suggestion about one site, or a photograph that is offered for it.

    A `picture` is stored as it was sent, in a folder that is never served, until it is accepted or
    declined. With a picture, `text` says what it shows, and `suggestion` what else is known of it.

    The sender is known by e-mail address only, if one was given. `sender` is a keyed digest of the
    network address and the day, kept for a day to limit floods. Neither is part of a fixture or a
    revision.
    """

    class Topic(models.TextChoices):
        NAME = "name", _("a name")
        DATES = "dates", _("dates and history")
        POSITION = "position", _("where it lies")
        STATUS = "status", _("protection or World Heritage status")
        VISIT = "visit", _("planning a visit")
        PICTURE = "picture", _("a picture")
        TEXT = "text", _("the description")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        NEW = "new", _("new")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        SPAM = "spam", _("spam")

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="corrections", verbose_name=_("site")
    )
    topic = models.CharField(_("what it is about"), max_length=12, choices=Topic)
    text = PlainTextField(_("what is wrong"), max_length=4000)
    suggestion = PlainTextField(_("what would be right"), max_length=4000, blank=True)
    link = models.URLField(
        _("where that can be read"), max_length=500, blank=True, validators=[validate_web_address]
    )
    picture = OriginalField(
        _("picture"),
        upload_to="offered/",
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    author = models.CharField(
        _("author"), max_length=200, blank=True, default="", db_default="", editable=False
    )
    licence = models.ForeignKey(
        "Licence",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("licence"),
    )
    email = models.EmailField(_("e-mail"), blank=True, serialize=False)
    language = models.CharField(_("language"), max_length=35, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.NEW, db_index=True
    )
    note = PlainTextField(_("editors' note"), blank=True, help_text=_("Never shown outside."))
    answer = PlainTextField(
        _("answer to the reader"),
        blank=True,
        help_text=_("Sent by mail, where there is an address."),
    )
    created_at = models.DateTimeField(_("sent"), editable=False, serialize=False, db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        serialize=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False, serialize=False)
    sender = models.CharField(
        max_length=64, blank=True, editable=False, serialize=False, db_index=True
    )
    # Of the form that it was sent with: a form is good for one suggestion.
    form_key = models.CharField(
        max_length=32, null=True, unique=True, editable=False, serialize=False
    )

    derived_fields = ("created_at",)
    recorded_when_deleted = ("created_at", "decided_by", "decided_at")
    copied_fields = (*recorded_when_deleted, "email", "form_key")  # not where it came from
    describes_sites = False

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.site}: {self.get_topic_display()}"

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        self.created_at = self.created_at or timezone.now()

    def send(self) -> None:
        """Store the suggestion; if it is sent twice with the same `form_key`, it is stored once."""
        # What told floods apart yesterday is forgotten.
        every: models.QuerySet[Correction] = models.QuerySet(Correction)
        old = every.filter(created_at__lt=timezone.now() - _SENDER_STORED).exclude(sender="")
        old.update(sender="")  # nothing follows from it, so nobody else need wait
        try:
            with change_set(ChangeSet.Kind.CORRECTION):
                self.save()
        except IntegrityError:
            if not Correction.objects.filter(form_key=self.form_key).exists():
                raise

    def decide(self, state: str, user: User | None) -> None:
        """Set the state and record who decided and when; reopening clears both.

        The file of a picture that was not accepted is deleted later by `sweep_pictures`; until then
        the history can restore it.
        """
        self.state = state
        is_open = state == self.State.NEW
        if state in (self.State.DECLINED, self.State.SPAM):
            self.picture = ""
        self.decided_by = None if is_open else user
        self.decided_at = None if is_open else timezone.now()
