"""“Suggest a correction” and “Offer a photograph”: forms on the page of each site.

Both are stored in the editors' queue. A photograph is stored as it was sent, in a folder that is
never served, until an editor makes a picture of the site from it. Spam is kept out without an
external service: a honeypot field, a signed form that cannot be sent at once, late or twice, a
limit on links, and limits for each network.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from heritage.media import ImageRefused, make_safe, pending_uploads
from heritage.models import Correction, Licence, Site, statements
from heritage.models.statements import Statement, StatementKind
from heritage.search import current_index, page_rows
from heritage.server.client_address import client_network
from heritage.server.timeouts import NotWritten, StorageFailed, lock_timeout
from heritage.web.access import any_site, gone
from heritage.web.shared import certainty, meta_tags
from heritage.web.shared.context import moved, private, with_query

MIN_SECONDS = 3  # nobody reads and writes faster
MAX_SECONDS = 12 * 3600
MIN_TEXT, MAX_TEXT = 10, 4000
MAX_ALT = 500  # characters that are said of a photograph
MIN_SIDE = 480  # pixels of a photograph
MAX_LINKS = 2  # besides the one in its own field
PER_HOUR, PER_DAY = 5, 15  # from one network address
_DAY = timedelta(days=1)
_SKEW = timedelta(seconds=5)  # clocks of several machines may differ by this much
_SALT = "heritage.correction"
_BUSY = _(
    "The catalogue is being written to just now. What you wrote is kept: send it once more in a "
    "moment."
)
_FULL = _(
    "Nothing can be saved just now: the catalogue's disk is full or cannot be written to. What you "
    "wrote is kept on this page: send it once more later."
)
_LINK = re.compile(r"https?:|www\.|ftp:", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*a\b|\[\s*(url|link)\b|\bhref\s*=", re.IGNORECASE)


# What a correction of a statement is about.
_TOPICS = {
    StatementKind.TEXT: Correction.Topic.TEXT,
    StatementKind.SENTENCE: Correction.Topic.TEXT,
    StatementKind.EVENT: Correction.Topic.DATES,
    StatementKind.STATUS: Correction.Topic.STATUS,
    StatementKind.REASON: Correction.Topic.STATUS,
    StatementKind.POINT: Correction.Topic.POSITION,
    StatementKind.AREA: Correction.Topic.POSITION,
    StatementKind.QUANTITY: Correction.Topic.TEXT,
    StatementKind.VISIT: Correction.Topic.VISIT,
    StatementKind.NAME: Correction.Topic.NAME,
}


class ReaderForm(forms.ModelForm):
    """What both forms have. `website` is the honeypot, `key` the signed token."""

    error_css_class = "has-problem"
    topic: Correction.Topic | None = None  # where the reader does not choose it
    is_quick = False  # one tap, and no text
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, site: Site, sender: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.site, self.sender = site, sender
        self.form_key, self.age = "", 0.0

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("This field is a trap for robots: leave it empty."), "trap")
        return ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        self.form_key = self._form_key(cleaned.get("key", ""))
        if self.errors:
            return cleaned
        if self.age < MIN_SECONDS and not self.is_quick:
            raise ValidationError(
                _("That was very quick. Wait a few seconds and send it once more."), code="fast"
            )
        if _is_flood(self.sender):
            raise ValidationError(
                _(
                    "There were many suggestions from your network today. Please send this one "
                    "tomorrow, or write to us."
                ),
                code="flood",
            )
        return cleaned

    def _form_key(self, signed: str) -> str:
        try:
            data = signing.loads(signed, salt=_SALT)
        except signing.BadSignature:
            data = {"site": "", "at": 0}
        self.age = timezone.now().timestamp() - data["at"]
        if data["site"] != self.site.uid or self.age > MAX_SECONDS:
            raise ValidationError(
                _("This form was open for too long. What you wrote is kept: send it once more."),
                code="old",
            )
        return data["key"]


class CorrectionForm(ReaderForm):
    """What is wrong, and what would be right."""

    class Meta:
        model = Correction
        fields = ("topic", "text", "suggestion", "link", "email")
        labels = {
            "topic": _("What is it about?"),
            "text": _("What is wrong?"),
            "suggestion": _("What would be right?"),
            "link": _("Source"),
            "email": _("Your e-mail address"),
        }
        help_texts = {
            "suggestion": _("If you know it."),
            "link": _("The address of a page that says so, if there is one."),
            "email": _("Only if you would like an answer. It is shown to the editors alone."),
        }
        widgets = {
            "text": forms.Textarea({"rows": 5, "maxlength": MAX_TEXT}),
            "suggestion": forms.Textarea({"rows": 4, "maxlength": MAX_TEXT}),
            "link": forms.URLInput({"inputmode": "url", "placeholder": "https://"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }

    def __init__(
        self,
        *args: Any,
        about: Statement | None = None,
        holds: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.holds = self.is_quick = holds
        self.about = certainty.label_of(about, list(self.site.kinds.all())) if about else ""
        topic = cast(forms.ChoiceField, self.fields["topic"])
        topic.choices = [("", _("Choose …")), *Correction.Topic.choices]

    def clean_text(self) -> str:
        text = normalize_newlines(self.cleaned_data["text"])
        if len(text) < MIN_TEXT and not any(ord(letter) >= 0x2E80 for letter in text):
            raise ValidationError(_("Please say a little more."), code="short")
        quoted = f"“{self.about}”\n{text}" if self.about else text
        return _without_links(quoted[:MAX_TEXT])

    def clean_suggestion(self) -> str:
        return _without_links(normalize_newlines(self.cleaned_data["suggestion"]))


class PhotographForm(ReaderForm):
    """A photograph that a reader offers; its `text` is the alternative text."""

    topic = Correction.Topic.PICTURE
    picture = forms.FileField(
        label=_("Photograph"),
        help_text=_("JPEG, PNG, WebP, AVIF or TIFF."),
        widget=forms.FileInput({"accept": "image/*"}),
    )
    # Of a file that was sent before, when something else was wrong.
    picture_pending = forms.CharField(widget=forms.HiddenInput, required=False)
    author = forms.CharField(
        label=_("Who made it?"),
        max_length=200,
        help_text=_("The name that stands beside the photograph."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    licence = forms.ModelChoiceField(
        Licence.objects.none(),
        label=_("Under which licence?"),
        help_text=_("Each lets everybody use and change it; most ask that its maker is named."),
        empty_label=_("Choose …"),
    )
    may_give = forms.BooleanField(
        label=_("I made it, or may give it under this licence for the one who did."),
        error_messages={"required": _("Without this it cannot be shown.")},
    )

    class Meta:
        model = Correction
        fields = ("text", "suggestion", "email")
        labels = {
            "text": _("What does it show?"),
            "suggestion": _("What else is known of it?"),
            "email": CorrectionForm.Meta.labels["email"],
        }
        help_texts = {
            "text": _("In a sentence, for those who do not see it."),
            "suggestion": _("When it was made and from where."),
            "email": CorrectionForm.Meta.help_texts["email"],
        }
        widgets = {
            "text": forms.Textarea({"rows": 3, "maxlength": MAX_ALT}),
            "suggestion": forms.Textarea({"rows": 3, "maxlength": MAX_ALT}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }

    field_order = ("picture", "text", "author", "licence", "may_give", "suggestion", "email")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        free = [licence.pk for licence in Licence.objects.all() if licence.is_free]
        field = cast(forms.ModelChoiceField, self.fields["licence"])
        field.queryset = Licence.objects.filter(pk__in=free)
        for name in ("text", "suggestion"):
            self.fields[name].validators.append(MaxLengthValidator(MAX_ALT))

    def show_pending(self, name: str | None) -> None:
        words = _("“%(name)s” is kept and need not be chosen again.")
        self["picture"].help_text = words % {"name": name}

    def clean_text(self) -> str:
        return _without_any_link(normalize_newlines(self.cleaned_data["text"]))

    def clean_suggestion(self) -> str:
        return _without_any_link(normalize_newlines(self.cleaned_data["suggestion"]))

    def clean(self) -> dict[str, Any]:
        """Decodes the photograph last, as this takes time and the form may be refused anyway."""
        cleaned = super().clean()
        if not self.errors:
            try:
                safe = make_safe(
                    cleaned["picture"],
                    max_bytes=settings.IMAGE_MAX_BYTES,
                    max_pixels=settings.IMAGE_MAX_PIXELS,
                )
            except ImageRefused as error:
                self.add_error("picture", ValidationError(str(error), code="invalid_image"))
                return cleaned
            if max(safe.width, safe.height) < MIN_SIDE:
                text = _(
                    "It is too small to be shown: %(limit)s pixels on its longer side at least."
                )
                self.add_error("picture", ValidationError(text % {"limit": MIN_SIDE}, code="small"))
            digest = hashlib.sha256(safe.original).hexdigest()
            self.instance.picture = ContentFile(
                safe.original, f"{digest}.{safe.original_extension}"
            )
            self.instance.author, self.instance.licence = cleaned["author"], cleaned["licence"]
        return cleaned


def new_key(site: Site) -> str:
    """A signed token: the site, the time, and a random name."""
    data = {"site": site.uid, "at": int(timezone.now().timestamp()), "key": secrets.token_hex(16)}
    return signing.dumps(data, salt=_SALT)


def _without_links(text: str) -> str:
    if _MARKUP.search(text) or len(_LINK.findall(text)) > MAX_LINKS:
        raise ValidationError(
            _("There are too many links in this. Give one, in its own field below."), code="links"
        )
    return text


def _without_any_link(text: str) -> str:
    if _MARKUP.search(text) or _LINK.search(text):
        raise ValidationError(_("Leave links out of this."), code="links")
    return text


# --- who sends -------------------------------------------------------------------------------


def sender_of(request: HttpRequest) -> str:
    """A keyed digest of the address and the day: it detects floods without revealing the
    address."""
    message = f"{timezone.localdate()} {client_network(request.META)}"
    key = f"{_SALT} {settings.SECRET_KEY}".encode()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def _is_flood(sender: str) -> bool:
    now = timezone.now()
    # What is of the future was sent while a clock ran ahead, and says nothing.
    sent = Correction.objects.filter(sender=sender, created_at__lte=now + _SKEW)
    recent = sent.filter(created_at__gt=now - timedelta(hours=1)).count()
    return recent >= PER_HOUR or sent.filter(created_at__gt=now - _DAY).count() >= PER_DAY


# --- views -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def correction(request: HttpRequest, slug: str) -> HttpResponse:
    """The page with the form, and the answer to it."""
    site = Site.objects.published().filter(slug=slug).first()
    if site is None:
        return _not_public(request, slug, "web:correction")
    about = _statement(site, request.GET.get("about", ""))
    topic = {"topic": str(_TOPICS[about.kind])} if about else {}
    may_hold = "visit" in topic.values()
    holds = may_hold and bool(request.GET.get("holds"))
    if holds:
        topic["text"] = str(_("It still holds: seen by a visitor."))
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        site=site,
        sender=sender_of(request),
        about=about,
        holds=holds,
        initial={"key": new_key(site), **topic},
    )
    address = reverse("web:correction", args=[site.slug])
    context = {
        "address": with_query(address, urlencode(_about(about, holds))),
        "holds": holds,
        "holds_key": certainty.key_of(about) if about and may_hold else "",
    }
    title = str(_("Suggest a correction"))
    return _answered(request, form, "web/correction.html", title, context)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def photograph(request: HttpRequest, slug: str) -> HttpResponse:
    """The page with the form by which a reader offers a photograph, and the answer to it."""
    site = Site.objects.published().filter(slug=slug).first()
    if site is None:
        return _not_public(request, slug, "web:photograph")
    if request.method == "POST":
        pending_uploads.take_all(pending_uploads.VISITORS, request)
    form = PhotographForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        site=site,
        sender=sender_of(request),
        initial={"key": new_key(site)},
    )
    context = {"address": reverse("web:photograph", args=[site.slug])}
    title = str(_("Offer a photograph"))
    return _answered(request, form, "web/photograph.html", title, context)


def _answered(
    request: HttpRequest, form: ReaderForm, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    """The page with the form, and what is wrong with it; or thanks, once it is stored."""
    status, is_busy = 200, False
    if request.method == "POST" and form.is_valid():
        try:
            with lock_timeout(settings.WRITE_WAIT_SECONDS):
                _store(form)
            return HttpResponseRedirect(reverse("web:correction_thanks", args=[form.site.slug]))
        except NotWritten as error:
            is_busy = not isinstance(error, StorageFailed)
            form.add_error(None, ValidationError(_BUSY if is_busy else _FULL, code="busy"))
            status = 503
            _keep_picture(request, form)
    elif form.errors:
        status = 429 if form.has_error("__all__", "flood") else 400
        if not form.form_key:  # what was written is kept, and can be sent with a fresh signature
            _show_again(form, key=new_key(form.site))
        if status == 400 and "website" not in form.errors:
            _keep_picture(request, form)
    context |= {
        "site": form.site,
        "form": form,
        "head": meta_tags.hidden(title),
        "is_busy": is_busy,
    }
    response = render(request, template, context, status=status)
    if status == 503:
        response["Retry-After"] = str(settings.RETRY_AFTER_SECONDS)
    return private(response)


def _show_again(form: ReaderForm, **values: str) -> None:
    """Show the form again with other values of hidden fields than were sent."""
    data = cast(QueryDict, form.data).copy()
    for name, value in values.items():
        data[name] = value
    form.data = data


def _keep_picture(request: HttpRequest, form: ReaderForm) -> None:
    """Store for a day a file that may be valid, so that it need not be chosen again."""
    upload = request.FILES.get("picture")
    if not isinstance(form, PhotographForm) or upload is None or "picture" in form.errors:
        return
    if (upload.size or 0) > settings.IMAGE_MAX_BYTES:
        return
    with suppress(OSError):  # where nothing can be stored, it has to be sent again
        _show_again(form, picture_pending=pending_uploads.keep(pending_uploads.VISITORS, upload))
        form.show_pending(upload.name)


def _about(about: Statement | None, holds: bool) -> dict[str, str]:
    """The query of the form: which statement it is about, and whether the reader confirms it."""
    if about is None:
        return {}
    return {"about": certainty.key_of(about)} | ({"holds": "1"} if holds else {})


def _statement(site: Site, key: str) -> Statement | None:
    """The statement that a link of the page is about; None if there is none, or no longer."""
    if not key:
        return None
    rows = page_rows.read_site(site, current_index().vocabulary)
    found = statements.statements_of(rows)
    return next((each for each in found if certainty.key_of(each) == key), None)


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    site = Site.objects.published().filter(slug=slug).first()
    if site is None:
        return _not_public(request, slug, "web:correction_thanks")
    context = {"site": site, "head": meta_tags.hidden(str(_("Thank you")))}
    return private(render(request, "web/correction_thanks.html", context))


def _store(form: ReaderForm) -> None:
    found = form.save(commit=False)
    found.topic = form.topic or found.topic
    found.site, found.sender, found.form_key = form.site, form.sender, form.form_key
    found.language = get_language()
    same = Correction.objects.filter(site=found.site, sender=found.sender, text=found.text)
    if form.is_quick and same.exists():  # said already
        return
    found.send()


def _not_public(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The answer for a site that is not public, as its own page gives it."""
    site = any_site(slug)
    if site is not None and site.state == Site.State.PUBLISHED:
        return moved(reverse(name, args=[site.slug]))
    return gone(request, site)
