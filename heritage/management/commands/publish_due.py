"""Publish the sites whose scheduled time has come, as the background worker does each minute.

Sites that are to be refreshed after a change of a term are refreshed, too, where no worker does it.
"""

import time

from django.core.management.base import BaseCommand

from heritage.services import finish_pending
from heritage.services.review import publish_due


class Command(BaseCommand):
    help = "Publishes the sites that are scheduled for now or before."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        published, refused = publish_due()
        finish_pending(lambda seconds: time.sleep(max(0.2, seconds)))
        if published or refused or verbosity > 1:
            self.stdout.write(f"{published} published, {refused} could not be published.")
