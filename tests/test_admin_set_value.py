"""One field of many sites set at once, and many scheduled: shown first, undone as a whole."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from heritage.admin.changes.history import comment_of
from heritage.models import ChangeSet, Custodian, Review, Site
from heritage.services.undo import undo
from tests import builders as build

pytestmark = pytest.mark.django_db

LIST = "/en/admin/heritage/site/"
POINT = {"latitude": 34.5, "longitude": 112.5}


def act(client, sites, action="set_value", **data):
    ids = [site.pk for site in sites]
    return client.post(LIST, {"action": action, "_selected_action": ids, **data}, follow=True)


def values(name):
    return list(Site.objects.order_by("pk").values_list(name, flat=True))


@pytest.fixture
def three():
    return [
        build.make_site("One", precision="surveyed", **POINT),
        build.make_site("Two", **POINT),
        build.make_site("No point"),
    ]


def test_a_field_is_set_after_what_would_change_was_shown(client, editor, three):
    assert "Blur for the public" in act(client, three).content.decode()
    asked = act(client, three, field="precision").content.decode()
    assert "1 site without a point is left as it is." in asked and "centre of the town" in asked
    shown = act(client, three, field="precision", value="surveyed")
    assert "Precision: surveyed" in shown.content.decode()
    assert shown.context["affected"]["count"] == 1
    assert values("precision") == ["surveyed", "approximate", "approximate"]
    sure = {"field": "precision", "value": "surveyed", "post": "yes", "reason": "GPS, 2026"}
    assert "1 site was changed." in act(client, three, **sure).content.decode()
    assert values("precision") == ["surveyed", "surveyed", "approximate"]
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, made.user) == ("bulk", editor)
    assert comment_of(made) == "Precision set to “surveyed” for 1 site: GPS, 2026"
    with translation.override("zh-hans"):
        assert comment_of(made) == "把1处遗产地的“精度”设为“实测”: GPS, 2026"
    undo(made)
    assert values("precision") == ["surveyed", "approximate", "approximate"]


def test_a_blur_hides_the_points_of_many_at_once(client, editor, three):
    act(client, three, field="blur_km", value="20", post="yes")
    assert values("blur_km") == [20, 20, 20]
    first = Site.objects.get(pk=three[0].pk)
    assert first.public_point != (first.latitude, first.longitude)
    act(client, three[:1], field="blur_km", value="", post="yes")
    assert values("blur_km") == [None, 20, 20]
    told = "Blur for the public set to “by the rule of its kinds” for 1 site"
    assert comment_of(ChangeSet.objects.latest("pk")) == told


def test_a_custodian_is_chosen_and_taken_away(client, editor, three):
    museum = Custodian.objects.create(name={"en": "Museum", "zh-hans": "博物馆"})
    act(client, three, field="custodian", value=museum.pk, post="yes")
    assert values("custodian") == [museum.pk] * 3
    assert comment_of(ChangeSet.objects.latest("pk")) == "Custodian set to “Museum” for 3 sites"
    assert act(client, three, field="custodian", value="").context["affected"]["count"] == 3
    act(client, three, field="custodian", value="", post="yes")
    assert values("custodian") == [None] * 3
    assert comment_of(ChangeSet.objects.latest("pk")) == "Custodian emptied for 3 sites"


@pytest.mark.parametrize(
    ("field", "value"),
    [("precision", "exact"), ("precision", ""), ("accuracy_m", "-5"), ("blur_km", "7")],
)
def test_what_is_no_value_of_the_field_is_asked_for_again(client, editor, three, field, value):
    page = act(client, three, field=field, value=value, post="yes")
    assert page.context["form"].errors and not ChangeSet.objects.filter(kind="bulk").exists()


def test_a_contributor_sets_fields_of_drafts_of_their_own_alone(client, three):
    author = build.make_user("zhao", group="contributor")
    client.force_login(author)
    draft = build.make_site("Draft", state="draft", created_by=author, **POINT)
    act(client, [*three, draft], field="accuracy_m", value="30", post="yes")
    assert values("accuracy_m") == [None, None, None, 30]


def test_those_in_review_are_published_at_a_time(client, editor, three):
    Site.objects.filter(pk=three[0].pk).update(state="in_review")
    at = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    sent = {"action": "schedule", "publish_at": at.strftime("%Y-%m-%dT%H:%M")}
    asked = act(client, three, "schedule").content.decode()
    assert "2 sites are not in review and stay as they are." in asked
    late = act(client, three, **sent | {"publish_at": "2020-01-01T10:00"}, post="yes")
    assert "That time has passed." in late.content.decode() and not Review.objects.exists()
    assert "1 site is scheduled." in act(client, three, **sent, post="yes").content.decode()
    review = Review.objects.get()
    assert (review.site, review.publish_at, review.scheduled_by) == (three[0], at, editor)
    assert comment_of(ChangeSet.objects.latest("pk")).startswith("To be published on")


def test_who_may_not_publish_schedules_nothing(client, three):
    client.force_login(build.make_user("zhao", group="contributor"))
    assert 'value="schedule"' not in client.get(LIST).content.decode()
    act(client, three, "schedule", publish_at="2090-01-01T10:00", post="yes")
    assert not Review.objects.exists()
