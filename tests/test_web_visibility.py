"""What is not published is seen by nobody outside, on no page, as no picture, in no number."""

import re

import pytest
from django.contrib.auth.models import Permission

from heritage.models import Site
from tests import builders as build
from tests.webrows import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words_once")]

HIDDEN = [Site.State.DRAFT, Site.State.REVIEW, Site.State.ARCHIVED]


def staff(*permissions: str):
    user = build.make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def picture_path(image) -> str:
    return f"/images/{image.uid}/{image.file.name.rpartition('/')[2]}"


def status(client, path: str) -> int:
    response = client.get(path)
    response.getvalue()
    return response.status_code


@pytest.fixture
def shown(words):
    return build.make_site("Shown", slug="shown", latitude=34.5, longitude=112.5)


def hide(words, shown, state) -> Site:
    """A hidden site tied to a public one in every way there is."""
    site = build.make_site(
        "Secret vault", "密库", slug="secret", state=state, kinds=[words.bridge],
        place=words.luoyang, latitude=34.51, longitude=112.51, featured=1,
    )  # fmt: skip
    build.make_event(site, "built", "", words.han)
    entry = build.make_designation(register=words.national)
    for covered in (site, shown):
        build.make_coverage(covered, entry)
    build.make_part(site, shown)
    build.make_part(shown, build.make_site("Secret whole", state=state))
    return site


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_everywhere(client, words, shown, state):
    site = hide(words, shown, state)
    image = build.make_image(site)
    for language in LANGUAGES:
        for path in ("", "sites/", "sites/?q=secret", "sites/?kind=bridge", "sites/shown/"):
            html = client.get(f"/{language}/{path}").content.decode()
            text = html.replace('value="secret"', "").replace(">Search</span> secret", "")
            assert "Secret" not in text and "密库" not in text and "/secret/" not in text
        assert client.get(f"/{language}/sites/secret/").status_code == 404
    assert client.get("/en/").context["home"].total == 1
    build.make_site("Beside it")  # so that what one of two has would narrow the list
    sites = client.get("/en/sites/").context["list"]
    facets = {facet.name: facet for facet in (*sites.facets, *sites.more_facets)}
    assert not {"kind", "era"} & facets.keys()
    assert re.findall('"option-count">([^<]*)<', facets["protection"].lines) == ["1"]
    for path in (
        f"/en/covers/{site.uid}.svg",
        f"/en/covers/square/{site.uid}.svg",
        picture_path(image),
    ):
        assert client.get(path).status_code == 404


def test_an_address_that_a_site_once_had(client):
    site = build.make_site("A", slug="old-name")
    site.slug = "new-name"
    site.save()
    response = client.get("/zh-hans/sites/old-name/?from=x")
    assert response.status_code == 301
    assert response["Location"] == "/zh-hans/sites/new-name/?from=x"
    site.state = Site.State.DRAFT
    site.save()
    assert client.get("/en/sites/old-name/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withdrawn_record_is_gone(client, language):
    site = build.make_site("Withdrawn vault", slug="old-name")
    site.slug = "withdrawn"
    site.save()
    site.state = Site.State.ARCHIVED
    site.save()
    for slug in ("withdrawn", "old-name"):
        response = client.get(f"/{language}/sites/{slug}/")
        html = response.content.decode()
        assert response.status_code == 410
        assert "vault" not in html and f'href="/{language}/sites/"' in html
    build.make_site("Never out", slug="never-out", state=Site.State.ARCHIVED)
    assert client.get(f"/{language}/sites/never-out/").status_code == 404


@pytest.mark.parametrize("state", HIDDEN)
def test_staff_see_a_preview_that_says_so(client, words, shown, state):
    site = hide(words, shown, state)
    image = build.make_image(site, order=1)
    client.force_login(staff("view_site", "view_image"))
    response = client.get("/en/sites/secret/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "Preview." in html and '<meta name="robots" content="noindex">' in html
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]
    assert picture_path(image) in html
    picture = client.get(picture_path(image))
    assert "no-store" in picture["Cache-Control"]
    picture.getvalue()
    cover = client.get(f"/en/covers/{site.uid}.svg")
    assert cover.status_code == 200 and "no-store" in cover["Cache-Control"]


@pytest.mark.parametrize("user", [None, "staff without the right", "no staff"])
def test_others_see_no_preview(client, words, shown, user):
    site = hide(words, shown, Site.State.DRAFT)
    image = build.make_image(site)
    if user == "no staff":
        member = staff("view_site", "view_image")
        member.is_staff = False
        member.save()
        client.force_login(member)
    elif user:
        client.force_login(staff("add_site"))
    for path in ("/en/sites/secret/", f"/en/covers/{site.uid}.svg", picture_path(image)):
        assert status(client, path) == 404


def test_a_picture_is_served_safely_and_kept(client, shown):
    image = build.make_image(shown)
    response = client.get(picture_path(image))
    assert response.status_code == 200
    assert response["Content-Type"] in ("image/png", "image/jpeg", "image/webp")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert (
        "immutable" in response["Cache-Control"] and "max-age=31536000" in response["Cache-Control"]
    )
    response.getvalue()
    for path in (f"/images/{image.uid}/other.png", "/images/nobody/a.png", "/images/x/..%2fa.png"):
        assert client.get(path).status_code == 404


def test_a_picture_that_is_not_published_or_has_no_file(client, shown):
    image = build.make_image(shown, published=False)
    assert client.get(picture_path(image)).status_code == 404
    assert image.uid not in client.get("/en/sites/shown/").content.decode()
    image = build.make_image(shown, file=build.picture_file(70, 40))
    image.file.storage.delete(image.file.name)
    assert client.get(picture_path(image)).status_code == 404


def test_a_cover_is_drawn_from_the_record(client, words):
    china = build.make_place("China", "中国", level="country", code="CN", slug="cn")
    tang = build.make_era("Tang", "唐", slug="tang-of-china")
    site = build.make_site("Temple", kinds=[words.temple], place=china)
    build.make_event(site, "built", "", tang)
    response = client.get(f"/en/covers/{site.uid}.svg")
    svg = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert ">唐</text>" in svg and "max-age=3600" in response["Cache-Control"]
    again = client.get(f"/en/covers/{site.uid}.svg", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    square = client.get(f"/en/covers/square/{site.uid}.svg").content.decode()
    assert 'width="900" height="900"' in square
    assert client.get("/en/covers/nobody.svg").status_code == 404
