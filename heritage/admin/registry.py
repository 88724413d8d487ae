"""Which page belongs to which model."""

from django.contrib import admin

from heritage.admin import corrections, people, registers, rows, sites, visiting, vocabularies


def register_all() -> None:
    """Called once the admin site is there."""
    for room in (sites, registers, vocabularies, rows, visiting, corrections, people):
        for model, model_admin in room.ADMINS.items():
            admin.site.register(model, model_admin)
