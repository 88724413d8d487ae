"""The default groups of users and their permissions.

Groups are created after `migrate`. Permissions that an operator has changed are left as they
are.
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import (
    create_permissions,
    rename_permissions_after_model_rename,
)
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_noop

CONTRIBUTOR, EDITOR, ADMINISTRATOR = (
    gettext_noop("contributor"),
    gettext_noop("editor"),
    gettext_noop("administrator"),
)
GROUPS = (CONTRIBUTOR, EDITOR, ADMINISTRATOR)

_ALL = ("view", "add", "change", "delete")
_LOOK = ("view",)

# What (contributor, editor, administrator) may do. Contributors' rights end at their own
# drafts, see access.py.
_RECORD = (("view", "add", "change"), _ALL, _ALL)
_ROW = (_ALL, _ALL, _ALL)
_VOCABULARY = (_LOOK, _ALL, _ALL)
_INSTALLATION = ((), (), _ALL)
_NONE = ((), (), ())

# For models with other defaults than defaults_for() derives.
DEFAULTS = {
    "heritage.site": (_ALL, (*_ALL, "publish"), (*_ALL, "publish")),
    "heritage.designation": _RECORD,
    "heritage.worldheritage": _RECORD,
    "heritage.designationevent": _ROW,
    "heritage.componentpoint": _ROW,
    "heritage.partof": _ROW,
    "heritage.formerslug": _VOCABULARY,
    "heritage.source": (("view", "add"), _ALL, _ALL),
    "heritage.custodian": (("view", "add"), _ALL, _ALL),
    "heritage.identity": ((), _LOOK, _ALL),
    "heritage.user": _INSTALLATION,
    "heritage.changeset": (_LOOK, _LOOK, _LOOK),
    "heritage.loadedrow": ((), _LOOK, _LOOK),
    # A contributor plans; who may change one applies it.
    "heritage.import": (("view", "add"), ("view", "add", "change"), ("view", "add", "change")),
    "heritage.job": (_LOOK, _LOOK, ("view", "change")),
    "heritage.outgoingmail": ((), (), ("view", "change")),
    "auth.group": _INSTALLATION,
    "admin.logentry": ((), (), _LOOK),
}


def connect() -> None:
    """Called once the app is ready."""
    post_migrate.connect(_after_migrate, dispatch_uid="groups")


def _after_migrate(sender: Any, using: str, apps: Any = installed, **kwargs: Any) -> None:
    if sender.label != "heritage":
        return
    try:
        apps.get_model("auth", "Permission")
        apps.get_model("heritage", "GroupDefault")
    except LookupError:  # migrated back to before these models existed
        return
    # Before those of a renamed model's new name are created: those of the old name are kept so.
    rename_permissions_after_model_rename(using=using, apps=apps, **kwargs)
    _create_permissions(apps, using)
    ensure(using)


def _create_permissions(apps: Any, using: str) -> None:
    """Create the permissions of all apps; Django creates some only after this app's turn."""
    for config in installed.get_app_configs():
        create_permissions(config, verbosity=0, using=using, apps=apps)


def ensure(using: str = "default") -> None:
    """Create the groups that were never created, and give each the defaults it was never given."""
    from django.contrib.auth.models import Group

    from heritage.models import GroupDefault

    known = set(GroupDefault.objects.using(using).values_list("group", "model"))
    permissions = _permissions(using)
    given = []
    group: Group | None
    for number, name in enumerate(GROUPS):
        if (name, "") not in known:
            group, _created = Group.objects.using(using).get_or_create(name=name)
            given.append((name, ""))
        else:
            group = Group.objects.using(using).filter(name=name).first()
        fresh = [model for model in permissions if (name, model) not in known]
        given += [(name, model) for model in fresh]
        if group:
            group.permissions.add(
                *(
                    permissions[model][action]
                    for model in fresh
                    for action in defaults_for(model)[number]
                    if action in permissions[model]
                )
            )
    GroupDefault.objects.using(using).bulk_create(
        GroupDefault(group=group, model=model) for group, model in given
    )


def defaults_for(model: str) -> tuple:
    """The default permissions of the groups on a model."""
    from heritage.models import Record

    if model in DEFAULTS:
        return DEFAULTS[model]
    try:
        found = installed.get_model(model)
    except LookupError:  # a model that no longer exists
        return _NONE
    if not issubclass(found, Record):
        return _NONE  # derived rows and internal tables
    return _ROW if found.owner == "site" else _VOCABULARY


def _permissions(using: str) -> dict[str, dict]:
    """Permissions by model and action, as in ["heritage.site"]["publish"]."""
    from django.contrib.auth.models import Permission

    found: dict[str, dict] = {}
    for permission in Permission.objects.using(using).select_related("content_type"):
        kind = permission.content_type
        action = permission.codename.removesuffix(f"_{kind.model}")
        found.setdefault(f"{kind.app_label}.{kind.model}", {})[action] = permission
    return found
