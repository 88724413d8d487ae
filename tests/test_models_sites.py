"""Addresses, states and points of a site."""

from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from heritage.models import FormerSlug, Site
from heritage.models.unit_of_work import change_set
from tests.builders import make_part, make_site, make_user, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ({"en": "White Horse Temple"}, "white-horse-temple"),
        ({"en": "Café de l’Été", "zh-hans": "咖啡"}, "cafe-de-lete"),
        ({"zh-hans": "白马寺"}, "bai-ma-si"),
        ({"ar": "أرخبيل"}, None),  # nothing to read: from the uid
    ],
)
def test_slug_is_made_from_the_name(name, slug):
    site = make_site(name)
    assert site.slug == (slug or site.uid[:12])


def test_a_taken_slug_is_numbered():
    first = make_site("Temple")
    first.slug = "old-temple"
    first.save()
    assert [make_site("Temple").slug, make_site("Temple").slug] == ["temple-2", "temple-3"]


def test_a_former_slug_is_kept_until_it_is_used_again():
    site = Site.objects.get(pk=make_site("Temple").pk)
    site.slug = "monastery"
    site.save()
    assert list(FormerSlug.objects.values_list("slug", "site")) == [("temple", site.pk)]
    site.slug = "temple"
    site.save()
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["monastery"]


def test_an_emptied_slug_stays():
    site = Site.objects.get(pk=make_site("Temple").pk)
    site.slug = ""
    site.save()
    assert site.slug == "temple"


def test_state_says_when_and_who():
    user = make_user()
    site = make_site(state="draft")
    assert site.published_at is None
    with change_set(user=user):
        site.state = Site.State.PUBLISHED
        site.save()
    published_at = site.published_at
    assert (site.state_changed_by, site.state_changed_at) == (user, published_at)

    site.state = Site.State.ARCHIVED
    site.save()
    site.state = Site.State.PUBLISHED
    site.save()
    assert site.published_at == published_at  # the first time
    assert site.state_changed_at > published_at


def test_public_point_is_the_exact_one_unless_blurred():
    site = make_site(latitude=34.5556, longitude=112.4722)
    assert (site.public_latitude, site.public_longitude) == (34.5556, 112.4722)
    site.blur_km = 5
    site.save()
    blurred = (site.public_latitude, site.public_longitude)
    assert blurred != (34.5556, 112.4722)
    assert abs(blurred[0] - 34.5556) < 0.05
    assert (site.latitude, site.longitude) == (34.5556, 112.4722)
    near = make_site(latitude=blurred[0] + 0.001, longitude=blurred[1], blur_km=5)
    assert (near.public_latitude, near.public_longitude) == blurred


def test_a_circle_of_parts_is_refused_at_any_depth():
    sites = [make_site() for _ in range(6)]
    for part, whole in pairwise(sites):
        make_part(part, whole)
    with pytest.raises(ValidationError) as error:
        make_part(sites[-1], sites[0]).full_clean()
    assert "whole" in error.value.message_dict


def test_published_means_published():
    for state in Site.State:
        make_site(state=state)
    assert [site.state for site in Site.objects.published()] == ["published"]


def test_site_names_fall_back():
    site = make_site({"zh-hans": "白马寺"})
    best = site.name.best("en")
    assert (str(best), best.is_fallback, best.lang_tag) == ("白马寺", True, "zh-Hans")
    assert not text("Temple").best("en").is_fallback
