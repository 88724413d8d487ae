"""Admin of users, groups, the catalogue's identity and the list of loaded fixture rows."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.admin.access import ReadOnlyAdmin, user_of
from heritage.admin.accounts.authentication import send_password_link
from heritage.admin.autocomplete import MultipleRowsField
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.form.record_form import Fields
from heritage.admin.lookups import ListLookups
from heritage.models import CommandRun, Identity, LoadedRow, User
from heritage.services import outbox
from heritage.values.language import join_words


def _may_change(user: User, other: User | None) -> bool:
    return user.is_superuser or other is None or not other.is_superuser


class GroupsField(MultipleRowsField):
    """A choice of groups as checkboxes; the default groups have names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return gettext(obj.name)


class GroupsFilter(admin.RelatedFieldListFilter):
    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[Any, Any]]:
        choices = super().field_choices(field, request, model_admin)
        return [(pk, gettext(str(name))) for pk, name in choices]


class NewUserForm(AdminUserCreationForm):
    """A new account: its password is set here, or by its owner with a link that is mailed."""

    # Django's own field, which shows and hides those of the password.
    usable_password = forms.ChoiceField(
        label=_("Password"),
        initial="false",
        choices={"false": _("send a link to set one"), "true": _("set one here")},
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not settings.MAIL_IS_SET_UP:
            del self.fields["usable_password"]

    def clean(self) -> dict[str, Any]:
        sends_link = self.cleaned_data.get("usable_password") == "false"
        cleaned = super().clean() or self.cleaned_data
        if sends_link and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Where is the link to be sent?"))
        if sends_link and (cleaned.get("password1") or cleaned.get("password2")):
            self.add_error("usable_password", _("Send a link or set a password, not both."))
        return cleaned


# In the list alone: in the form of an account, Enter in a field would press the button of actions.
@admin.action(description=_("Send a link to set a password"), permissions=["change"])
def send_links(model_admin: Any, request: HttpRequest, users: QuerySet[User]) -> None:
    found = list(users)
    transaction.on_commit(lambda: model_admin.send_links(request, found))


@admin.register(User)
class CatalogueUserAdmin(ListLookups, UserAdmin):
    add_form = NewUserForm
    actions = [send_links]
    list_display = (
        "username",
        "full_name",
        "email",
        "group_names",
        "is_staff",
        "is_active",
        "last_login",
    )
    list_filter = (("groups", GroupsFilter), "is_staff", "is_superuser", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Who it is"), {"fields": (("first_name", "last_name"), "email")}),
        (_("What they may do"), {"fields": ("groups", "is_active", "is_superuser")}),
        (_("Single permissions"), {"classes": ("collapse",), "fields": ("user_permissions",)}),
        (_("Kept by the catalogue"), {"fields": (("last_login", "date_joined"),)}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        password = ("usable_password", "password1", "password2")
        who = ("username", ("first_name", "last_name"), "email", "groups")
        return ((None, {"fields": (*who, *password[not settings.MAIL_IS_SET_UP :])}),)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Lets users log in to the admin if they are in a group or have permissions of their
        own."""
        super().save_related(request, form, formsets, change)
        user: User = form.instance
        user.is_staff = user.is_superuser or user.groups.exists() or user.user_permissions.exists()
        user.save(update_fields=["is_staff"])

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: Any = None
    ) -> HttpResponse:
        if not obj.has_usable_password():
            transaction.on_commit(lambda: self.send_links(request, [obj]))
        return super().response_add(request, obj, post_url_continue)

    def send_links(self, request: HttpRequest, users: list[User]) -> None:
        """Mail links to set a password; messages say to whom, and to whom not and why."""
        if not settings.MAIL_IS_SET_UP:
            text = gettext("No mail can be sent: HERITAGE_EMAIL_URL names no mail server.")
            self.message_user(request, text, messages.ERROR)
            return
        closed = [user for user in users if not (user.email and user.is_active)]
        sent = [user for user in users if user not in closed and send_password_link(request, user)]
        failed = [user for user in users if user not in closed and user not in sent]
        for found, text, level in (
            (sent, gettext("A link to set a password was sent to %(names)s."), messages.SUCCESS),
            (
                closed,
                gettext("No link was sent to %(names)s: no e-mail address, or not active."),
                messages.WARNING,
            ),
            (
                failed,
                gettext("The mail server did not take the link for %(names)s. Send it again."),
                messages.ERROR,
            ),
        ):
            if found:
                names = join_words(f"{user.display_name} <{user.email}>".strip() for user in found)
                self.message_user(request, text % {"names": names}, level)
        if sent and outbox.is_used() and not CommandRun.objects.has_worker():
            text = gettext("No background worker runs: the mail waits until one does.")
            self.message_user(request, text, messages.WARNING)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {
                "form_class": GroupsField,
                "widget": forms.CheckboxSelectMultiple,
                "queryset": Group.objects.order_by("pk"),
                "help_text": _("Whoever is in a group may log in to these pages."),
            }
        else:
            kwargs["form_class"] = MultipleRowsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # Only superusers create or change superusers.

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Fields:
        fields = super().get_readonly_fields(request, obj)
        if user_of(request).is_superuser:
            return fields
        return (*fields, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(user_of(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(user_of(request), obj)

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("groups"))
    def group_names(self, user: User) -> str:
        return join_words(gettext(group.name) for group in user.groups.all())


admin.site.unregister(Group)


@admin.register(Group)
class CatalogueGroupAdmin(ListLookups, GroupAdmin):
    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        kwargs["form_class"] = MultipleRowsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Identity)
class IdentityAdmin(RecordAdmin):
    list_display = ("display_name", "email")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "tagline", "logo", "email", "map_number")}),
        (_("Texts"), {"fields": ("about", "privacy")}),
    )

    @admin.display(description=_("name"))
    def display_name(self, row: Identity) -> str:
        return str(row)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Identity.objects.exists()


@admin.register(LoadedRow)
class LoadedRowAdmin(ReadOnlyAdmin):
    """The list of loaded rows, which only the loader writes."""

    list_display = ("label", "uid", "file")
    list_filter = ("label", "file")
    search_fields = ("uid", "label", "file")
    readonly_fields = ("label", "uid", "file", "source_digest", "stored_digest")
