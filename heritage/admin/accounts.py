"""Admin of users, groups, the catalogue's identity and the list of loaded fixture rows."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.admin.access import ReadOnlyAdmin, user_of
from heritage.admin.autocomplete import MultipleRowsField
from heritage.admin.base import RecordAdmin
from heritage.admin.forms import Fields
from heritage.admin.lookups import ListLookups
from heritage.models import Identity, LoadedRow, User
from heritage.values.sentences import listed


def _may_change(user: User, other: User | None) -> bool:
    return user.is_superuser or other is None or not other.is_superuser


class GroupsField(MultipleRowsField):
    """A few groups, all of them to be seen; the default ones in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return gettext(obj.name)


class GroupsFilter(admin.RelatedFieldListFilter):
    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[Any, Any]]:
        choices = super().field_choices(field, request, model_admin)
        return [(pk, gettext(str(name))) for pk, name in choices]


@admin.register(User)
class CatalogueUserAdmin(ListLookups, UserAdmin):
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
        (_("What they may do"), {"fields": ("groups", "is_active", "is_staff", "is_superuser")}),
        (_("Single permissions"), {"classes": ("collapse",), "fields": ("user_permissions",)}),
        (_("Kept by the catalogue"), {"fields": (("last_login", "date_joined"),)}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {
                "form_class": GroupsField,
                "widget": forms.CheckboxSelectMultiple,
                "queryset": Group.objects.order_by("pk"),
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
        return listed(gettext(group.name) for group in user.groups.all())


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
        (None, {"fields": ("name", "tagline", "logo", "email")}),
        (_("Texts"), {"fields": ("about", "privacy")}),
    )

    @admin.display(description=_("name"))
    def display_name(self, row: Identity) -> str:
        return str(row)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Identity.objects.exists()


@admin.register(LoadedRow)
class LoadedRowAdmin(ReadOnlyAdmin):
    """Written by the loader alone."""

    list_display = ("label", "uid", "file")
    list_filter = ("label", "file")
    search_fields = ("uid", "label", "file")
    readonly_fields = ("label", "uid", "file", "source_digest", "stored_digest")
