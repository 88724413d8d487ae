"""The cover fields of a form: a list of scenes beside the drawing of the chosen one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.forms import Select
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.media.covers import PALETTES, scene_files, tag_of_chooser
from heritage.models import PLATE, SOLEMN


class SceneSelect(Select):
    """All scenes by name, with what each shows; `plates` adds plates.

    Without JavaScript it is a list; with it, the drawings can be browsed. Unless the page shows
    everything, it holds the selected scene only and fetches the others on demand (`scenes_view`).
    """

    template_name = "admin/widgets/scene.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, plates: bool = False):
        super().__init__(attrs)
        self.shows_all = False
        self.choices = list(_plates()) if plates else [("", _("None"))]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = value or ""
        names = scene_files.names()
        shown = [name for name in names if self.shows_all or name == chosen]
        offered = [*self.choices, (_("Scenes"), list(_titled(shown)))]
        known = {"", PLATE, SOLEMN, *names}
        # A stored scene that no longer exists stays selected.
        offered += [] if chosen in known else [(chosen, chosen)]
        select = Select(self.attrs, offered)
        context = select.get_context(name, chosen, attrs)
        context["widget"] |= {
            "template_name": self.template_name,
            "address": _address("NAME"),
            "others": "" if self.shows_all else reverse("admin:scenes"),
            "shown": _address(chosen) if chosen in names else "",
        }
        return context


def _address(scene: str) -> str:
    return reverse("media:scene", args=[scene], query={"v": tag_of_chooser()})


def _plates() -> Iterator[tuple]:
    yield "", _("The scene of its kind, if it has one")
    yield PLATE, _("A plate with its name: no scene would be true")
    yield SOLEMN, _("A solemn plate: a place of suffering and memory")


def _titled(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    language = get_language() or "en"
    for name in names:
        title = scene_files.scene(name).title(language)
        yield name, f"{name} – {title.partition(': ')[2] or title.partition('：')[2]}"


def palette_select() -> Select:
    return Select(choices=[("", _("None")), *((name, name) for name in PALETTES)])


def scenes_view(request: HttpRequest) -> HttpResponse:
    """All scenes as options of a select."""
    return render(
        request, "admin/widgets/scene_options.html", {"scenes": list(_titled(scene_files.names()))}
    )
