"""Every kind of editors' page under axe: in both languages, light and dark, wide and narrow."""

import pytest
from django.test import Client
from django.urls import reverse
from selenium.webdriver.common.by import By

from heritage.models import ChangeSet, Correction, SavedFilter, Site
from heritage.models.unit_of_work import change_set
from heritage.services import review
from heritage.services.history import deletions_of
from heritage.services.merge import merge
from tests import builders as build
from tests.axe import check
from tests.browser import active, resize, step, wait
from tests.test_web_accessibility import WIDER
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"
DATE = "document.querySelector('[name=coordinates]').value = 'north of the river'"
CHOOSE = "for (const box of document.querySelectorAll('input.action-select')) box.checked = true;"


class Pages:
    """What the pages are about, and the way to each: an address, and what is done there."""

    def __init__(self):
        words = vocabulary()
        self.user = build.make_user("zhao", password=PASSWORD, is_superuser=True)
        other = build.make_user("wang", group="contributor")
        with change_set(user=other):
            self.site = full_site(words)
            self.draft = build.make_site("Iron Pagoda", "铁塔", state="draft")
            self.twin = build.make_site("Iron Tower", "铁塔", state="draft", kinds=[words.temple])
            gone, merged = (build.make_site(name, state="draft") for name in ("Gone", "Kaibao"))
        with change_set(user=self.user, reason="Twice"):
            gone.delete()
        self.merged = merge(self.twin, merged, (), self.user)
        with change_set(user=self.user, reason="A better word"):
            self.site.summary["en"] = "Caves above the river Yi."
            self.site.save()
        review.step(self.draft, "sent", other, "Please look.")
        review.comment(self.draft, self.user, "Which dynasty?", "summary")
        self.correction = Correction.objects.create(
            site=self.site, topic="dates", text="It is older.", suggestion="493", language="en"
        )
        self.words, self.image = words, build.make_image(self.site)
        SavedFilter.objects.create(user=self.user, name="No point", query="lacks=point")

    def addresses(self):
        """Kinds of pages by name: (address, script that is run there and leads to the page)."""

        def of(name, *args):
            return reverse(f"admin:heritage_{name}", args=args)

        sites, site, draft = of("site_changelist"), self.site.pk, self.draft.pk
        [gone] = deletions_of(Site)[:1]
        edited = ChangeSet.objects.filter(reason="A better word").get()
        yield from {
            "desk": (reverse("admin:index"), ""),
            "list": (sites, ""),
            "list, filtered": (f"{sites}?state__exact=published", CHOOSE),
            "list, empty": (f"{sites}?q=zeppelin", ""),
            "add": (of("site_add"), ""),
            "change": (of("site_change", site), ""),
            "change, in review": (of("site_change", draft), ""),
            "history": (of("site_history", site), ""),
            "undo of a record": (of("site_undo", site, edited.pk), ""),
            "recycle bin": (of("site_deleted"), ""),
            "restore what was deleted": (of("site_restore", gone.pk), ""),
            "change sets": (of("changeset_changelist"), ""),
            "change set": (of("changeset_change", self.merged.pk), ""),
            "undo": (of("changeset_undo", self.merged.pk), ""),
            "review": (of("site_review", draft), ""),
            "merge, choice": (of("site_merge", draft), ""),
            "merge": (of("site_merge", draft) + f"?with={self.twin.pk}", ""),
            "delete": (of("site_delete", draft), ""),
            "delete, refused": (of("kind_delete", self.words.religious.pk), ""),
            "corrections": (of("correction_changelist"), ""),
            "correction": (of("correction_change", self.correction.pk), ""),
            "decide": (of("correction_decide", self.correction.pk), ""),
            "images": (of("image_changelist"), ""),
            "image": (of("image_change", self.image.pk), ""),
            "kinds": (of("kind_changelist"), ""),
            "kind": (of("kind_change", self.words.temple.pk), ""),
            "replace": (of("kind_replace", self.words.temple.pk), ""),
            "era": (of("era_change", self.words.tang.pk), ""),
            "place": (of("place_change", self.words.luoyang.pk), ""),
            "register": (of("register_change", self.words.unesco.pk), ""),
            "sources": (of("source_changelist"), ""),
            "users": (of("user_changelist"), ""),
            "user": (of("user_change", self.user.pk), ""),
            "new user": (of("user_add"), ""),
            "password of a user": (
                reverse("admin:auth_user_password_change", args=[self.user.pk]),
                "",
            ),
            "group": (reverse("admin:auth_group_change", args=[1]), ""),
            "sessions": (reverse("usersessions_list"), ""),
            "two steps": (reverse("mfa_index"), ""),
            "keys": (reverse("mfa_list_webauthn"), ""),
            "password": (reverse("account_change_password"), ""),
            "once more": (reverse("mfa_activate_totp"), ""),
            "not found": (reverse("admin:index") + "nothing/", ""),
        }.items()
        yield "errors", (of("site_change", site), f"{DATE}; {press('[name=_save]')}")
        for action in ("change_terms", "archive", "delete_selected", "edit_table"):
            yield (
                action,
                (
                    f"{sites}?q=Iron",
                    f"{CHOOSE} document.querySelector('[name=action]').value = '{action}';"
                    + press("[name=index]"),
                ),
            )
        yield (
            "preview of the table",
            (
                "",  # goes on from the table
                "document.querySelector('.table-edit textarea').value = 'Iron'; "
                + press(".default"),
            ),
        )


