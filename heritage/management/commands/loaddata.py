"""Django's loaddata as one act: one revision, and what follows from the rows refreshed once."""

from django.core.management.commands import loaddata

from heritage.catalogue.index import store
from heritage.models.acts import act


class Command(loaddata.Command):
    def loaddata(self, fixture_labels) -> None:
        with act(comment="loaddata " + " ".join(fixture_labels)):
            super().loaddata(fixture_labels)
        store.refresh_snapshot()
