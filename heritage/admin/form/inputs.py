"""Form fields and widgets of the admin: language maps, dates, coordinates, pictures, scenes.

The point and the boundary of a site are texts, each with a map (`geometry`) that writes them too:
the field of a point reads any common notation, that of a boundary is checked while it is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.forms import ClearableFileInput, Select
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import normalize_newlines
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.admin.form.date_echo import echo_of
from heritage.admin.form.picture_facts import suggestions, twins
from heritage.media.covers import PALETTES, scene_files, tag_of_chooser
from heritage.models import PLATE, SOLEMN, Identity, Image, Rendition, edtf_bounds
from heritage.values import coordinates, date_parser, edtf
from heritage.values.coordinates import read_boundary, read_point
from heritage.values.date_format import year_phrase
from heritage.values.html import fragment
from heritage.values.language import (
    LanguageMap,
    interface_languages,
    language_name,
    proper_tag,
    text_direction,
)
from heritage.values.weekdays import read_weekdays

# Between the name of a field and a language code; field names have no double underscore.
LANGUAGE_SEPARATOR = "__"


def offered_languages() -> list[tuple[str, str]]:
    """Languages that a text may have besides those of the interface."""
    ours = interface_languages()
    return [(code, name) for code, name in settings.CONTENT_LANGUAGES if code not in ours]


# --- text in several languages -----------------------------------------------------------------


class LanguageMapWidget(forms.Widget):
    """One input for each language of the interface, and for others that are used or asked for.

    With `rows` they are text areas of that height, with 0 single lines. `shows_all` shows all
    languages.
    """

    template_name = "admin/widgets/language_map.html"
    use_fieldset = True

    def __init__(
        self, attrs: dict[str, Any] | None = None, rows: int = 0, is_markdown: bool = False
    ):
        super().__init__(attrs)
        self.rows, self.is_markdown = rows, is_markdown
        self.shows_all = False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}{LANGUAGE_SEPARATOR}{interface_languages()[0]}" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        texts = value if isinstance(value, dict) else {}
        shown = interface_languages()
        others = [code for code, _name in settings.CONTENT_LANGUAGES if code not in shown]
        shown += [code for code in others if self.shows_all or texts.get(code)]
        shown += [code for code in texts if code not in (*shown, *others)]
        base = context["widget"]["attrs"]
        context["widget"] |= {
            "rows": self.rows,
            "markdown": self.is_markdown,
            "shown": [self._input(name, code, texts, base) for code in shown],
            "has_others": any(code not in shown for code in others),
        }
        return context

    def _input(self, name: str, code: str, texts: dict[str, str], base: dict[str, Any]) -> dict:
        attrs = {key: value for key, value in base.items() if key != "required"}
        if "id" in base:
            attrs["id"] = f"{base['id']}{LANGUAGE_SEPARATOR}{code}"
        return {
            "name": f"{name}{LANGUAGE_SEPARATOR}{code}",
            "label": language_name(code),
            "lang": proper_tag(code),
            "dir": text_direction(code),
            "value": texts.get(code, ""),
            "attrs": attrs,
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        prefix = name + LANGUAGE_SEPARATOR
        return {
            key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix)
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        start = name + LANGUAGE_SEPARATOR
        return not [key for key in data if key.startswith(start)]


class LanguageMapFormField(forms.Field):
    """A language map. Errors name the language that they are about."""

    widget = LanguageMapWidget
    default_error_messages = {
        "required": _("Write it in at least one language."),
    }

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any):
        # Not the model's callable default, for which Django would add a hidden input.
        super().__init__(**kwargs | {"show_hidden_initial": False, "initial": None})

    def to_python(self, value: Any) -> LanguageMap:
        try:
            return LanguageMap.clean(value or {})
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return LanguageMap.clean(initial or {}) != LanguageMap.clean(data or {})
        except ValueError:
            return True


# --- plain text, numbers ---------------------------------------------------------------------


class PlainTextFormField(forms.CharField):
    """Text of several lines, whose ends a browser sends as CRLF."""

    def to_python(self, value: object) -> str:
        return normalize_newlines(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial, self.to_python(data))


class NamesFormField(PlainTextFormField):
    """Several names, one in each line."""

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any):
        super().__init__(**kwargs | {"show_hidden_initial": False, "initial": None})

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        names = (" ".join(line.split()) for line in super().to_python(value).split("\n"))
        return list(dict.fromkeys(filter(None, names)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data or "")


class DateInput(forms.DateInput):
    """The browser's date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """Times are local to the place, whatever the editor's time zone."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%H:%M")


