"""An editor's day in a browser: from a contributor's draft to a merge that is undone."""

import pytest
from django.urls import reverse
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from heritage.models import ChangeSet, Site
from heritage.models.unit_of_work import change_set
from tests import builders as build
from tests.axe import violations
from tests.browser import resize, scripts, wait

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"


@pytest.fixture
def people():
    return {
        name: build.make_user(name, group=group, password=PASSWORD)
        for name, group in (("wang", "contributor"), ("li", "editor"))
    }


class Day:
    """What somebody does in the browser, by the words on the page."""

    def __init__(self, browser, live_server):
        self.browser, self.base = browser, live_server.url

    def open(self, path: str) -> None:
        self.browser.get(self.base + path)

    def find(self, selector: str):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def press(self, selector: str) -> None:
        """Press a button and wait for the page that follows."""
        button = self.find(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        old = self.find("html").id
        button.click()
        wait(self.browser, lambda: self.find("html").id != old)

    def write(self, name: str, text: str) -> None:
        field = self.find(f'[name="{name}"]')
        field.clear()
        field.send_keys(text)

    def log_in(self, name: str) -> None:
        self.browser.delete_all_cookies()
        self.open("/en/admin/")
        self.write("login", name)
        self.write("password", PASSWORD)
        self.press("#login-form [type=submit]")
        wait(self.browser, lambda: self.browser.current_url.endswith("/admin/"))

    def says(self, text: str) -> bool:
        return text in self.find("body").text


def page(name: str, *args) -> str:
    return reverse(f"admin:heritage_{name}", args=args)


def test_a_draft_becomes_a_page_and_a_merge_is_undone(browser, live_server, people):
    day = Day(browser, live_server)
    kind = build.make_kind("Temple", "寺庙")
    twin = build.make_site("Guanlin", "关林", kinds=[kind], summary=build.text("Of Guan Yu."))
    with change_set(user=people["wang"]):
        draft = build.make_site("Guanlin Temple", "关林", state="draft", kinds=[kind])
    review = page("site_review", draft.pk)

    day.log_in("wang")
    day.open(review)
    day.press("[value=sent]")
    assert day.says("in review")

    day.log_in("li")
    day.open(review)
    day.write("text", "Which dynasty?")
    day.press("[value=comment]")
    assert day.says("Which dynasty?")
    # The form shows what was said, and the editor edits.
    day.open(page("site_change", draft.pk))
    assert day.says("Which dynasty?")
    day.write("summary__en", "A temple of Guan Yu, of the Ming.")
    day.press("[name=_save]")
    day.open(review)
    day.press("[value=published]")
    assert Site.objects.get(pk=draft.pk).state == "published"
    assert violations(browser) == []

    # What was published is undone, by the history.
    published = ChangeSet.objects.filter(user=people["li"]).latest("pk")
    day.open(page("changeset_undo", published.pk))
    day.press("form [type=submit].default")
    assert Site.objects.get(pk=draft.pk).state == "in_review"
    day.open(review)
    day.press("[value=published]")

    # Two records of one site become one, and are two again.
    day.open(page("site_merge", draft.pk) + f"?with={twin.pk}")
    assert violations(browser) == []
    day.press("form.merge [type=submit]")
    assert not Site.objects.filter(pk=twin.pk).exists()
    merged = ChangeSet.objects.get(kind="merge")
    day.open(page("changeset_undo", merged.pk))
    assert violations(browser) == []
    day.press("form [type=submit].default")
    assert Site.objects.filter(pk=twin.pk).exists()
    assert Site.objects.get(pk=twin.pk).summary["en"] == "Of Guan Yu."
    # And by address a contributor gets none of it.
    day.log_in("wang")
    for path in (page("changeset_undo", merged.pk), page("site_merge", draft.pk)):
        day.open(path)
        assert not browser.find_elements(By.CSS_SELECTOR, "form [type=submit].default")


def test_somebody_gets_in_with_a_passkey(browser, live_server, people):
    options = VirtualAuthenticatorOptions(
        protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
        transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
        has_resident_key=True,
        has_user_verification=True,
        is_user_verified=True,
    )
    day = Day(browser, live_server)
    browser.add_virtual_authenticator(options)
    try:
        day.log_in("li")
        day.open("/en/accounts/2fa/webauthn/add/")
        day.write("password", PASSWORD)
        day.press("form [type=submit]")
        day.write("name", "Desk")
        if browser.find_elements(By.NAME, "passwordless"):
            day.find("[name=passwordless]").click()
        day.find("#mfa_webauthn_add").click()
        wait(browser, lambda: people["li"].authenticator_set.filter(type="webauthn").exists())
        browser.delete_all_cookies()
        day.open("/en/accounts/login/")
        day.find("#passkey_login").click()
        wait(browser, lambda: browser.current_url.endswith("/admin/"))
    finally:
        browser.remove_virtual_authenticator()


def test_pages_of_getting_in_are_sound_on_a_telephone(browser, live_server, people):
    day = Day(browser, live_server)
    browser.delete_all_cookies()
    resize(browser, 360)
    day.open("/en/accounts/login/")
    assert violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    scripts(browser, are_run=False)
    day.log_in("li")  # needs no script
    scripts(browser, are_run=True)
    day.open("/en/accounts/2fa/")
    assert violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
