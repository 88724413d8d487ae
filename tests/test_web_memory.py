"""What a page was made from goes with its answer, before garbage is looked for.

With a million sites a state of the index has megabytes of its own after each write. Whatever refers
to itself in a circle, and to a state, would keep as many states as there were writes until then.
"""

import gc
from io import BytesIO

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.search.index.snapshot import IndexSnapshot
from tests.webrows import full_site, plain_site, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = (
    "/en/", "/en/sites/", "/en/sites/?q=temple&kind=temple", "/en/sites/?near=34.6,112.4",
    "/en/sites/?era=tang&sort=oldest", "/en/sites/?open=2026-03-02", "/en/sites/?view=map",
    "/en/sites/?view=timeline", "/en/sites/?q=templ", "/zh-hans/sites/?view=list",
    "/en/sites/longmen-grottoes/", "/en/sites/temple-0/", "/en/eras/", "/en/eras/tang/",
    "/en/kinds/temple/", "/en/places/", "/en/places/henan/", "/en/world-heritage/",
    "/en/year/676/", "/en/suggest/?q=tem", "/en/sites.csv", "/en/sites.geojson",
    "/en/sites/feed.atom", "/en/map.svg", "/en/timeline.svg", "/en/journey/", "/en/data/",
    "/en/sites/map.json?at=34.5,112.3,6&size=900x600",
)  # fmt: skip


@pytest.fixture
@change_set("command")
def site():
    words = vocabulary()
    full_site(words)
    return plain_site(words, 0)


def answered(path: str) -> None:
    """As a server asks: the client of the tests refers to itself."""
    name, _, query = path.partition("?")
    environ = RequestFactory().request(PATH_INFO=name, QUERY_STRING=query).environ
    environ["wsgi.input"] = BytesIO()
    codes: list[str] = []
    answer = get_wsgi_application()(environ, lambda status, *_: codes.append(status))
    b"".join(answer)
    answer.close()
    assert codes == ["200 OK"], path


def states() -> list[IndexSnapshot]:
    return [each for each in gc.get_objects() if type(each) is IndexSnapshot]


def test_a_state_of_the_index_goes_with_the_last_page_made_from_it(site):
    for path in PATHS:
        answered(path)
    gc.collect()
    gc.disable()
    try:
        for number, path in enumerate(PATHS):
            site.summary = {"en": f"Words {number}."}
            site.save()
            answered(path)
            assert [each.number for each in states()] == [store.current().number], path
    finally:
        gc.enable()