def press(selector: str) -> str:
    return f"document.querySelector('{selector}').click()"


@pytest.fixture
def pages():
    return Pages()


def log_in(browser, live_server, user) -> None:
    client = Client()
    client.force_login(user)
    browser.get(f"{live_server.url}/robots.txt")
    browser.execute_script("localStorage.clear()")
    cookie = client.cookies["sessionid"].value
    browser.add_cookie({"name": "sessionid", "value": cookie, "path": "/"})


def problems(browser, width: int) -> list[str]:
    """What axe finds at this width in either scheme, and what runs over at this width or less."""
    found = []
    for narrower in {width, 820, 360}:
        if narrower <= width:
            resize(browser, narrower)
            found += [f"at {narrower}: {at}" for at in browser.execute_script(WIDER)]
    resize(browser, width)
    return found + check(browser)


def as_lines(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{page}, {one}" for page, told in found.items() for one in told)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_axe_finds_nothing_and_nothing_runs_over(browser, live_server, pages, language, width):
    log_in(browser, live_server, pages.user)
    resize(browser, width)
    found = {}
    for page, (path, script) in pages.addresses():
        if path:
            browser.get(live_server.url + path.replace("/en/", f"/{language}/"))
        if script:
            browser.execute_script("document.documentElement.dataset.old = 1;" + script)
        if "click()" in script:
            wait(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, "html[data-old]"))
        found[page] = problems(browser, width)
    assert not any(found.values()), as_lines(found)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_getting_in_are_sound(browser, live_server, language):
    build.make_user("li", group="editor", password=PASSWORD)
    found = {}
    for page in ("login", "password/reset", "password/reset/done", "signup", "inactive"):
        browser.get(f"{live_server.url}/{language}/accounts/{page}/")
        found[page] = problems(browser, 360)
        [other] = browser.find_elements(By.CSS_SELECTOR, ".languages a:not([aria-current])")
        assert other.is_displayed() and f"/accounts/{page}/" in other.get_attribute("href")
    browser.get(f"{live_server.url}/{language}/accounts/login/")
    for name, text in (("login", "li"), ("password", "wrong")):
        browser.find_element(By.NAME, name).send_keys(text)
    browser.find_element(By.CSS_SELECTOR, "#login-form [type=submit]").click()
    wait(browser, lambda: browser.find_elements(By.CLASS_NAME, "errorlist"))
    found["refused"] = problems(browser, 360)
    assert not any(found.values()), as_lines(found)


@pytest.mark.parametrize(
    "name", ["index", "heritage_site_changelist", "heritage_source_changelist"]
)
def test_a_keyboard_is_soon_at_what_a_page_is_about(browser, live_server, pages, name):
    """The first stop leads past the head; without it there are few stops, and each can be seen."""
    log_in(browser, live_server, pages.user)
    browser.get(live_server.url + reverse(f"admin:{name}"))
    browser.execute_script("document.activeElement.blur()")
    step(browser)
    assert active(browser, ".skip-to-content-link")
    stops = 0
    while not active(browser, "#content *"):
        step(browser)
        stops += 1
        outline = "return getComputedStyle(document.activeElement).outlineStyle"
        assert browser.execute_script(outline) != "none"
    assert stops <= 12