class ParsedCharField(forms.CharField):
    """A text field that counts as changed if the result of `to_python()` has changed, which is what
    is stored."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, self.to_python(data))
        except ValidationError:
            return True


class WeekdaysFormField(ParsedCharField):
    """Days of the week as people write them; the cleaned value are their digits."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs | {"max_length": 60})

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if value in self.empty_values:
            return value
        try:
            return read_weekdays(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class DegreesFormField(forms.CharField):
    """A latitude or longitude in any notation: 34.6086, 34°36′31″N, 北纬34.6086度."""

    def __init__(self, *, limit: int, **kwargs: Any):
        for name in ("max_value", "min_value", "step_size"):
            kwargs.pop(name, None)
        super().__init__(**kwargs)
        self._is_latitude = limit == 90

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if value in self.empty_values:
            return None
        try:
            if self._is_latitude:
                return coordinates.read_latitude(value)
            return coordinates.read_longitude(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


# --- historical dates --------------------------------------------------------------------------


class EDTFWidget(forms.TextInput):
    """A text input, and below it how the date is understood.

    `reads_eras` is for the date of an event, which may name eras.
    """

    template_name = "admin/widgets/edtf.html"
    reads_eras = False

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "vTextField edtf-input", "size": 18, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        # What is refused is told by the errors of the field.
        widget["echo"] = replace(echo_of(str(value or ""), self.reads_eras), refusal="")
        widget["reads_eras"] = self.reads_eras
        widget["understood"] = f"{widget['attrs'].get('id', name)}_understood"
        described = widget["attrs"].get("aria-describedby", ""), widget["understood"]
        widget["attrs"]["aria-describedby"] = " ".join(filter(None, described))
        return context


class EDTFFormField(ParsedCharField):
    """A date as people write it, in English, Chinese or EDTF; the cleaned value is EDTF."""

    widget = EDTFWidget
    remarks: tuple[str, ...] = ()  # on how the text was understood that was read last

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if value in self.empty_values:
            return value
        try:
            self.remarks = tuple(date_parser.remarks(value))
            return date_parser.parse_date(value)
        except edtf.EDTFError as error:
            raise ValidationError(str(error), code="invalid") from error


class PastDateFormField(EDTFFormField):
    """The date of what has happened, such as a listing: years to come are refused."""

    def to_python(self, value: Any) -> Any:
        date = super().to_python(value)
        if date not in self.empty_values:
            years = [year for year in edtf_bounds(date) if year is not None]
            if max(years) > timezone.localdate().year:
                raise ValidationError(
                    _("%(year)s is yet to come. Give the year in which it happened."),
                    code="future",
                    params={"year": year_phrase(max(years))},
                )
        return date


# --- pictures ----------------------------------------------------------------------------------


class PictureWidget(ClearableFileInput):
    """A file input that shows the current picture, or names the one kept from the last attempt."""

    template_name = "admin/widgets/picture.html"
    pending: tuple[str, str] | None = None  # (file name, token), see `pending_uploads`

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and not self.pending

    def is_initial(self, value: Any) -> bool:
        return bool(value and getattr(value, "instance", None) and value.instance.pk)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["address"] = (
            picture_address(value.instance, value) if self.is_initial(value) else ""
        )
        context["widget"]["pending"] = self.pending
        row = getattr(value, "instance", None)
        if self.is_initial(value) and isinstance(row, Image):
            context["widget"]["suggestions"] = suggestions(row)
            context["widget"]["twins"] = twins(row)
        return context


def picture_address(row: Identity | Image, file: FieldFile) -> str:
    """The URL of a stored picture for users who may see it.

    `file` is the stored one; in a refused form, the row has the uploaded file instead.
    """
    if isinstance(row, Identity):
        return reverse("media:logo", args=[_file_name(file)])
    return reverse("media:image", args=[row.uid, _file_name(file)])


def thumbnail_address(row: Image) -> str:
    """The URL of its smallest size; it redirects to the picture itself until that size is made."""
    if not row.source or row.width <= Rendition.SMALLEST:
        return picture_address(row, row.file)
    return reverse("media:image", args=[row.uid, f"{row.source}-{Rendition.SMALLEST}.jpg"])


_THUMBNAIL = fragment("admin/thumbnail.html")


def thumbnail(row: Image) -> SafeString:
    return _THUMBNAIL(src=thumbnail_address(row))


def _file_name(file: FieldFile) -> str:
    return (file.name or "").rpartition("/")[2]


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


# --- the point and the boundary of a site ----------------------------------------------------

MAX_HANDLES = 200  # points that can be moved on the map


class PointWidget(forms.TextInput):
    """The text box, its initial value, and the container of the map."""

    template_name = "admin/widgets/point.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        own = {"class": "vTextField", "autocomplete": "off", "size": 40}
        super().__init__(own | (attrs or {}))
        self.stored = ""  # the point when the form was opened

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["stored"] = self.stored
        return context


class PointField(forms.CharField):
    """Both coordinates of a site in one text box; they are passed to the two columns."""

    widget = PointWidget
    is_read_into_others = True  # see `editing.posted_values()`

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Point"))
        kwargs.setdefault(
            "help_text",
            _(
                "Degrees, degrees with minutes and seconds, or the link of a map: "
                "34.6086, 112.4739; 北纬34°36′31″ 东经112°28′26″."
            ),
        )
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False  # the two columns tell


def with_point(data: Any) -> Any:
    """The posted data with both columns set from the box, and the error if it cannot be read.

    An unchanged box changes nothing, even if others moved the point meanwhile.
    """
    text = data.get("coordinates")
    if text is None or text.strip() == data.get("coordinates_initial", "").strip():
        return data, ""
    data = data.copy()
    if not text.strip():
        data["latitude"] = data["longitude"] = ""
        return data, ""
    try:
        latitude, longitude = read_point(text, bool(data.get("coordinates_gcj02")))
    except ValueError as error:
        return data, str(error)
    data["latitude"], data["longitude"] = repr(latitude), repr(longitude)
    return data, ""


class BoundaryWidget(AdminTextareaWidget):
    """The text, and the place of the map with its buttons."""

    template_name = "admin/widgets/boundary.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"rows": 4, "spellcheck": "false"} | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["most"] = MAX_HANDLES
        return context


class BoundaryFormField(forms.JSONField):
    """GeoJSON, or one point on each line; empty where there is none."""

    widget = BoundaryWidget

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read_boundary(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The text as it was typed. Django would parse it, which fails for a text that
        `to_python()` refuses."""
        return initial if self.disabled else data

    def prepare_value(self, value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        return super().prepare_value(value)
