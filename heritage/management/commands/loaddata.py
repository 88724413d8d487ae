"""Django's loaddata, which loads the catalogue's own fixtures by the rules of `exchange.fixtures`.

They may be named in any order and loaded again; what editors have changed is kept. Other files,
such as those that `dumpdata` writes, are loaded as Django does, in one change set. A dump of the
whole catalogue brings the history itself, and is loaded into an empty database.
"""

from collections.abc import Iterable
from pathlib import Path

from django.core import serializers
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.db import DEFAULT_DB_ALIAS

from heritage.exchange.fixtures import FixtureError, install, is_of_catalogue
from heritage.models import Change, ChangeSet
from heritage.models.unit_of_work import unit_of_work
from heritage.search import refresh_saved_index

REFUSED = "The fixtures cannot be loaded; nothing was changed.\n"


class Command(loaddata.Command):
    help = (
        "Installs the named fixtures. Those of the catalogue may be named in any order and "
        "again and again: what editors have changed or deleted is left alone."
    )

    def loaddata(self, fixture_labels: Iterable[str]) -> None:
        ours: dict[Path, None] = {}  # each once, in the order named
        others: list[str] = []
        problems: list[str] = []
        for label in fixture_labels:
            files = self._files(label)
            try:
                is_ours = bool(files) and all(map(is_of_catalogue, files))
            except FixtureError as error:
                problems += error.problems
                continue
            if is_ours:
                ours |= dict.fromkeys(files)
            else:
                others.append(label)
        if problems:
            raise CommandError(REFUSED + "\n".join(problems))
        if ours:
            self._install(list(ours))
        if others:
            try:
                self._load_as_django_does(others)
            except serializers.base.DeserializationError as error:
                raise CommandError(REFUSED + str(error)) from error
            refresh_saved_index()

    def _load_as_django_does(self, labels: list[str]) -> None:
        """Load other files as one change set, or without one, if they bring the history itself."""
        has_history = Change.objects.exists()
        with unit_of_work(all_or_nothing=True) as unit:
            unit.change_set.kind = ChangeSet.Kind.IMPORT
            unit.change_set.detail = {"files": labels}
            super().loaddata(labels)
            if Change not in self.models:
                return
            if has_history:
                raise CommandError(
                    "The file brings a history, and there is one already. Load it into an empty "
                    "database, or leave its history out: --exclude heritage.change "
                    "--exclude heritage.changeset"
                )
            unit.forget()

    def _files(self, label: str) -> list[Path]:
        if label == "-":  # standard input
            return []
        self.serialization_formats = serializers.get_public_serializer_formats()
        return [Path(file) for file, _folder, _name in self.find_fixtures(label)]

    def _install(self, paths: list[Path]) -> None:
        if self.excluded_apps or self.excluded_models or self.ignore:
            raise CommandError("Fixtures of the catalogue are loaded whole: leave out the options.")
        if self.using != DEFAULT_DB_ALIAS:
            raise CommandError("Fixtures of the catalogue go into the default database.")
        try:
            report = install(paths, self._tell)
        except FixtureError as error:
            raise CommandError(REFUSED + str(error)) from error
        if self.verbosity >= 1:
            self.stdout.write(f"Installed {len(paths)} fixture(s): {report}.")
            for line in report.edited:
                self.stdout.write(f"kept: {line}")

    def _tell(self, text: str) -> None:
        if self.verbosity >= 2:
            self.stdout.write(text)
