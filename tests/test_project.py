"""Rules of the project that can be checked: docstrings, settings, layers, docs, tracked files."""

import ast
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.urls import URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
MODULES = [path for path in (ROOT / "heritage").rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path):
    source = path.read_text(encoding="utf-8")
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), "a module's first line says what it is for"


def test_every_setting_is_in_the_readme_and_none_besides():
    used = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "heritage/settings.py").read_text()))
    table = set(re.findall(r"^\| `(\w+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert used == table


def test_readme_opens_with_the_two_commands():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks[0].strip() == "pip install uv && uv run manage.py demo"
    assert blocks[1].strip() == "pip install uv && uv run pytest"


def test_pictures_of_the_readme_are_there():
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / path).is_file(), path


def test_nothing_is_tracked_that_must_not_be():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert not {"uv.lock", "pylock.toml"} & set(tracked)
    assert not [name for name in tracked if name.startswith(("var/", ".venv/"))]


def test_layers_import_downwards_only():
    done = subprocess.run(["lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_class_name_says_which_class_is_meant():
    """No two classes of the package share a name, but for those whose names Django lays down."""
    found: dict[str, list[str]] = {}
    for path in sorted((settings.BASE_DIR / "heritage").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "Migration"):
                found.setdefault(node.name, []).append(path.name)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


# --- orders --------------------------------------------------------------------------------------
# By the name of a relation Django joins its table and sorts by the `ordering` of that model,
# perhaps the other way round, and databases then read both tables. The column is `…_id`.


def _is_relation(model, path):
    """Whether a name of an order ends at a relation of the model, as Django follows it."""
    *through, last = path.lstrip("-").split("__")
    for name in through:
        model = model._meta.get_field(name).related_model
    if last in ("pk", "?") or last in {field.attname for field in model._meta.concrete_fields}:
        return False
    return last in {field.name for field in model._meta.get_fields() if field.is_relation}


def _names(order):
    """The names in an order, whether strings or expressions."""
    for each in order or ():
        yield each if isinstance(each, str) else each.expression.name


def test_no_model_is_ordered_by_a_relation():
    models = apps.get_app_config("heritage").get_models()
    orders = [(model, model._meta.ordering) for model in models]
    for model, admin in site._registry.items():
        shown = [getattr(admin, str(name), None) for name in admin.list_display]
        sorting = [getattr(each, "admin_order_field", None) for each in shown]
        orders += [(model, admin.ordering), (model, [name for name in sorting if name])]
    found = [(model, name) for model, order in orders for name in _names(order)]
    assert [(model.__name__, name) for model, name in found if _is_relation(model, name)] == []
    assert len(found) > 60


def test_no_query_is_ordered_by_a_relation():
    models = apps.get_app_config("heritage").get_models()
    fields = [field for model in models for field in model._meta.get_fields()]
    columns = {field.name for field in fields if not field.is_relation}
    relations = {field.name for field in fields if field.is_relation} - columns
    found, asked = [], 0
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("order_by", "earliest", "latest"):
                names = [each.value for each in node.args if isinstance(each, ast.Constant)]
                asked += len(names)
                ends = {name.lstrip("-").split("__")[-1]: name for name in names}
                found += [(path.name, ends[name]) for name in relations & ends.keys()]
    assert found == []
    assert asked > 60


def test_diagrams_in_docs_follow_from_the_code():
    done = subprocess.run(
        [sys.executable, "docs/diagrams.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HERITAGE_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "heritage.settings"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_views_are_in_the_views_module_of_their_package():
    """Each address of a page leads to a function of a `views.py`."""

    def callbacks(resolver):
        for each in resolver.url_patterns:
            yield from callbacks(each) if isinstance(each, URLResolver) else (each.callback,)

    modules = {each.__module__ for each in callbacks(get_resolver())}
    of_web = {name for name in modules if name.startswith("heritage.web")}
    assert len(of_web) > 8 and {name.rpartition(".")[2] for name in of_web} == {"views"}


# Files that guides tell their readers to write, and names in which a part stands for any.
_NOT_HERE = {
    "heritage/admin/workflow/blurring.py",
    "heritage/locale/fr/LC_MESSAGES/django.po",
    "heritage/search/facets/precision.py",
    "heritage/web/oldest/__init__.py",
    "heritage/web/oldest/views.py",
    "templates/web/oldest.html",
    "tests/test_blurring.py",
    "tests/test_oldest.py",
    "tests/test_precision.py",
    "tests/test_visitors_per_day.py",
}


# Modules that make what is no template: tables of drawings, files in XML; cards, for their speed.
WITH_MARKUP = {
    "cartography/map_sheet.py", "exchange/importing/examples.py", "formats/downloads/kml.py",
    "media/covers/composer.py", "media/covers/plates.py", "media/covers/seals.py",
    "media/covers/shapes.py", "web/feeds/sitemaps.py", "web/media/previews.py",
    "web/media/printable_covers.py", "web/shared/cards.py",
}  # fmt: skip
# What others look for in a page.
ONE_TAG = {"management/render_pages.py": ["<loc>https?://[^/<]+([^<]+)</loc>"]}
TAG = re.compile(r"(?<!\?P)(?<!\?)</?[a-z][a-z0-9]*( [a-z-]+=|\s*/?>)")


def test_markup_stands_in_templates():
    package, found = ROOT / "heritage", {}
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        docs = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if hasattr(node, "body")
            and isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        }
        if tags := [text for text in texts if text not in docs and TAG.search(text)]:
            found[path.relative_to(package).as_posix()] = tags
    assert found.keys() >= WITH_MARKUP
    assert {name: tags for name, tags in found.items() if name not in WITH_MARKUP} == ONE_TAG


def test_files_named_in_docs_and_code_are_there():
    """A path in backticks, from the root, from `heritage/`, or from the folder of the page."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = set(listed.stdout.splitlines())
    there = tracked | {str(folder) for name in tracked for folder in Path(name).parents}
    named = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.[a-z]{2,5}|(?:heritage|docs|tests)/[\w/-]+)`")
    found = {
        (page, path.rstrip("/"))
        for page in tracked
        if page.endswith(".md") or (page.startswith("heritage/") and page.endswith(".py"))
        if page != "CHANGELOG.md"
        for path in named.findall((ROOT / page).read_text("utf-8"))
    }
    assert len(found) > 100
    missing = {
        (page, path)
        for page, path in found
        if there.isdisjoint((path, f"heritage/{path}", str(Path(page).parent / path)))
    }
    assert {path for _page, path in missing} == _NOT_HERE, sorted(missing)


def test_what_the_security_scan_is_told_to_pass_over_has_its_reason():
    """In the line itself, after the rule. Tests are written by ourselves for ourselves."""
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "deploy"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    bare = re.compile(r"# noqa: S\d+(, ?S\d+)*\s*$")
    found = [
        f"{name}:{number}"
        for name in tracked
        if not name.startswith("tests/")
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


class Advisories(http.server.BaseHTTPRequestHandler):
    """A database of known weaknesses that knows one of Django, or none."""

    weak = ""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        queries = json.loads(self.rfile.read(length))["queries"]
        known = {"vulns": [{"id": "TEST-1", "modified": "2026-01-01T00:00:00Z"}]}
        self._answer(
            {"results": [known if x["package"]["name"] == self.weak else {} for x in queries]}
        )

    def do_GET(self):
        self._answer({"id": "TEST-1", "modified": "2026-01-01T00:00:00Z", "summary": "A test"})

    def _answer(self, value):
        text = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(
    ("weak", "code", "said"),
    [("", 0, "no known vulnerabilities"), ("django", 1, "TEST-1"), (None, 3, "NOT AUDITED")],
)
def test_the_audit_of_dependencies_never_fails_in_silence(weak, code, said):
    if not shutil.which("uv") or not (ROOT / "uv.lock").exists():
        pytest.skip("uv is not installed, or has locked nothing here")
    handler = type("Handler", (Advisories,), {"weak": weak})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1] if weak is not None else 1  # where nobody answers
        done = subprocess.run(
            [ROOT / ".ci" / "audit"], capture_output=True, text=True, check=False,
            env=os.environ | {"AUDIT_URL": f"http://127.0.0.1:{port}/", "UV_HTTP_RETRIES": "0"},
        )  # fmt: skip
        server.shutdown()
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


# The beginning of the SHA-256 of each migration, as it was when others first could run it.
MIGRATIONS = {
    "0001_initial.py": "9cc11e2188dc39d6",
    "0002_history_and_desk.py": "be017fe200476ad1",
    "0003_dated_events.py": "378a6925d099f180",
    "0004_pending_refresh.py": "5ab219700cf8a9aa",
    "0005_plainer_names.py": "863de3d7d22f65de",
    "0006_registers.py": "87d744d1581d46b4",
    "0007_reasons_have_sources.py": "bd4e56dbb6d23ae2",
    "0008_command_runs.py": "1d3f174b5f5aee8c",
    "0009_map_number.py": "38b80747b5b3011b",
    "0010_short_names_and_descriptions.py": "af1c63c82ab12416",
    "0011_backups_and_thinning.py": "834b712e91ddaa51",
    "0012_public_changed_at.py": "2a5081911b4cb0f6",
    "0013_jobs.py": "123710331ac6630a",
    "0014_trust.py": "701a4bbd8ae2122a",
    "0015_places.py": "bc52c6c1bb4a4984",
    "0016_site_dates.py": "4b705eb4e67c3092",
    "0017_download_checksums.py": "1c6ca11a9a630e2d",
    "0018_imports.py": "79f518decfe009d9",
    "0019_pictures.py": "49d49aab2f0cc6be",
    "0020_quantities.py": "8771012a65b38968",
    "0021_rendition_forms.py": "54a7eb338809d50e",
    "0022_boundary_help.py": "95ca7ecbd46000f8",
    "0023_sourced_sentences.py": "b2802729b4bc1dbc",
    "0024_commons_and_offers.py": "d6179a474bb63100",
    "0025_sights.py": "655b3eac01007055",
    "0026_questions_in_languages.py": "14d5d3d3a222a799",
    "0027_undone_jobs.py": "93db7d7cee6c33dc",
}


def test_a_migration_that_others_have_run_is_never_changed():
    """Add a new one instead, and its line here."""
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted((ROOT / "heritage" / "migrations").glob("0*.py"))
    }
    assert found == MIGRATIONS


def test_no_circle_hides_behind_imports_for_types():
    hidden = [path.name for path in MODULES if "TYPE_CHECKING" in path.read_text("utf-8")]
    assert hidden == ["language.py"]  # stubs that are not installed in production
