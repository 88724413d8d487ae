"""Comments of editors about a record before it is published. Readers never see them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.base import Record
from heritage.models.fields import PlainTextField


class Review(Record):
    """Who is assigned to a site, and when it is to be published automatically."""

    site = models.OneToOneField(
        "Site", models.CASCADE, related_name="review", verbose_name=_("site")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        serialize=False,
        related_name="reviews",
        verbose_name=_("assigned to"),
    )
    publish_at = models.DateTimeField(
        _("publish on"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Then it is published by itself, if nothing stands against it."),
    )
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        serialize=False,
        related_name="+",
        verbose_name=_("scheduled by"),
    )

    owner = "site"
    recorded_when_deleted = ("assigned_to", "scheduled_by")
    copied_fields = recorded_when_deleted
    describes_sites = False

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return str(self.site)


class ReviewComment(Record):
    """A comment on a record or on one of its fields.

    It is done, with all its answers, when an editor says so.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        SENT = "sent", _("sent to review")
        SENT_BACK = "sent_back", _("sent back")
        WITHDRAWN = "withdrawn", _("withdrawn by its author")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")
        ASSIGNED = "assigned", _("assigned")
        SCHEDULED = "scheduled", _("to be published later")
        REFUSED = "refused", _("could not be published")

    site = models.ForeignKey(
        "Site", models.CASCADE, related_name="review_comments", verbose_name=_("site")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMMENT)
    field = models.CharField(_("about"), max_length=40, blank=True)
    text = PlainTextField(_("text"), max_length=4000, blank=True)
    answer_to = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("answer to"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        serialize=False,
        related_name="+",
        verbose_name=_("author"),
    )
    at = models.DateTimeField(_("time"), default=timezone.now, serialize=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        serialize=False,
        related_name="+",
        verbose_name=_("done by"),
    )
    is_done = models.BooleanField(_("done"), default=False)

    owner = "site"
    recorded_when_deleted = ("author", "at", "done_by")
    copied_fields = recorded_when_deleted
    describes_sites = False

    class Meta:
        verbose_name = _("review comment")
        verbose_name_plural = _("review comments")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60] or str(self.get_kind_display())

    @property
    def author_name(self) -> str:
        """Who said it, as pages show it; a refusal to publish comes from a command."""
        if self.author:
            return self.author.display_name
        return str(_("a command") if self.kind == self.Kind.REFUSED else _("a deleted account"))
