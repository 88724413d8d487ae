"""A strict reader of HTML: what it finds wrong in a page, by the rules of the HTML standard.

Stricter than a browser, which mends in silence: each element is closed by its own end tag.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


VOID = _set("area base br col embed hr img input link meta source track wbr")
RAW = {"script", "style"}
_SVG = "svg"
# Elements that may hold phrasing content only.
PHRASING_ONLY = _set(
    "p h1 h2 h3 h4 h5 h6 span em strong small cite q abbr code i b u mark time label "
    "button summary dt"
)
BLOCK = _set(
    "address article aside blockquote details dialog dl div fieldset figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr main nav ol p pre section table ul"
)
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"td", "th"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}, "tbody": {"tr"},
    "thead": {"tr"}, "tfoot": {"tr"}, "select": {"option", "optgroup", "hr"},
}  # fmt: skip
PARENTS = {
    "li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "td": {"tr"},
    "th": {"tr"}, "figcaption": {"figure"}, "summary": {"details"}, "legend": {"fieldset"},
    "caption": {"table"}, "option": {"select", "datalist", "optgroup"}, "title": {"head", "svg"},
}  # fmt: skip
INTERACTIVE = {"a", "button", "select", "textarea", "label", "details", "input"}
REQUIRED = {
    "img": {"alt"}, "link": {"rel", "href"}, "meta": set(), "html": {"lang"}, "label": set(),
    "form": set(), "option": {"value"}, "svg": set(), "script": set(), "th": set(),
}  # fmt: skip
OBSOLETE = _set("center font big tt strike acronym frame frameset marquee blink")
OBSOLETE_ATTRIBUTES = {"align", "bgcolor", "border", "style", "valign", "cellpadding"}
GLOBAL = _set(
    "id class lang dir title hidden tabindex role translate inert autofocus popover "
    "enterkeyhint inputmode spellcheck autocapitalize nonce slot itemprop"
)
OWN = {
    "a": "href rel hreflang target type download", "html": "", "body": "", "head": "",
    "meta": "name content charset property http-equiv media",
    "link": "rel href type media sizes as title hreflang crossorigin fetchpriority",
    "script": "src type defer async crossorigin", "style": "media",
    "img": "src alt width height loading decoding fetchpriority srcset sizes",
    "form": "action method enctype novalidate autocomplete", "label": "for",
    "input": "type name value checked placeholder maxlength minlength autocomplete required"
    " readonly disabled size min max step pattern form multiple accept list aria-invalid",
    "button": "type name value disabled form formaction popovertarget", "details": "open name",
    "select": "name required multiple disabled size form autocomplete",
    "option": "value selected disabled label", "textarea": "name rows cols maxlength required"
    " readonly placeholder autocomplete form", "th": "scope colspan rowspan",
    "td": "colspan rowspan headers", "time": "datetime", "ol": "start reversed type",
    "li": "value", "iframe": "src width height loading", "data": "value", "col": "span",
    "fieldset": "disabled form name", "dialog": "open", "blockquote": "cite", "q": "cite",
    "optgroup": "label disabled", "output": "for", "progress": "value max",
}  # fmt: skip
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*|x-[a-z0-9-]+")
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "form")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    line: int
    children: list[str] = field(default_factory=list)
    text: str = ""
    is_named: bool = False  # by a label around it

    def __str__(self) -> str:
        return f"line {self.line}: <{self.tag} {self.attributes.get('id') or ''}>"


@dataclass
class Page(HTMLParser):
    """Reads a whole page; what is wrong with it is in `faults`."""

    html: str
    faults: list[str] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    all: list[Element] = field(default_factory=list)

    def __post_init__(self):
        HTMLParser.__init__(self)
        if not self.html.lstrip().lower().startswith("<!doctype html>"):
            self.faults.append("no doctype")
        self.feed(self.html)
        self.close()
        self.faults += [f"{element} is never closed" for element in self.open]
        self._whole()

    # --- reading ----------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._start(tag, attrs)
        if tag in VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        element = self._start(tag, attrs)
        if tag not in VOID and not any(each.tag == _SVG for each in self.open):
            self.faults.append(f"{element} closes itself, which HTML does not know")
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            inner = self.open[-1] if self.open else "nothing"
            self.faults.append(f"line {self.getpos()[0]}: </{tag}> ends {inner}")
            while any(each.tag == tag for each in self.open) and self.open.pop().tag != tag:
                pass
            return
        element = self.open.pop()
        if element.tag == "details" and element.children[:1] != ["summary"]:
            self.faults.append(f"{element} does not begin with a summary")
        if self.open:
            self.open[-1].text += element.text

    def handle_data(self, data: str) -> None:
        if not self.open:
            return
        element = self.open[-1]
        if element.tag in CHILDREN and data.strip():
            self.faults.append(f"{element} holds text: {data.strip()[:40]}")
        if element.tag not in RAW:
            element.text += data

    def _start(self, tag: str, attrs: list) -> Element:
        element = Element(tag, dict(attrs), self.getpos()[0])
        parents = [each.tag for each in self.open]
        say = self.faults.append
        names = [name for name, _value in attrs]
        if len(names) != len(set(names)):
            say(f"{element} has an attribute twice")
        if _SVG not in parents:
            self._judge(element, parents)
        if self.open:
            self.open[-1].children.append(tag)
        element.is_named = "label" in parents
        self.open.append(element)
        self.all.append(element)
        return element

    def _judge(self, element: Element, parents: list[str]) -> None:
        tag, attributes, say = element.tag, element.attributes, self.faults.append
        parent = parents[-1] if parents else ""
        if tag in OBSOLETE or OBSOLETE_ATTRIBUTES & attributes.keys():
            say(f"{element} is obsolete, or has an obsolete attribute")
        for missing in REQUIRED.get(tag, set()) - attributes.keys():
            say(f"{element} has no {missing}")
        is_heading = parent == "summary" and re.fullmatch("h[1-6]", tag)
        if tag in BLOCK and parent in PHRASING_ONLY and not is_heading:
            say(f"{element} stands in {parent}")
        if parent in CHILDREN and tag not in CHILDREN[parent] | {"script", "template"}:
            say(f"{element} is a child of {parent}")
        if tag in PARENTS and parent not in PARENTS[tag]:
            say(f"{element} stands in {parent}")
        nested = {"a", "button"} & set(parents)
        if tag in INTERACTIVE and nested and attributes.get("type") != "hidden":
            say(f"{element} can be used within {nested}")
        allowed = GLOBAL | set(OWN.get(tag, "").split())
        for name in attributes:
            if name not in allowed and not name.startswith(("data-", "aria-")) and tag != _SVG:
                say(f"{element} has {name}, which is no attribute of it")
        language = attributes.get("lang")
        if "lang" in attributes and not TAG.fullmatch(language or ""):
            say(f"{element} is in no language: {language!r}")
        if attributes.get("dir", "ltr") not in ("ltr", "rtl", "auto"):
            say(f"{element} runs in no direction")

    # --- the page as a whole ----------------------------------------------------------------

    def of(self, *tags: str) -> list[Element]:
        return [element for element in self.all if element.tag in tags]

    def _whole(self) -> None:
        say = self.faults.append
        for tag in ("html", "head", "body", "title", "main", "h1"):
            found = [each for each in self.of(tag) if tag != "title" or each.text.strip()]
            titles = [each for each in found if each.tag != "title" or each is found[0]]
            if len(titles) != 1:
                say(f"{len(found)} times {tag}")
        ids = [each.attributes["id"] for each in self.all if "id" in each.attributes]
        for one in {each for each in ids if ids.count(each) > 1}:
            say(f"the id {one} stands {ids.count(one)} times")
        for each in ids:
            if not each or re.search(r"\s", each):
                say(f"{each!r} is no id")
        self._references(set(ids))
        self._names(set(ids))
        self._headings()

    def _references(self, ids: set) -> None:
        for element in self.all:
            for name in REFERENCES:
                for wanted in (element.attributes.get(name) or "").split():
                    if wanted not in ids and not (element.tag == "output" and name == "for"):
                        self.faults.append(f"{element} names {wanted}, which is not there")
            href = element.attributes.get("href") or ""
            if href.startswith("#") and len(href) > 1 and href[1:] not in ids:
                self.faults.append(f"{element} leads to {href}, which is not there")

    def _names(self, ids: set) -> None:
        """What can be used has a name: a field a label, a link and a button words."""
        labelled = {each.attributes.get("for") for each in self.of("label")}
        for element in self.of("input", "select", "textarea"):
            kind = element.attributes.get("type") or ""
            if kind in ("hidden", "submit", "button", "image"):
                continue
            if not (
                element.is_named
                or element.attributes.get("id") in labelled
                or {"aria-label", "aria-labelledby"} & element.attributes.keys()
            ):
                self.faults.append(f"{element} has no label")
        for element in self.of("a", "button", "summary", "h1", "h2", "h3", "label"):
            named = {"aria-label", "aria-labelledby"} & element.attributes.keys()
            is_link = element.tag != "a" or "href" in element.attributes
            holds = {"img", "svg", "input"} & set(element.children)
            # A second way to the same page, which neither keyboard nor screen reader meets.
            is_left_out = (
                element.attributes.get("aria-hidden") == "true"
                and element.attributes.get("tabindex") == "-1"
            )
            if is_link and not (element.text.strip() or named or holds or is_left_out):
                self.faults.append(f"{element} has no words")

    def _headings(self) -> None:
        before = 0
        for element in self.of("h1", "h2", "h3", "h4", "h5", "h6"):
            level = int(element.tag[1])
            if before and level > before + 1:
                self.faults.append(f"{element} stands under h{before}")
            before = level


def faults(html: str) -> list[str]:
    return Page(html).faults
