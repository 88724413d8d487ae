"""When what readers see of a site was last changed: see `services.denormalized`."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class SiteDate(models.Model):
    """When something that everybody may read of a site was last written.

    Of its own, of its rows, or of what these name; of one that was never published, when it was
    created. A table of its own, since a change of a term dates all sites that show it: a row of
    the sites has twenty indexes, and PostgreSQL writes into each of them. Code of an earlier
    version adds sites without a row here: `Site.updated_at` stands for it until the next change.
    """

    site = models.OneToOneField(
        "Site", models.CASCADE, primary_key=True, related_name="public_date"
    )
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.site_id} {self.changed_at}"
