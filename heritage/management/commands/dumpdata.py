"""Django's dumpdata, without what is derived from records and made again when they are loaded."""

from typing import Any

from django.core.management.commands import dumpdata

from heritage.models import (
    CommandRun,
    GroupDefault,
    IndexChange,
    IndexPart,
    Job,
    JobLine,
    OutgoingMail,
    PendingRefresh,
    PreparedFile,
    Rendition,
    SiteEra,
    SortName,
    SpeltWord,
)

LEFT_OUT = (
    *(SiteEra, SortName, IndexChange, IndexPart, SpeltWord, PendingRefresh, Rendition),
    # Those of the installation that it is loaded into: the defaults of its groups, what it has run.
    *(GroupDefault, CommandRun, Job, JobLine, OutgoingMail, PreparedFile),
)


class Command(dumpdata.Command):
    def handle(self, *app_labels: str, **options: Any) -> None:
        named = {label.lower() for label in app_labels}
        derived = [model._meta.label for model in LEFT_OUT]
        options["exclude"] = [
            *options["exclude"],
            *(label for label in derived if label.lower() not in named),
        ]
        super().handle(*app_labels, **options)
