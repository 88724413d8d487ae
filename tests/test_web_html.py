"""The HTML of every kind of page, in both languages, by the rules of the standard, and its JSON-LD
by the vocabulary of schema.org."""

import pytest

from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests import html_rules, schema_org
from tests.test_web_accessibility import PAGES
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db

START = "<!doctype html><html lang=en><head><title>x</title></head><body><main><h1>x</h1>"
END = "</main></body></html>"
WRONG = {
    "<p>one<p>two</p>": "stands in p",
    "<div></span></div>": "</span> ends",
    "<b id=a></b><i id=a></i>": "the id a stands 2 times",
    "<ul><p>x</p></ul>": "is a child of ul",
    "<ul>x</ul>": "holds text",
    "<p><div>x</div></p>": "stands in p",
    "<a href=/><button>x</button></a>": "can be used within",
    "<img src=x>": "has no alt",
    "<input name=x>": "has no label",
    "<a href='#nowhere'>x</a>": "which is not there",
    "<a href=/></a>": "has no words",
    "<a href=/ aria-hidden=true></a>": "has no words",
    "<i lang='e_n'>x</i>": "is in no language",
    "<p style='color:red'>x</p>": "is obsolete",
    "<p href=/>x</p>": "no attribute of it",
    "<p class=a class=b>x</p>": "an attribute twice",
    "<details><p>x</p></details>": "does not begin with a summary",
    "<h3>x</h3>": "stands under h1",
    "<h1>y</h1>": "2 times h1",
    "<div/>": "closes itself",
}


@pytest.mark.parametrize("html", WRONG)
def test_the_rules_bite(html):
    found = html_rules.faults(f"{START}{html}{END}")
    assert any(WRONG[html] in fault for fault in found), found


def test_what_is_right_is_passed():
    html = "<form><label for=q>Name</label><input id=q name=q></form><p>a <em>b</em></p>"
    html += "<a href=/ aria-hidden=true tabindex=-1></a>"
    assert html_rules.faults(f"{START}{html}{END}") == []


NAMED = {"@context": "https://schema.org", "@type": "Dataset", "name": "x"}
NOT_IN_THE_VOCABULARY = {
    "the context": {**NAMED, "@context": "https://schema.example"},
    "no type": {**NAMED, "@type": "Monument"},
    "no type [": {**NAMED, "@type": ["Dataset", "WebPage"]},
    "no property of Dataset": {**NAMED, "geo": {"@type": "GeoCoordinates"}},
    "title is no property": {**NAMED, "title": "x"},
    "name of Dataset": {**NAMED, "name": {"@language": "en", "@value": "x"}},
    "license of Dataset": {**NAMED, "license": "Public domain"},
    "dateModified of Dataset": {**NAMED, "dateModified": "in May"},
    "isAccessibleForFree of Dataset": {**NAMED, "isAccessibleForFree": "yes"},
    "width of ImageObject": {**NAMED, "image": {"@type": "ImageObject", "width": 60}},
}


@pytest.mark.parametrize("fault", NOT_IN_THE_VOCABULARY)
def test_the_vocabulary_bites(fault):
    found = schema_org.faults(NOT_IN_THE_VOCABULARY[fault])
    assert any(fault in each for each in found), found


@pytest.fixture
@change_set("command", all_or_nothing=True)
def filled():
    words = vocabulary()
    site = full_site(words)
    build.make_quantity(site, "height", "17.5", unit="m", exactness="about")
    build.make_site("Tomb", slug="tomb", latitude=34.5, longitude=112.5, blur_km=5)
    plain_sites(words, range(26))
    gone = build.make_site("Withdrawn", slug="withdrawn")
    gone.state = "archived"
    gone.save()


def test_every_kind_of_page_is_valid(client, filled):
    found = []
    paths = {path.partition("#")[0] for path in PAGES.values()}
    paths |= {path.replace("/en/", "/zh-hans/", 1) for path in paths}
    paths |= {"/en/sites/?q=temples+not+in+Henan", "/en/sites/?q=bridges+without+stairs"}
    paths |= {"/en/sites/?q=how+old+is+Longmen+Grottoes", "/en/sites/tomb/"}
    for path in sorted(paths):
        html = client.get(path, follow=True).content.decode()
        faults = [*html_rules.faults(html), *schema_org.faults_of_page(html)]
        found += [f"{path} {fault}" for fault in faults]
    assert not found, "\n".join(["", *found])
