"""All routes of the catalogue, and those of the pages that it is compared with."""

from django.urls import path

from benchmarks import views
from heritage.urls import handler400, handler403, handler404, handler500
from heritage.urls import urlpatterns as catalogue

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bench/constant/", views.constant),
    path("bench/plain/", views.plain),
    path("bench/known/", views.known),
    *catalogue,
]
