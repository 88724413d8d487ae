"""Publish the sites whose scheduled time has come. Run it every few minutes, by cron or systemd."""

from django.core.management.base import BaseCommand

from heritage.services.review import publish_due


class Command(BaseCommand):
    help = "Publishes the sites that are scheduled for now or before."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        published, refused = publish_due()
        if published or refused or verbosity > 1:
            self.stdout.write(f"{published} published, {refused} could not be published.")
