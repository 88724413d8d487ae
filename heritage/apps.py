"""The app configuration, and that of its admin site."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _

_OF_ACCOUNTS = (
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "usersessions.UserSession",
)


class HeritageConfig(AppConfig):
    default = True
    name = "heritage"
    verbose_name = _("Heritage")

    def ready(self) -> None:
        from django.core.signals import request_finished

        import heritage.background  # noqa: F401 (declares what the worker does by schedule)
        from heritage import services
        from heritage.admin.accounts import groups, security_log
        from heritage.search import keep_saved_index_fresh

        services.connect()
        groups.connect()
        security_log.connect()
        request_finished.connect(keep_saved_index_fresh, dispatch_uid="index snapshot")


class CatalogueAdminConfig(admin.AdminConfig):
    default = False
    default_site = "heritage.admin.admin_site.CatalogueAdminSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib.admin import site

        # What allauth keeps of a person is that person's alone, on the pages of the account; what
        # waits in the queue of tasks is told by the jobs.
        for label in (*_OF_ACCOUNTS, "django_tasks_database.DBTaskResult"):
            model = apps.get_model(label)
            if site.is_registered(model):
                site.unregister(model)
