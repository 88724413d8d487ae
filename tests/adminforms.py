"""Forms of the admin as a browser sends them: what the page holds, and what somebody changes."""

from html.parser import HTMLParser

ROWS = ("names", "events", "coverages", "part_of", "parts", "images")


class _Form(HTMLParser):
    """The successful controls of the page's main form."""

    def __init__(self):
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._form = self._select = self._area = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._form = attrs.get("id", "")
        if not (self._form or "").endswith("_form") or "form" in attrs:
            return
        if tag == "input" and attrs.get("name") and attrs.get("type") not in ("submit", "file"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self._add(attrs["name"], attrs.get("value") or ("on" if "checked" in attrs else ""))
        elif tag == "textarea":
            self._area = (attrs["name"], [])
        elif tag == "select" and attrs.get("name"):
            self._select = (attrs["name"], "multiple" in attrs, [])
        elif tag == "option" and self._select and "selected" in attrs:
            self._select[2].append(attrs.get("value", ""))

    def handle_data(self, data):
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area:
            name, texts = self._area
            self._add(name, "".join(texts).removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select:
            name, multiple, chosen = self._select
            for value in chosen or ([] if multiple else [""]):
                self._add(name, value)
            self._select = None

    def _add(self, name, value):
        self.values.setdefault(name, []).append(value)


def page_data(response) -> dict[str, list[str]]:
    """What a browser would send of a page, without the templates of new rows."""
    form = _Form()
    form.feed(response.content.decode())
    return {name: value for name, value in form.values.items() if "__prefix__" not in name}


def filled(client, url, changes=(), **rows) -> dict:
    """The data of the page at `url` with changes, and with new rows: events=[{…}, …].

    All its rows are open, and no empty one is sent.
    """
    return completed(opened(client, url), changes, **rows)


def opened(client, url) -> dict[str, list[str]]:
    """The data of the page at `url`, for several calls of `completed`."""
    return page_data(client.get(url, {"all": "1"}))


def completed(page: dict, changes=(), **rows) -> dict:
    """The data of a page with changes and new rows, as `filled` gives them."""
    data = page | dict(changes)
    for key in [key for key in data if key.endswith("-INITIAL_FORMS")]:
        prefix, total = key.removesuffix("-INITIAL_FORMS"), int(data[key][0])
        data[f"{prefix}-TOTAL_FORMS"] = [str(total)]
        for name in [name for name in data if name.startswith(f"{prefix}-{total}-")]:
            del data[name]
    for prefix, added in rows.items():
        total = int(data[f"{prefix}-TOTAL_FORMS"][0])
        for number, row in enumerate(added, total):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        data[f"{prefix}-TOTAL_FORMS"] = [str(total + len(added))]
    return data


def errors(response) -> dict[str, list[str]]:
    """The messages of a refused form by the names of their fields, as in events-0-date."""
    found = dict(response.context["adminform"].form.errors)
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= {form.add_prefix(name): texts for name, texts in form.errors.items()}
    return {name: list(texts) for name, texts in found.items()}
