"""Django's loaddata as one change set: what follows from the rows is refreshed once."""

from django.core.management.commands import loaddata

from heritage.services.history import change_set


class Command(loaddata.Command):
    def loaddata(self, fixture_labels) -> None:
        with change_set("import", files=[str(label) for label in fixture_labels]):
            super().loaddata(fixture_labels)
