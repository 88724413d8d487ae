"""Error pages, which explain what happened and link onward."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from heritage.server import logs, security_log
from heritage.web.database_errors import answer_to_database_error


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    page = request.get_full_path_info().partition("?")[0]  # quoted, so one line
    account = request.user.get_username() if hasattr(request, "user") else ""
    security_log.warn(f"page refused ({request.method} {page})", account, request)
    return render(request, "403.html", status=403)


# These two must not fail themselves: they use neither the database nor the request.


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    # Other error pages need the database: without it their failure leads here.
    away = answer_to_database_error(sys.exception())
    return away or HttpResponse(
        loader.render_to_string("500.html", {"request_id": logs.request_id.get()}), status=500
    )
