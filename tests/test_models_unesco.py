"""UNESCO status and protection follow from the properties and units that cover a site."""

import pytest
from django.http import QueryDict

from heritage.models import Coverage, DesignationEvent, Site, UnescoStatus, unesco_statuses
from heritage.search.filters import SiteFilter
from tests.builders import make_coverage, make_designation, make_register, make_site

WHL, TENTATIVE = "world_heritage", "tentative"
DANGER, SAFE, DELISTED = "in_danger", "out_of_danger", "delisted"

# What covers the site: (role of the register, dated events, extent) → its statuses.
TABLE = {
    "nothing": ([], ["none"]),
    "inscribed": ([(WHL, ["2000"], "whole")], ["inscribed"]),
    "inscribed without a date": ([(WHL, [], "whole")], ["inscribed"]),
    "in danger": ([(WHL, ["1981", (DANGER, "1982")], "whole")], ["in_danger"]),
    "inscribed in danger in one year": (
        [(WHL, ["2024", (DANGER, "2024")], "whole")],
        ["in_danger"],
    ),
    "left the danger list": (
        [(WHL, ["1978", (DANGER, "2007"), (SAFE, "2010")], "whole")],
        ["inscribed"],
    ),
    "in danger for a second time": (
        [(WHL, ["1979", (DANGER, "1984"), (SAFE, "1992"), (DANGER, "1996")], "whole")],
        ["in_danger"],
    ),
    "off and on in one year": (
        [(WHL, ["1979", (DANGER, "1984"), (SAFE, "1996"), (DANGER, "1996")], "whole")],
        ["in_danger"],
    ),
    "extended": ([(WHL, ["1990", ("extended", "2011")], "whole")], ["inscribed"]),
    "part": ([(WHL, ["2010"], "component")], ["part"]),
    "part of a property in danger": ([(WHL, ["2010", (DANGER, "2012")], "component")], ["part"]),
    "delisted": ([(WHL, ["2004", (DELISTED, "2009")], "whole")], ["delisted"]),
    "delisted from danger": (
        [(WHL, ["2004", (DANGER, "2006"), (DELISTED, "2009")], "whole")],
        ["delisted"],
    ),
    "superseded": ([(WHL, ["1996", ("superseded", "2025")], "whole")], ["none"]),
    "tentative": ([(TENTATIVE, ["2008"], "whole")], ["tentative"]),
    "off the tentative list": ([(TENTATIVE, ["2008", (DELISTED, "2012")], "whole")], ["none"]),
    "two properties": (
        [(WHL, ["2014"], "component"), (WHL, ["2000"], "whole")],
        ["inscribed", "part"],
    ),
    "one lost, one kept": (
        [(WHL, ["2004", (DELISTED, "2009")], "whole"), (WHL, ["2014"], "component")],
        ["part", "delisted"],
    ),
    "national protection only": ([("protection", ["1961"], "whole")], ["none"]),
}


def covered_site(coverages) -> Site:
    site = make_site()
    registers = {}
    for role, events, extent in coverages:
        register = registers.setdefault(role, make_register(role))
        make_coverage(site, make_designation(events=events, register=register), extent=extent)
    return site


@pytest.mark.django_db
@pytest.mark.parametrize(("coverages", "expected"), TABLE.values(), ids=TABLE)
def test_status_in_python_and_in_the_database(coverages, expected):
    site = covered_site(coverages)
    make_site()  # a bystander

    rows = Coverage.objects.filter(site=site).select_related("designation__register")
    assert unesco_statuses(rows) == expected
    for status in UnescoStatus:
        found = Site.objects.with_unesco_status(status).filter(pk=site.pk).exists()
        assert found == (status in expected), status


@pytest.mark.django_db
def test_status_follows_later_changes():
    site = covered_site([(WHL, ["2000"], "whole")])
    coverage = site.coverages.get()
    event = DesignationEvent.objects.create(
        designation=coverage.designation, kind=DANGER, date="2020"
    )
    assert Site.objects.with_unesco_status("in_danger").get() == site

    event.delete()
    assert Site.objects.with_unesco_status("inscribed").get() == site

    DesignationEvent.objects.filter(designation=coverage.designation).update(kind=DELISTED)
    assert Site.objects.with_unesco_status("delisted").get() == site

    coverage.delete()
    assert Site.objects.with_unesco_status("none").get() == site


@pytest.mark.django_db
def test_several_statuses_widen():
    inscribed = covered_site([(WHL, ["2000"], "whole")])
    part = covered_site([(WHL, ["2010"], "component")])
    covered_site([])
    found = Site.objects.with_unesco_status("inscribed", "part")
    assert set(found) == {inscribed, part}


@pytest.mark.django_db
def test_an_event_that_moves_is_missed_where_it_was():
    lost, gained = make_designation(WHL), make_designation(WHL)
    event = DesignationEvent.objects.create(designation=lost, kind=DELISTED, date="2009")
    lost.refresh_from_db()
    assert lost.standing == "ended"

    event = DesignationEvent.objects.get(pk=event.pk)
    event.designation = gained
    event.save()
    lost.refresh_from_db()
    gained.refresh_from_db()
    assert (lost.standing, gained.standing) == ("in_force", "ended")


@pytest.mark.django_db
def test_protection_counts_only_what_is_in_force():
    national = make_register("protection")
    kept, lost = make_site(), make_site()
    make_coverage(kept, make_designation(register=national))
    make_coverage(lost, make_designation(register=national, events=["1961", (DELISTED, "1963")]))
    found = SiteFilter(QueryDict(f"protection={national.slug}"))
    assert set(found.hits) == {kept.pk}
