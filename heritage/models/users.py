"""The user model: people who sign in to the admin."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """The project's user model, so that columns can be added later."""

    # Columns of the list of sites, by name; empty: those that everybody sees.
    site_columns = models.JSONField(_("columns of the list"), default=list, blank=True)

    @property
    def display_name(self) -> str:
        """The full name, or the user name of an account that has none."""
        return self.get_full_name() or self.get_username()
