"""Free photographs from Wikimedia Commons: finding them, and adding them with author and licence.

`LOOK` lists the files for a site and writes nothing; `FETCH` adds drafts, one file in each step;
`CHECK` withdraws pictures whose files were deleted there. All are jobs, so that no page waits for
Wikimedia. The reason is given for each file that cannot be added; a file with an unknown licence is
a question.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from time import sleep
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.exchange.pictures import add_draft, same_as, save_draft
from heritage.exchange.wikimedia import BATCH, FileRefused, WikimediaClient
from heritage.media import ImageRefused, make_safe
from heritage.models import Identifier, Image, JobLine, Licence, Site
from heritage.services import jobs
from heritage.values.language import LanguageMap, LazyText, normalise_code

LOOK, FETCH, CHECK = "commons_look", "commons_fetch", "commons_check"
MOST = 500  # files of a category
SHOWN = 40  # files of a look
# Commons hands out few widths and refuses all others: 20, 40, 60, 120, 250, 330, 500, 960, 1280,
# 1920 and 3840 pixels.
WIDTH = 1920  # of a file whose original is too large
SMALL_WIDTH = 250  # of what is shown before anything is fetched
_SLICE = 2.0  # seconds between two looks whether the job is to stop
_TAKEN = {"image/jpeg": 1, "image/png": 2, "image/tiff": 2, "image/webp": 3}  # see `media.uploads`
_CHECKED_EVERY = timedelta(days=30)
_FREEDOM_OF_PANORAMA = re.compile(r"\bfop\b|freedom of panorama", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(style|script)\b.*?</\1>|<(\w+)\b[^>]*display:\s*none[^>]*>.*?</\2>",
    re.DOTALL | re.IGNORECASE,
)
_LINE_END = re.compile(r"<br\b[^>]*>|</(?:li|p|div|tr|td)>", re.IGNORECASE)
_ITEM = re.compile(r"Q[1-9][0-9]*")
_NOT_FREE = re.compile(r"creativecommons\.org/licenses/[a-z-]*n[cd]", re.IGNORECASE)

ADDED, THERE, QUESTION, REFUSED = "added", "there", "questions", "refused"


@dataclass(slots=True)
class Offer:
    """A file on Commons with its author and licence; or why it is not added, or a question about
    it."""

    title: str
    site: int  # id
    page: int = 0  # its number there
    address: str = ""  # of its page
    url: str = ""
    sha1: str = ""  # of the original; empty where a smaller width is taken
    width: int = 0
    height: int = 0
    author: str = ""
    credit_line: str = ""
    licence: Licence | None = None
    licence_named: str = ""  # as Commons names it
    restrictions: str = ""
    caption: dict[str, str] = field(default_factory=dict)
    why_not: str | LazyText = ""
    is_question: bool = False


# --- what is asked for -------------------------------------------------------------------------


def file_title(text: str) -> str:
    """The title of a file, such as “File:Longmen.jpg”, from a title or an address."""
    text = text.rpartition("/wiki/")[2].replace("_", " ").strip()
    return text if text.lower().startswith("file:") else f"File:{text}"


def of_category(client: WikimediaClient, category: str, most: int) -> list[str]:
    """Titles of the files of a category, without its subcategories; at most `most` + 1."""
    named = category.rpartition("/wiki/")[2].replace("_", " ").strip()
    title = named if named.lower().startswith("category:") else f"Category:{named}"
    found: list[str] = []
    more: dict[str, Any] = {}
    while True:
        answer = client.query(
            settings.COMMONS_API,
            action="query",
            list="categorymembers",
            cmtitle=title,
            cmtype="file",
            cmlimit=BATCH,
            **more,
        )
        found += [each["title"] for each in answer["query"]["categorymembers"]]
        more = answer.get("continue", {})
        if not more or len(found) > most:
            return found[: most + 1]


def of_items(
    client: WikimediaClient, items: Iterable[str], statement: str = "P18"
) -> dict[str, list[str]]:
    """The values of a statement by Wikidata item: P18 has pictures, P373 a category."""
    found: dict[str, list[str]] = {}
    items = [item for item in items if _ITEM.fullmatch(item)]
    if not items:
        return found
    answer = client.query(
        settings.WIKIDATA_API, action="wbgetentities", ids="|".join(items), props="claims"
    )
    for item, entity in answer.get("entities", {}).items():
        # One that was merged into another comes under the name of that.
        asked = entity.get("redirects", {}).get("from", item)
        claims = entity.get("claims") or {}
        ranked = [each for each in claims.get(statement, []) if each.get("rank") != "deprecated"]
        for claim in sorted(ranked, key=lambda each: each.get("rank") != "preferred"):
            value = claim.get("mainsnak", {}).get("datavalue", {}).get("value")
            if isinstance(value, str) and value:
                found.setdefault(asked, []).append(value)
    return found


def suggested() -> QuerySet[Identifier]:
    """The Wikidata items of sites that have no picture."""
    rows = Identifier.objects.filter(scheme__slug="wikidata", site__images=None)
    return rows.exclude(site__state=Site.State.ARCHIVED)


# --- what Commons says of files ----------------------------------------------------------------


def _asked(
    client: WikimediaClient, titles: Iterable[str], **parameters: Any
) -> dict[str, dict[str, Any]]:
    """What Commons says of files, by the titles that were asked for."""
    titles = list(dict.fromkeys(titles))
    answer = client.query(
        settings.COMMONS_API,
        action="query",
        prop="imageinfo",
        redirects=1,
        titles="|".join(titles),
        **parameters,
    )["query"]
    became: dict[str, str] = {}
    for kind in ("normalized", "redirects"):
        became |= {each["from"]: each["to"] for each in answer.get(kind, [])}
    pages = {page["title"]: page for page in answer.get("pages", [])}
    found = {}
    for title in titles:
        now = title
        for _step in range(2):  # a title is normalised first, then redirected
            now = became.get(now, now)
        found[title] = pages.get(now, {"title": now})
    return found


def offers(client: WikimediaClient, wanted: Iterable[tuple[int, str]]) -> list[Offer]:
    """What Commons says of up to fifty files, given as a site's id and a title."""
    wanted = list(wanted)
    if not wanted:
        return []
    pages = _asked(
        client,
        (title for _site, title in wanted),
        iiprop="url|size|sha1|mime|extmetadata|user",
        iiurlwidth=WIDTH,
    )
    licences = {licence_key(each.url): each for each in Licence.objects.exclude(url="")}
    found = [_offer(site, pages[title], licences) for site, title in wanted]
    _add_captions(client, [each for each in found if not each.why_not])
    return found


