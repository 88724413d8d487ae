"""When what readers see of a site was last changed: see `services.denormalized`."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class SiteDate(models.Model):
    """When anything that is public about a site was last written.

    That is a column of the site, one of its rows, or what these refer to; for a site that was never
    published, the time of its creation. It is a separate table because a change of a term changes
    the dates of all sites that show it, and PostgreSQL would write into each of the twenty indexes
    of the table of sites. Code of an earlier version adds sites without a row here:
    `Site.updated_at` stands for it until the next change.
    """

    site = models.OneToOneField(
        "Site", models.CASCADE, primary_key=True, related_name="public_date"
    )
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.site_id} {self.changed_at}"
