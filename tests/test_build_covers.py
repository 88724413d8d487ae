"""The table of covers: each names a scene that exists, or a plate."""

import pytest

from fixtures.build import covers
from fixtures.build.tables import TableError


def table(folder, *lines):
    text = "\n".join(["site,cover,why", *lines]) + "\n"
    (folder / "covers.csv").write_text(text, encoding="utf-8")
    return folder


def test_covers_are_read(tmp_path):
    folder = table(tmp_path, "wh-31,solemn,genocide", "wh-2,plate,", "giza,giza,")
    assert covers.read(folder) == {"wh-31": "solemn", "wh-2": "plate", "giza": "giza"}


def test_without_a_table_every_site_has_the_scene_of_its_kind(tmp_path):
    assert covers.read(tmp_path) == {}


def test_covers_are_put_on_their_sites_and_taken_off_others():
    named, other, event = (
        {"model": model, "fields": {"uid": uid, "cover": "reef"}}
        for model, uid in (("heritage.site", "a"), ("heritage.site", "b"), ("heritage.event", "a"))
    )
    covers.put([named, other, event], {"a": "giza", "c": "medina"})
    assert named["fields"] == {"uid": "a", "cover": "giza"}
    assert other["fields"] == {"uid": "b"}
    assert event["fields"] == {"uid": "a", "cover": "reef"}


def test_every_fault_is_told_at_once(tmp_path):
    folder = table(tmp_path, "wh-1,spaceship,", "wh-2,plate,", "wh-2,solemn,", "wh-3,,")
    with pytest.raises(TableError) as told:
        covers.read(folder)
    assert [fault.line for fault in told.value.faults] == [2, 4, 5]
    assert "spaceship" in str(told.value)