def _info(page: dict[str, Any]) -> dict[str, Any] | None:
    """The information on a file; None if it does not exist, or no longer."""
    info = next(iter(page.get("imageinfo") or ()), None)
    return info if info and "url" in info and not page.get("missing") else None


def _metadata(info: dict[str, Any]) -> dict[str, str]:
    """The metadata of a file as HTML texts by name. The API gives an empty list instead of none."""
    fields = info.get("extmetadata") or {}
    return {name: str(each.get("value", "")) for name, each in dict(fields).items()}


def _offer(site: int, page: dict[str, Any], licences: dict[str, Licence]) -> Offer:
    offer = Offer(page["title"], site, page.get("pageid", 0))
    info = _info(page)
    if info is None:
        offer.why_not = gettext_lazy("Commons has no such file, or it was deleted.")
        return offer
    metadata = _metadata(info)
    offer.address = info.get("descriptionurl", "")
    offer.width, offer.height = info.get("width", 0), info.get("height", 0)
    offer.author = plain(metadata.get("Artist", ""))[:200] or info.get("user", "")[:200]
    offer.credit_line = plain(metadata.get("Attribution", ""))[:300]
    limits = [plain(each) for each in metadata.get("Restrictions", "").split("|")]
    if _FREEDOM_OF_PANORAMA.search(metadata.get("Categories", "")):
        limits.append("freedom of panorama")  # which differs by country
    offer.restrictions = ", ".join(filter(None, limits))[:300]
    offer.licence_named = plain(metadata.get("LicenseShortName", "")) or metadata.get("License", "")
    _judge_licence(offer, metadata, licences)
    _choose_size(offer, info)
    return offer


def _judge_licence(offer: Offer, metadata: dict[str, str], licences: dict[str, Licence]) -> None:
    url = metadata.get("LicenseUrl", "").strip()
    named = offer.licence_named or url
    licence = licences.get(licence_key(url)) if url else None
    is_not_free = metadata.get("NonFree", "").lower() in ("true", "1") or _NOT_FREE.search(url)
    if is_not_free or (licence is not None and not licence.is_free):
        text = gettext_lazy("Its licence is not free: {licence}.")
        offer.why_not = format_lazy(text, licence=named)
    elif licence is None and not url:
        offer.is_question = True
        text = gettext_lazy("May it be taken? Commons gives no address of its terms: {licence}.")
        offer.why_not = format_lazy(text, licence=named or gettext_lazy("none"))
    elif licence is None:
        offer.is_question = True
        text = gettext_lazy("Which licence is {licence}? The catalogue has none with {url}.")
        offer.why_not = format_lazy(text, licence=named, url=url)
    offer.licence = licence


