"""Writes to the security log: each log-in, each refused attempt, and each change of passwords,
codes, passkeys and permissions."""

from typing import Any, cast

from allauth.account.signals import user_logged_in, user_logged_out
from allauth.mfa import signals as mfa
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.http import HttpRequest

from heritage.models import User
from heritage.server.security_log import note, quoted, warn

_RIGHTS = ("is_active", "is_staff", "is_superuser")
_WATCHED = ("username", "password", *_RIGHTS)
_SHOWN = 5  # groups or permissions that a line names; of others it tells the number


def connect() -> None:
    """Called once the app is ready."""
    user_logged_in.connect(_logged_in, dispatch_uid="security log")
    user_logged_out.connect(_logged_out, dispatch_uid="security log")
    mfa.authenticator_added.connect(_authenticator, dispatch_uid="security log: added")
    mfa.authenticator_removed.connect(_authenticator, dispatch_uid="security log: removed")
    mfa.authenticator_reset.connect(_authenticator, dispatch_uid="security log: reset")
    mfa.authentication_failed.connect(_code_refused, dispatch_uid="security log")
    pre_save.connect(_before, sender=User, dispatch_uid="security log")
    post_save.connect(_after, sender=User, dispatch_uid="security log")
    post_delete.connect(_deleted, sender=User, dispatch_uid="security log")
    for relation in (User.groups, User.user_permissions, Group.permissions):
        m2m_changed.connect(_rights, sender=relation.through, dispatch_uid="security log")


def _logged_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("log-in", user.username, request)


def _logged_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note("log-out", user.username, request)


def _authenticator(
    signal: Any, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any
) -> None:
    event = {
        id(mfa.authenticator_added): "added",
        id(mfa.authenticator_removed): "removed",
        id(mfa.authenticator_reset): "made anew",
    }[id(signal)]
    warn(f"{authenticator.type} {event}", user.username, request)


def _code_refused(request: HttpRequest, user: User, **kwargs: Any) -> None:
    warn("code refused", user.username, request)


def _before(instance: User, update_fields: Any = None, **kwargs: Any) -> None:
    """Remember the stored account, if a column may be written whose changes are logged."""
    instance.stored_before = {}  # type: ignore[attr-defined]  # until it is saved
    if update_fields is None or not set(_WATCHED).isdisjoint(update_fields):
        rows = User.objects.filter(pk=instance.pk).values(*_WATCHED)
        instance.stored_before = rows.first() or {}  # type: ignore[attr-defined]  # as above


def _after(instance: User, created: bool, **kwargs: Any) -> None:
    before = vars(instance).pop("stored_before", {})
    if created:
        warn("account made", instance.username)
    for column, value in before.items():
        now = getattr(instance, column)
        if now == value:
            continue
        if column == "password":
            event = "password changed or hashed anew"  # as Django does when its hashes get stronger
        elif column == "username":
            event = f"renamed from {quoted(value)}"
        else:
            event = f"{column} {'given' if now else 'taken away'}"
        warn(event, instance.username)


def _deleted(instance: User, **kwargs: Any) -> None:
    warn("account deleted", instance.username)


def _rights(
    sender: Any, instance: Model, action: str, reverse: bool, pk_set: Any, model: Any, **kwargs: Any
) -> None:
    """Groups and permissions of an account, or permissions of a group."""
    verb = {"post_add": "given", "post_remove": "taken away", "pre_clear": "all taken away"}
    if action not in verb or pk_set == set():
        return
    rows = list(model._default_manager.filter(pk__in=pk_set)) if pk_set else []
    if reverse:  # group.user_set.add(user)
        for row in rows:
            _log_rights(row, [instance], verb[action])
    else:
        _log_rights(instance, rows, verb[action])


def _log_rights(holder: Model, rows: list[Any], verb: str) -> None:
    shown = [
        row.codename if isinstance(row, Permission) else cast(Group, row).name
        for row in rows[:_SHOWN]
    ]
    if len(rows) > _SHOWN:
        shown.append(f"and {len(rows) - _SHOWN} more")
    names = ", ".join(shown)
    of = "" if isinstance(holder, User) else f" (group {quoted(str(holder))})"
    account = holder.username if isinstance(holder, User) else ""
    warn(f"{names or 'rights'} {verb}{of}", account)
