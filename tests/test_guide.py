"""The pictures of docs/editing.md: its steps are taken in a browser, as an editor takes them.

`HERITAGE_PICTURES=1 uv run pytest tests/test_guide.py` puts the pictures into docs/.
"""

import io
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image as Picture
from selenium.webdriver.common.by import By

from heritage.models import Correction, Site, User
from heritage.models.unit_of_work import change_set
from heritage.services import review
from tests import builders as build
from tests.browser import resize, wait
from tests.test_admin_browser import field, log_in, open_form, save, write
from tests.test_admin_preview import in_frame

pytestmark = pytest.mark.django_db(transaction=True)

DOCS = Path(settings.BASE_DIR) / "docs"
GUIDE = (DOCS / "editing.md").read_text()
TEMPLES = {
    "White Horse Temple": "白马寺",
    "Shaolin Temple": "少林寺",
    "Fawang Temple": "法王寺",
    "Huishan Temple": "会善寺",
    "Xiangguo Temple": "相国寺",
    "Zhongyue Temple": "中岳庙",
}


@pytest.fixture
def catalogue():
    """A few records of Luoyang and its surroundings, and what waits for an editor."""
    china = build.make_place("China", "中国", level="country", slug="china")
    henan = build.make_place("Henan", "河南省", level="province", parent=china)
    luoyang = build.make_place("Luoyang", "洛阳市", parent=henan)
    county = build.make_place("Luolong", "洛龙区", level="county", parent=luoyang)
    temple, grottoes = build.make_kind("Temple", "寺庙"), build.make_kind("Grottoes", "石窟")
    wei = build.make_era("Northern Wei", "北魏", span="0386/0534")
    tang = build.make_era("Tang", "唐", span="0618/0907")
    li = build.make_user("li", group="editor", first_name="Li", last_name="Na")
    wang = build.make_user("wang", group="contributor", first_name="Wang", last_name="Fang")
    for name, chinese in TEMPLES.items():
        with change_set(user=li):
            build.make_site(name, chinese, kinds=[temple], place=luoyang)
    point = {"place": county, "latitude": 34.5556, "longitude": 112.4722}
    with change_set(user=wang):
        longmen = build.make_site("Longmen Grottoes", "龙门石窟", kinds=[grottoes], **point)
        longmen.summary = build.text(
            "Buddhist caves cut into the cliffs above the Yi River, from about 493 to the Tang.",
            "伊河两岸崖壁上的佛教窟龛，约自493年开凿，延续至唐代。",
        )
        longmen.save()
        build.make_event(longmen, "begun", "0493~", wei, note=build.text("As the court moved."))
        build.make_event(longmen, "enlarged", "0672/0676", tang)
        guanlin = build.make_site(
            "Guanlin Temple", "关林", kinds=[temple], place=county,
            latitude=34.6086, longitude=112.4739,
        )  # fmt: skip
        gate = build.make_site("Yingtian Gate", "应天门", state="draft", place=luoyang)
    review.step(gate, "sent", wang, "The date needs a second look.")
    review.assign(gate, li, li)
    text = "The board at the gate says 1592."
    Correction.objects.create(site=guanlin, topic="dates", text=text, language="en")
    with change_set(user=li, reason="Inscription of the Binyang cave"):
        longmen.summary["en"] = longmen.summary["en"].replace("from about 493", "begun about 493")
        longmen.save()
    return longmen


class Camera:
    """Takes the pictures that the guide shows, and no other."""

    def __init__(self, browser):
        self.browser, self.taken = browser, set()

    def take(self, name: str, width: int, height: int) -> None:
        assert f"]({name})" in GUIDE
        resize(self.browser, width, height)
        wait(self.browser, lambda: self.browser.execute_script(
            "return document.readyState === 'complete'"))  # fmt: skip
        picture = Picture.open(io.BytesIO(self.browser.get_screenshot_as_png())).convert("RGB")
        assert picture.size == (width, height)
        if os.environ.get("HERITAGE_PICTURES"):
            picture.save(DOCS / name, quality=82, progressive=True, optimize=True)
        self.taken.add(name)


def test_the_guide_shows_what_an_editor_sees(browser, live_server, catalogue):
    log_in(browser, live_server, "anna")
    camera = Camera(browser)
    sites = live_server.url + reverse("admin:heritage_site_changelist")

    browser.get(live_server.url + reverse("admin:index"))
    camera.take("editing-desk.jpg", 1200, 820)

    browser.get(live_server.url + reverse("admin:heritage_site_add"))
    resize(browser, 1200, 1000)
    write(browser, "name__en", "Guanlin Temple")
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "#similar .is-doubtful a"))
    camera.take("editing-add.jpg", 1200, 900)
    browser.execute_script("onbeforeunload = null; localStorage.clear()")

    open_form(browser, live_server, catalogue)
    resize(browser, 1200, 900)
    first = "document.querySelector('#events-group .record-line > summary').click()"
    browser.execute_script(first)
    wait(browser, lambda: browser.find_elements(By.NAME, "events-0-date"))
    browser.execute_script("document.getElementById('events-group').scrollIntoView()")
    camera.take("editing-form.jpg", 1200, 700)

    open_form(browser, live_server, catalogue)
    resize(browser, 1280, 800)
    browser.find_element(By.ID, "preview-toggle").click()
    wait(browser, lambda: in_frame(browser, ".site-title"))
    browser.execute_script("document.getElementById('section-texts').scrollIntoView()")
    field(browser, "summary__en").send_keys(" Typed a moment ago.")
    wait(browser, lambda: "Typed a moment ago." in in_frame(browser, "main"))
    in_the_frame = "document.querySelector('#preview-page iframe').contentDocument"
    browser.execute_script(f"{in_the_frame}.querySelector('.site-title').scrollIntoView()")
    camera.take("editing-preview.jpg", 1280, 800)
    browser.execute_script("onbeforeunload = null; localStorage.clear()")

    open_form(browser, live_server, catalogue)
    write(browser, "summary__en", "Caves above the Yi River, begun about 493 and enlarged to 676.")
    mine = field(browser, "summary__en").get_property("value")
    stored = Site.objects.get(pk=catalogue.pk)
    stored.summary["en"] = "Buddhist caves in the cliffs above the Yi River, begun in 493."
    with change_set(user=User.objects.get(username="li")):
        stored.save()
    save(browser)
    assert mine in browser.find_element(By.ID, "conflicts").text
    browser.execute_script("scrollTo(0, 0)")
    camera.take("editing-conflict.jpg", 1200, 620)

    browser.get(live_server.url + reverse("admin:heritage_site_history", args=[catalogue.pk]))
    camera.take("editing-history.jpg", 1200, 640)

    browser.get(f"{sites}?lacks=point&state__exact=published")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#result_list tbody tr")) == len(TEMPLES)
    camera.take("editing-list.jpg", 820, 760)

    assert camera.taken == set(re.findall(r"\]\((editing-[\w-]+\.jpg)\)", GUIDE))
    assert all((DOCS / name).exists() for name in camera.taken)
