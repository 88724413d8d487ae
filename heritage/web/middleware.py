"""Middleware of the visitors' pages."""

from heritage.catalogue.index import store


def one_index(get_response):
    """A page that is read is made from one state of the index, asked for once.

    Not so where something is written: what is read then shall tell of it.
    """

    def answer(request):
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with store.pinned():
            return get_response(request)

    return answer
