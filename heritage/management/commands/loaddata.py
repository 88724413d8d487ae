"""Django's loaddata, with what follows from the rows refreshed once, in the same transaction."""

import reversion
from django.core.management.commands import loaddata

from heritage.models.changes import batch


class Command(loaddata.Command):
    def loaddata(self, fixture_labels) -> None:
        with reversion.create_revision(), batch():
            reversion.set_comment("loaddata " + " ".join(fixture_labels))
            super().loaddata(fixture_labels)
