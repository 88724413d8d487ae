"""Every template of visitors' pages is rendered by some page, and all can be read."""

import re
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils.safestring import SafeString

from heritage.models import PreparedFile, Site
from heritage.server.timeouts import NotWritten
from heritage.values import html
from heritage.values.html import fragment
from heritage.web.corrections import views as corrections
from heritage.web.data import files
from heritage.web.operations import views as errors
from heritage.web.operations.middleware import DatabaseErrorMiddleware
from heritage.web.operations.static_files import NewFilesCompressor
from tests import builders as build
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db

TEMPLATES = Path(settings.BASE_DIR) / "templates"
LONGEST_LINE = 160


def ours() -> set[str]:
    """Templates at the top, and those of pages and components."""
    found = [*TEMPLATES.glob("*.html"), *TEMPLATES.glob("web/**/*.html")]
    found += TEMPLATES.glob("components/**/*.html")
    return {path.relative_to(TEMPLATES).as_posix() for path in found}


@pytest.fixture
def rendered():
    names = set()

    def note(template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def walk(client, rf) -> None:
    """Every kind of page, and every error."""
    words = vocabulary()
    site = full_site(words)
    plain_sites(words, range(25))
    build.make_site("Draft", slug="draft", state=Site.State.DRAFT)
    struck = build.make_designation(register=words.unesco, events=["1990", ("delisted", "2007")])
    build.make_coverage(build.make_site("Struck"), struck)
    gone = build.make_site("Gone", slug="gone")
    gone.state = Site.State.ARCHIVED
    gone.save()
    build.make_disagreement(Site.objects.get(slug="longmen-grottoes"))
    file = PreparedFile.objects.create(uid="f", key="f", maker="m", name="sites.csv")
    client.get(reverse("media:prepared", args=[file.uid, file.name]))
    for path in ("", "sites/", "sites/?page=2", "sites/?page=9", "sites/?q=nothing+like+it",
                 "sites/?era=wrong", "sites/?view=list", "sites/?open=2026-11-30&hours=closed",
                 "suggest/?q=temple",
                 "sites/longmen-grottoes/?at=1900-01-01",
                 "sites/longmen-grottoes/", "eras/", "eras/tang/", "kinds/", "kinds/temple/",
                 "places/", "places/china/", "places/luolong/", "world-heritage/",
                 "sites/gone/", "about/",
                 "sites/?view=map", "embed/map/", "sites/?view=timeline", "year/676/",
                 "sources/", "disagreements/",
                 "credits/", "data/", "download/", "compare/",
                 f"journey/?stop={site.uid}", f"journey/scroll/?stop={site.uid}", "privacy/",
                 "journey/book/?seed=1",
                 "nothing/"):  # fmt: skip
        client.get(f"/en/{path}")
    with mock.patch.object(files, "AT_ONCE", 0):
        client.get("/en/sites.csv")  # no worker makes a large one
    correction = "/en/sites/longmen-grottoes/correction/"
    for path in (correction, f"{correction}thanks/"):
        client.get(path)
    client.post(correction)
    client.get("/en/sites/longmen-grottoes/photograph/")
    longmen = Site.objects.get(slug="longmen-grottoes")
    sent = {"topic": "dates", "text": "It was built later.", "key": corrections.new_key(longmen)}
    waiting = mock.patch.object(corrections, "_store", side_effect=NotWritten)
    with waiting, mock.patch.object(corrections, "MIN_SECONDS", -1):
        client.post(correction, sent)
    user = build.make_user()
    user.user_permissions.set(Permission.objects.filter(codename="view_site"))
    client.force_login(user)
    client.get("/en/sites/draft/")
    client.get("/en/", headers={"host": "elsewhere.example"})
    with override_settings(DEBUG=True):
        client.get("/style/")
    errors.forbidden(rf.get("/en/"))
    errors.server_error(rf.get("/en/"))
    with mock.patch("heritage.web.operations.middleware._is_there", return_value=False):
        DatabaseErrorMiddleware(None).process_exception(rf.get("/en/"), OperationalError())
    Client(enforce_csrf_checks=True).post("/en/accounts/login/", {})
    for _ in range(6):
        Client().post("/en/accounts/login/", {"login": "nobody", "password": "x"})


def test_every_template_is_rendered(client, rf, rendered):
    assert len(ours()) > 20
    walk(client, rf)
    assert ours() - rendered == set()


def test_lines_can_be_read_and_compared():
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


# --- fragments -----------------------------------------------------------------------------------

FRAGMENTS = {
    path.relative_to(TEMPLATES / "fragments").as_posix(): path.read_text()
    for path in TEMPLATES.glob("fragments/**/*.html")
}


@pytest.mark.parametrize("path", FRAGMENTS)
@pytest.mark.parametrize(
    "value", ["", "a", "<b>&\"'%s%(name)s{0}", SafeString("<b>&amp;</b>"), 7, None]
)
def test_a_fragment_says_what_django_makes_of_it(path, value):
    values = dict.fromkeys(re.findall(r"\{[{%] (?:if )?(\w+) [}%]\}", FRAGMENTS[path]), value)
    values.pop("endif", None)
    made = Template(FRAGMENTS[path]).render(Context(values))
    assert fragment(path)(**values) == made.removesuffix("\n")


def test_each_fragment_is_used():
    code = "".join(path.read_text() for path in Path("heritage").rglob("*.py"))
    asked = re.findall(r'fragment\(\s*"([^"]+)"', code)
    assert len(FRAGMENTS) > 20 and sorted(asked) == sorted(FRAGMENTS)


def test_a_fragment_is_given_each_name_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "_FRAGMENTS", tmp_path)
    (tmp_path / "a.html").write_text("{{ a }}{% if b %} {{ c }}{% endif %}\n")
    fill = fragment("a.html")
    assert fill(a="<", b=True, c=SafeString("<i>")) == "&lt; <i>"
    assert fill(a="<", b="", c="<") == "&lt;"
    for wrong in ({"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1, "d": 1}):
        with pytest.raises(TypeError, match=r"a\.html"):
            fill(**wrong)
    for name in "abc":
        with pytest.raises(KeyError):
            fill(**{each if each != name else "d": 1 for each in "abc"})


@pytest.mark.parametrize(
    "text",
    ["{% for a in b %}{% endfor %}", "{{ a.b }}", "{{ a|safe }}", "{{a}}", "{# a #}",
     "{% if a %}{% if b %}c{% endif %}d{% endif %}", "{% if a %}b{% else %}c{% endif %}"],
)  # fmt: skip
def test_what_else_templates_can_is_refused_of_a_fragment(text, tmp_path, monkeypatch):
    monkeypatch.setattr(html, "_FRAGMENTS", tmp_path)
    (tmp_path / "a.html").write_text(text)
    with pytest.raises(ValueError, match=r"a\.html is no fragment"):
        fragment("a.html")


def test_every_script_and_style_that_a_page_names_is_compressed():
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""{% static ["']([^"'{]+)["']""", path.read_text())
    }
    widgets = admin.widgets.AdminSplitDateTime(), admin.widgets.AdminTextareaWidget()
    chooser = admin.widgets.AutocompleteSelect(Site._meta.get_field("place"), admin.site)
    for each in (*admin.site._registry.values(), *widgets, chooser):
        named |= set(re.findall(r'"/static/([^"]+)"', str(each.media)))
    texts = {name for name in named if name.endswith((".js", ".css", ".svg"))}
    assert len(texts) > 50
    assert set(filter(NewFilesCompressor().should_compress, named)) >= texts