def _choose_size(offer: Offer, info: dict[str, Any]) -> None:
    """Choose the original, or a standard width if the original is too large."""
    kind, pixels = info.get("mime", ""), offer.width * offer.height
    if offer.why_not:
        return
    if kind not in _TAKEN:
        offer.why_not = format_lazy(gettext_lazy("Files of {kind} are not taken."), kind=kind)
    elif (
        info.get("size", 0) <= settings.IMAGE_MAX_BYTES
        and pixels <= settings.IMAGE_MAX_PIXELS // _TAKEN[kind]
    ):
        offer.url, offer.sha1 = info["url"], info.get("sha1", "")
    elif info.get("thumbwidth") == WIDTH and info.get("thumburl"):
        offer.url = info["thumburl"]
    else:
        offer.why_not = gettext_lazy("It is too large, and Commons has no smaller size of it.")


def licence_key(url: str) -> str:
    """The address of a licence without its scheme, its language and a slash at its end."""
    key = url.strip().lower().partition("://")[2].removeprefix("www.").rstrip("/")
    return re.sub(r"/(deed|legalcode)(\.[\w-]+)?$", "", key)


def plain(markup: str) -> str:
    """The plain text of an HTML fragment in one line."""
    text = strip_tags(_LINE_END.sub("; ", _HIDDEN.sub(" ", markup)))
    text = " ".join(html.unescape(text).replace("\0", "").split())
    return re.sub(r"(\s*;)+(\s|$)", "; ", text).strip("; ").replace(" ,", ",")


def _add_captions(client: WikimediaClient, found: list[Offer]) -> None:
    """Add captions in each language from the structured data of the files."""
    by_page = {f"M{offer.page}": offer for offer in found if offer.page}
    if not by_page:
        return
    answer = client.query(
        settings.COMMONS_API, action="wbgetentities", ids="|".join(by_page), props="labels"
    )
    known = {
        normalise_code(code) for code, _n in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)
    }
    for key, entity in answer.get("entities", {}).items():
        labels = entity.get("labels") or {}  # an empty list, if there are none
        if key not in by_page or not isinstance(labels, dict):
            continue
        # The exact code first: “zh-hans” before “zh”.
        for code in sorted(labels, key=lambda each: (each not in known, each)):
            try:
                ours = normalise_code(code)
            except ValueError:
                continue
            if ours in known:
                by_page[key].caption.setdefault(ours, labels[code]["value"])


# --- jobs ----------------------------------------------------------------------------------------


def _client(run: jobs.Run) -> WikimediaClient:
    def wait(seconds: float) -> None:
        while seconds > 0:
            run.note_alive()
            if not run.is_ours():
                raise jobs.TakenOver
            sleep(min(_SLICE, seconds))
            seconds -= _SLICE

    return WikimediaClient(wait)


def _titles(run: jobs.Run, client: WikimediaClient, most: int) -> list[str]:
    """The titles of the files that a job asks for, except those of `suggested`."""
    given = run.parameters
    found = [file_title(title) for title in given.get("titles", ())]
    category = given.get("category", "")
    if item := given.get("item"):
        found += map(file_title, of_items(client, [item]).get(item, ()))
        if given.get("with_category") and not category:
            category = next(iter(of_items(client, [item], "P373").get(item, ())), "")
    if category:
        found += of_category(client, category, most)
    found = list(dict.fromkeys(found))
    if len(found) > most:
        text = gettext_lazy("There are more than {count} files: the others are left out.")
        with run.step():
            run.log(format_lazy(text, count=most), JobLine.Level.WARNING)
    return found[:most]


def _describe(given: dict[str, Any]) -> str:
    if given.get("suggested"):
        return _("Photographs of Wikidata items, from Wikimedia Commons")
    site = Site.objects.filter(pk=given["site"]).first()
    return _("Photographs of %(site)s, from Wikimedia Commons") % {"site": site or "?"}


