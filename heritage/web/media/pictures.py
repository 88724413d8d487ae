"""Responses of pictures that browsers may store for a year.

The address (`tagged_path()`) holds a tag of what the picture shows and changes with it.

`/en/covers/UID.svg?v=TAG` always shows the same drawing. An address without a tag shows the present
drawing, and browsers ask again after an hour; with the tag of another drawing, after a minute,
since two processes may draw differently during an upgrade.
"""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

from heritage.formats import TAG_PARAMETER
from heritage.media.covers import tag_of_texts

_YEAR = round(timedelta(days=365).total_seconds())
_HOUR = 3600
_SOON = 60


def answer(
    request: HttpRequest,
    tag: str,
    is_public: bool,
    draw: Callable[[], HttpResponse],
    seconds: int = _HOUR,
) -> HttpResponseBase:
    """The response with the picture that has this tag now; without a tag in the address, browsers
    may store it for `seconds`.

    `draw` is called only if it has to be sent.
    """
    asked = request.GET.get(TAG_PARAMETER)
    etag = quote_etag(tag)
    response = get_conditional_response(request, etag=etag) or draw()
    if not is_public:
        patch_cache_control(response, private=True, no_store=True)
    elif response.status_code == HTTPStatus.FOUND:  # not ready: what stands in for it meanwhile
        set_caching(response, for_good=False, seconds=_SOON)
    else:
        response["ETag"] = etag
        is_other = asked not in (None, tag)
        set_caching(response, for_good=asked == tag, seconds=_SOON if is_other else seconds)
    return response


def svg(request: HttpRequest, text: str, is_public: bool) -> HttpResponseBase:
    """The response with a drawing that has no tag: a browser asks again after an hour, by ETag."""
    return answer(request, tag_of_texts(text), is_public, lambda: svg_response(text))


def svg_response(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="image/svg+xml")


def set_caching(response: HttpResponseBase, *, for_good: bool, seconds: int = _HOUR) -> None:
    """Set what browsers may store; shared caches ask again within the hour, since a record may be
    withdrawn.

    Scripts of any website may read it.
    """
    response["Access-Control-Allow-Origin"] = "*"
    if for_good:
        patch_cache_control(response, public=True, max_age=_YEAR, s_maxage=_HOUR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=seconds)
