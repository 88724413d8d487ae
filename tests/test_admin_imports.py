"""Imports in the admin: upload, columns, plan, questions, applying; and who may do what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from heritage.models import ChangeSet, Import, ImportRow, Job, Site
from tests import builders as build

pytestmark = pytest.mark.django_db

TABLE = "名称,Area,x\n白马寺,3,a\n龙门石窟,much,b\n"


def upload(client, text=TABLE, name="sites.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:heritage_import_add"), {"file": file})


def address(page, of_import):
    return reverse(f"admin:heritage_import_{page}", args=[of_import.pk])


def planned(client, text=TABLE, **more):
    assert upload(client, text).status_code == 302
    of_import = Import.objects.latest("pk")
    headers = text.partition("\n")[0].split(",")  # PostgreSQL keeps no order in JSON
    columns = {f"column-{n}": of_import.mapping[header] for n, header in enumerate(headers)}
    data = columns | {"state": "draft", "clear": "[clear]", "creates": "on"} | more
    response = client.post(address("columns", of_import), data)
    assert response.status_code == 302, response.context["form"].errors
    of_import.refresh_from_db()
    return of_import


def test_a_contributor_plans_and_an_editor_applies(client):
    contributor = build.make_user(group="contributor")
    client.force_login(contributor)
    of_import = planned(client)
    page = client.get(address("change", of_import))
    assert page.context["waiting"] == 1 and not page.context["may_apply"]
    assert client.post(address("apply", of_import)).status_code == 403
    assert not Site.objects.exists()

    editor = build.make_user(group="editor")
    client.force_login(editor)
    assert client.get(address("change", of_import)).context["may_apply"]
    client.post(address("apply", of_import), {"reason": "A new list"})
    site = Site.objects.get()
    assert (site.name["zh-hans"], site.area_ha, site.state) == ("白马寺", 3, "draft")
    made = ChangeSet.objects.get(kind="import")
    assert (made.user, made.reason) == (editor, "A new list")
    page = client.get(address("change", of_import))
    assert list(page.context["change_sets"]) == [made] and not page.context["may_apply"]
    assert reverse("admin:heritage_changeset_undo", args=[made.pk]) in page.content.decode()


def test_a_contributor_plans_own_imports_alone(client):
    client.force_login(build.make_user(group="contributor"))
    of_import = planned(client)
    client.force_login(build.make_user(group="contributor"))
    assert not client.get(address("change", of_import)).context["may_plan"]
    for page in ("columns", "questions"):
        assert client.get(address(page, of_import)).status_code == 302


def test_columns_are_asked_again_where_they_make_no_sense(client):
    client.force_login(build.make_user(group="editor"))
    upload(client, "name,Latitude,Longitude\nA,34,112\n")
    of_import = Import.objects.get()
    shown = client.get(address("columns", of_import))
    assert [each[2] for each in shown.context["columns"]] == ["name:en", "latitude", "longitude"]
    data = {"state": "draft", "clear": "-", "creates": "on", "column-0": "name:en"}
    for more, said in (
        ({"column-1": "width"}, "no column"),
        ({"column-1": "name:en"}, "already"),
        ({"column-1": "latitude", "column-2": "longitude"}, "datum"),
    ):
        response = client.post(address("columns", of_import), data | more)
        assert response.status_code == 200 and said in response.content.decode()
    points = {"column-1": "latitude", "column-2": "longitude", "datum": "gcj02"}
    assert client.post(address("columns", of_import), data | points).status_code == 302
    assert ImportRow.objects.get().outcome == "create"


def test_columns_that_were_left_out_before_are_said_and_can_be_guessed_anew(client):
    client.force_login(build.make_user(group="editor"))
    upload(client, "name,summary\nA,B\n")
    first = Import.objects.get()
    assert client.get(address("columns", first)).context["earlier"] is None
    data = {"state": "draft", "clear": "-", "creates": "on"}
    chosen = {"column-0": "name:en", "column-1": ""}
    assert client.post(address("columns", first), data | chosen).status_code == 302
    upload(client, "name,summary\nC,D\n")
    again = Import.objects.exclude(pk=first.pk).get()
    page = client.get(address("columns", again))
    assert page.context["earlier"] == first
    said = page.content.decode()
    assert "Left out, as then: summary." in said and 'href="?by_names=1"' in said
    anew = client.get(address("columns", again) + "?by_names=1")
    assert anew.context["earlier"] is None
    assert [each[2] for each in anew.context["columns"]] == ["name:en", "summary:en"]
    chosen["column-1"] = "summary:en"
    assert client.post(address("columns", again), data | chosen).status_code == 302
    assert again.rows.get().differences[-1] == ["summary:en", "", "D"]


def test_questions_are_answered_on_a_page_and_the_plan_made_anew(client):
    site = build.make_site("White Horse Temple", "白马寺")
    client.force_login(build.make_user(group="editor"))
    of_import = planned(client)
    assert client.get(address("change", of_import)).context["open_questions"] == 1
    shown = client.get(address("questions", of_import))
    question = shown.context["page"][0]
    data = {f"q-{question.pk}": f"same:{site.pk}", "plan": "1"}
    assert client.post(address("questions", of_import), data).status_code == 302
    row = of_import.rows.first()
    assert (row.outcome, row.site) == ("update", site.pk)


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [("csv", "text/csv"), ("json", "application/json"), ("ods", "application/vnd.oasis.open")],
)
def test_empty_examples_are_downloaded(client, extension, content_type):
    client.force_login(build.make_user(group="contributor"))
    path = reverse("admin:heritage_import_example", args=[extension])
    assert path in client.get(reverse("admin:heritage_import_add")).content.decode()
    response = client.get(path)
    assert response["Content-Disposition"] == f'attachment; filename="example.{extension}"'
    assert response["Content-Type"].startswith(content_type)
    assert len(b"".join(response.streaming_content)) > 100
    assert client.get(reverse("admin:heritage_import_example", args=["exe"])).status_code == 404


def test_failed_rows_and_the_report_are_downloaded(client):
    client.force_login(build.make_user(group="editor"))
    of_import = planned(client)
    failed = b"".join(client.get(address("failed", of_import)).streaming_content).decode()
    assert "龙门石窟" in failed and "much" in failed and "白马寺" not in failed
    report = b"".join(client.get(address("report", of_import)).streaming_content).decode()
    assert "白马寺" in report and "much" in report


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(client):
    client.force_login(build.make_user(group="editor"))
    response = upload(client, build.picture_file().read(), "picture.png")
    assert response.status_code == 200 and response.context["form"].errors["file"]
    assert not Import.objects.exists()


def test_what_is_large_is_left_to_the_worker_and_the_page_says_so(client, monkeypatch):
    monkeypatch.setattr("heritage.exchange.importing.planning.HERE_BYTES", 10)
    client.force_login(build.make_user(group="editor"))
    of_import = planned(client)
    assert of_import.state == "new" and Job.objects.get().state == "waiting"
    response = client.get(address("change", of_import))
    assert response["Refresh"] and not response.context["worker"][1]
    assert "worker" in response.content.decode()