@jobs.declare(
    LOOK,
    gettext_lazy("Looking for photographs on Wikimedia Commons"),
    permission="heritage.add_image",
    describe=_describe,
    continues_itself=True,
)
def _look(run: jobs.Run) -> jobs.Steps:
    """Lists the files for a site, with small pictures."""
    client = _client(run)
    site = int(run.parameters["site"])
    titles = _titles(run, client, SHOWN)
    found: list[Offer] = []
    says = gettext_lazy("Asking Wikimedia Commons")
    for batch in batched(titles, BATCH):
        found += offers(client, [(site, title) for title in batch])
        yield jobs.Progress(0, len(titles), says)
    known = set(Image.objects.filter(site=site).values_list("commons_title", flat=True))
    for offer in found:
        if not offer.why_not and offer.title in known:
            offer.why_not = _THERE
    small: dict[str, str] = {}
    for batch in batched([each.title for each in found if not each.why_not], BATCH):
        pages = _asked(client, batch, iiprop="url", iiurlwidth=SMALL_WIDTH)
        small |= {title: (_info(page) or {}).get("thumburl", "") for title, page in pages.items()}
    shown = []
    for number, offer in enumerate(found, 1):
        shown.append(_shown(offer, _small_picture(client, small.get(offer.title, ""))))
        yield jobs.Progress(number, len(found), says)
    return {"offers": shown}


_THERE = gettext_lazy("The site has it already.")


def _small_picture(client: WikimediaClient, url: str) -> str:
    """A small picture as a data URL; empty if there is none."""
    if not url:
        return ""
    try:
        data = client.download(url)
        safe = make_safe(data, max_bytes=len(data), max_pixels=1_000_000)
    except (FileRefused, ImageRefused):
        return ""
    content = base64.b64encode(safe.content).decode()
    return f"data:image/{safe.format};base64,{content}"


def _shown(offer: Offer, small: str) -> dict[str, Any]:
    """An offer as JSON for the result of a job."""
    return {
        "title": offer.title,
        "address": offer.address,
        "width": offer.width,
        "height": offer.height,
        "credit": offer.credit_line or offer.author,
        "licence": offer.licence_named,
        "restrictions": offer.restrictions,
        "caption": offer.caption,
        "why_not": jobs.in_languages(offer.why_not),
        "is_question": offer.is_question,
        "small": small,
    }


@jobs.declare(
    FETCH,
    gettext_lazy("Adding photographs from Wikimedia Commons"),
    permission="heritage.add_image",
    describe=_describe,
    continues_itself=True,
)
def _fetch(run: jobs.Run) -> jobs.Steps:
    """Each file is a step. Continued, it begins with the file at which it stopped."""
    client = _client(run)
    counts = run.cursor.setdefault("counts", dict.fromkeys((ADDED, THERE, QUESTION, REFUSED), 0))
    total = _total(run, client)
    says = gettext_lazy("Photographs added: {added}; left out: {left}")
    for batch in _batches(run, client):
        found = offers(client, [(site, title) for _at, site, title in batch])
        for (at, _site, _title), offer in zip(batch, found, strict=True):
            what, why, image = _fetched(client, offer, run)
            if image is not None:
                with run.batch("import", _("From Wikimedia Commons")):
                    save_draft(image)
                    counts[ADDED] += 1
                    run.cursor["at"] = at
            else:
                with run.step():
                    level = JobLine.Level.INFO if what == THERE else JobLine.Level.WARNING
                    text = format_lazy("{title}: {why}", title=offer.title, why=why)
                    run.log(text, level, (Site, offer.site))
                    counts[what] += 1
                    run.cursor["at"] = at
            done = sum(counts.values())
            message = format_lazy(says, added=counts[ADDED], left=done - counts[ADDED])
            yield jobs.Progress(done, max(total, done), message)
    return dict(counts)


def _total(run: jobs.Run, client: WikimediaClient) -> int:
    """The number of files; the titles are stored with the job, so that they are asked for once."""
    if run.parameters.get("suggested"):
        if "total" not in run.cursor:
            run.cursor["total"] = suggested().count()
        return int(run.cursor["total"])
    if "wanted" not in run.cursor:
        titles = _titles(run, client, MOST)
        with run.step():
            run.cursor["wanted"] = titles
    return len(run.cursor["wanted"])


def _batches(run: jobs.Run, client: WikimediaClient) -> Iterator[list[tuple[int, int, str]]]:
    """Up to fifty files each that are still to be fetched: a position, the site's id, a title."""
    if not run.parameters.get("suggested"):
        site = int(run.parameters["site"])
        wanted = list(enumerate(run.cursor["wanted"], 1))[run.cursor.get("at", 0) :]
        for batch in batched(wanted, BATCH):
            yield [(at, site, title) for at, title in batch]
        return
    at = run.cursor.get("at", 0)
    while rows := list(
        suggested().filter(pk__gt=at).order_by("pk").values_list("pk", "value", "site_id")[:BATCH]
    ):
        of_item = of_items(client, [item for _pk, item, _site in rows])
        found = [
            (pk, site, file_title(of_item[value][0]))
            for pk, value, site in rows
            if value in of_item
        ]
        if found:
            yield found
        at = rows[-1][0]


