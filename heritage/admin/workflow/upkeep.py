"""The lines on backups and on `manage.py verify` that administrators see on the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.models import CommandRun, User

_OLD = timedelta(days=8)  # a backup that is worth a warning


@dataclass(frozen=True, slots=True)
class UpkeepLine:
    text: str
    is_warning: bool


def upkeep(user: User) -> list[UpkeepLine]:
    """The lines for users who manage accounts; none for others, who can do nothing about it."""
    if not user.has_perm("heritage.change_user"):
        return []
    return [_backup(CommandRun.objects.latest_of("backup")),
            _verification(CommandRun.objects.latest_of("verify"))]  # fmt: skip


def _backup(run: CommandRun | None) -> UpkeepLine:
    if run is None:
        return UpkeepLine(_("No backup was taken by “manage.py backup”."), True)
    details = {
        "time": timesince(run.at, depth=1),
        "size": filesizeformat(run.detail.get("bytes", 0)),
    }
    text = _("The last backup was taken %(time)s ago: %(size)s.") % details
    if missing := run.detail.get("missing"):
        words = ngettext(
            "%(count)s file of a picture was missing.",
            "%(count)s files of pictures were missing.",
            missing,
        )
        text = f"{text} {words % {'count': number_format(missing, force_grouping=True)}}"
    return UpkeepLine(text, bool(missing) or _is_old(run.at))


def _is_old(at: datetime) -> bool:
    return timezone.now() - at > _OLD


def _verification(run: CommandRun | None) -> UpkeepLine:
    if run is None:
        return UpkeepLine(_("All counts have never been verified by “manage.py verify”."), False)
    details: dict[str, object] = {"time": timesince(run.at, depth=1)}
    if run.is_proof:
        text = _("All counts were recomputed %(time)s ago, and all were right.") % details
        return UpkeepLine(text, False)
    if count := run.detail.get("count"):
        details["count"] = number_format(count, force_grouping=True)
        text = ngettext(
            "All counts were recomputed %(time)s ago: %(count)s difference. “manage.py verify” "
            "names it and what to do.",
            "All counts were recomputed %(time)s ago: %(count)s differences. “manage.py verify” "
            "names them and what to do.",
            count,
        )
        return UpkeepLine(text % details, True)
    text = _("The verification of all counts %(time)s ago was not completed.") % details
    return UpkeepLine(text, True)