def _fetched(
    client: WikimediaClient, offer: Offer, run: jobs.Run
) -> tuple[str, str | LazyText, Image | None]:
    if offer.why_not:
        return QUESTION if offer.is_question else REFUSED, offer.why_not, None
    site = Site.objects.filter(pk=offer.site).first()
    if site is None:
        return REFUSED, gettext_lazy("The site was deleted."), None
    if Image.objects.filter(site=site, commons_title=offer.title).exists():
        return THERE, _THERE, None
    try:
        data = client.download(offer.url)
    except FileRefused as error:
        return REFUSED, error.args[0], None
    if offer.sha1 and hashlib.sha1(data, usedforsecurity=False).hexdigest() != offer.sha1:
        return REFUSED, gettext_lazy("What came is not the file that Commons names."), None
    try:
        image = add_draft(
            site,
            data,
            offer.title,
            run.user,
            author=offer.author,
            credit_line=offer.credit_line,
            licence=offer.licence,
            caption=LanguageMap(offer.caption),
            source_url=offer.address,
            restrictions=offer.restrictions,
            commons_title=offer.title,
            read_on=timezone.localdate(),
        )
    except ValidationError as error:
        return REFUSED, " ".join(error.messages), None
    return (THERE, _THERE, None) if same_as(image) else (ADDED, "", image)


# --- later ---------------------------------------------------------------------------------------


def _is_check_needed() -> bool:
    return bool(settings.CONTACT) and Image.objects.exclude(commons_title="").exists()


@jobs.declare(
    CHECK,
    gettext_lazy("Checking photographs from Wikimedia Commons"),
    permission="heritage.change_image",
    every=_CHECKED_EVERY,
    is_needed=_is_check_needed,
)
def _check(run: jobs.Run) -> jobs.Steps:
    """Withdraw pictures whose files were deleted there: mostly because they were not free."""
    client = _client(run)
    ours = Image.objects.exclude(commons_title="").order_by("pk")
    ids = list(ours.filter(pk__gt=run.cursor.get("last", 0)).values_list("pk", flat=True))
    names = ("checked", "withdrawn", "renamed", "other_licence")
    counts = run.cursor.setdefault("counts", dict.fromkeys(names, 0))
    total = counts["checked"] + len(ids)
    for batch in batched(ids, BATCH):
        images = list(ours.filter(pk__in=batch).select_related("licence"))
        titles = [image.commons_title for image in images]
        pages = _asked(client, titles, iiprop="url|extmetadata")
        for image in images:
            page = pages[image.commons_title]
            info = _info(page)
            if info is None:
                _withdraw(run, image, counts)
                continue
            if page["title"] != image.commons_title:
                _rename(run, image, page["title"], info, counts)
            url = _metadata(info).get("LicenseUrl", "")
            if image.licence and url and licence_key(url) != licence_key(image.licence.url):
                text = gettext_lazy("{title}: Commons now names another licence, {url}.")
                with run.step():
                    text = format_lazy(text, title=image.commons_title, url=url)
                    run.log(text, JobLine.Level.WARNING, (Image, image.pk))
                    counts["other_licence"] += 1
        with run.step():
            counts["checked"] += len(images)
            run.cursor["last"] = batch[-1]
        yield jobs.Progress(counts["checked"], total, gettext_lazy("Asking Wikimedia Commons"))
    return dict(counts)


def _withdraw(run: jobs.Run, image: Image, counts: dict[str, int]) -> None:
    text = gettext_lazy("{title} was deleted on Wikimedia Commons.")
    with run.batch("command", _("As Wikimedia Commons has it now")):
        text = format_lazy(text, title=image.commons_title)
        run.log(text, JobLine.Level.WARNING, (Image, image.pk))
        if image.published:
            image.published = False
            image.save(update_fields=["published"])
            counts["withdrawn"] += 1


def _rename(
    run: jobs.Run, image: Image, title: str, info: dict[str, Any], counts: dict[str, int]
) -> None:
    with run.batch("command", _("As Wikimedia Commons has it now")):
        image.commons_title = title
        image.source_url = info.get("descriptionurl") or image.source_url
        image.save(update_fields=["commons_title", "source_url"])
        counts["renamed"] += 1
