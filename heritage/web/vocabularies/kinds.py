"""Context of the pages of kinds: the tree of kinds, and one kind with its sites."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, path_of, tagged_path
from heritage.models import Kind
from heritage.search import IndexSnapshot, current_index, page_rows
from heritage.values.language import join_sentences
from heritage.web.media import covers
from heritage.web.media.covers import SceneDrawing
from heritage.web.shared import language_html, map_sheets, page_dependencies, stretches
from heritage.web.shared.charts import Chart
from heritage.web.shared.map_sheets import SmallMap
from heritage.web.shared.stretches import Stretch
from heritage.web.vocabularies import common
from heritage.web.vocabularies.common import CountedTree, TermLabel, TermLink, TermSites

_FEW = 5  # sites, of which most are nowhere
_TRIED = 8  # of the best-known sites, whether they have a scene
_AAT = "http://vocab.getty.edu/page/aat/"


class KindPicture(NamedTuple):
    """The cover of a site of a kind; or the drawing for the kind, without a site."""

    src: str
    site_url: str = ""
    site_name: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class KindPlate:
    """A broad kind with its picture and its narrower kinds."""

    link: TermLink
    picture: KindPicture
    description: SafeString
    narrower: list[TermLink]


@dataclass(frozen=True, slots=True)
class KindsPage:
    """Prepared for the template web/kinds.html."""

    plates: list[KindPlate]
    others: list[TermLink]  # without a site so far


@dataclass(frozen=True, slots=True)
class KindPage:
    """Prepared for the template web/kind.html."""

    kind: Kind
    labels: list[TermLabel]
    description: SafeString
    lead: str
    picture: KindPicture
    above: list[TermLink]
    children: list[TermLink]
    aat: str
    map: SmallMap | None
    stretch: Stretch | None
    charts: list[Chart]
    sites: TermSites


def kinds() -> KindsPage:
    """The broad kinds, those with most sites first."""
    tree = CountedTree("kind", current_index())
    broad = sorted(tree.children.get(None, []), key=lambda kind: -tree.count(kind))
    shown = _shown_sites(tree, broad)
    plates, others = [], []
    for kind, link in zip(broad, common.links(tree, broad), strict=True):
        narrower = common.links(tree, tree.counted(kind.pk))
        description = language_html.as_html(kind.description)
        if link.count:
            picture = shown.get(kind.pk) or _picture(kind)
            plates.append(KindPlate(link, picture, description, narrower))
        else:
            others.append(link)
    return KindsPage(plates, others)


def _shown_sites(tree: CountedTree, kinds: list[Kind]) -> dict[int, KindPicture]:
    """For each kind, by id, the cover of the best-known site that is mainly of it and has a scene;
    sites of no other kind come first. No scene is shown twice."""
    question = partial(_candidates, keys=tuple(kind.pk for kind in kinds))
    candidates = question(tree.index)
    ids = list(dict.fromkeys(pk for found in candidates for pk in found))
    page_dependencies.answer(tree.index, question, candidates)
    page_dependencies.sites(tree.index, ids)
    rows = {row.pk: row for row in page_rows.read_cards(tree.index, ids)}
    shown, seen = {}, set()
    for kind, found in zip(kinds, candidates, strict=True):
        for row in (rows[pk] for pk in found if pk in rows):
            if kind not in (row.kinds[0], *tree.broader(row.kinds[0])):
                continue
            drawing = covers.drawing_of_row(row, get_language())
            if isinstance(drawing, SceneDrawing) and drawing.scene not in seen:
                seen.add(drawing.scene)
                cover = tagged_path("web:cover", row.uid, drawing.tag)
                url, name = path_of("web:site", row.slug), row.shown_name.best()
                shown[kind.pk] = KindPicture(cover, url, language_html.as_html(name))
                break
    return shown


def _candidates(index: IndexSnapshot, keys: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """For each kind the ids of its best-known sites: first those of no other kind, then the
    others."""
    order, hits = index.best_known, [index.having("kind", key) for key in keys]
    found = []
    for place, sites in enumerate(hits):
        alone = sites - BitMap.union(BitMap(), *hits[:place], *hits[place + 1 :])
        found.append((*order.slice(alone, 0, _TRIED), *order.slice(sites - alone, 0, _TRIED)))
    return tuple(found)


def kind_page(slug: str) -> KindPage:
    """The context of a kind. Raises Kind.DoesNotExist."""
    index = current_index()
    tree = CountedTree("kind", index)
    kind: Kind = tree.term(slug)
    hits = tree.sites(kind)
    shown = {} if kind.scene else _shown_sites(tree, [kind])
    eras, places = (CountedTree("era", index, hits), CountedTree("place", index, hits))
    found = [
        common.chart(
            eras, eras.counted(), id="eras", title=_("Eras"), head=_("Era"),
            url=lambda era: list_url(kind=kind.slug, era=era.slug),
        ),
        common.chart(
            places, places.choice(), id="places", title=_("Where they lie"), head=_("Place"),
            url=lambda place: list_url(kind=kind.slug, place=place.slug),
        ),
    ]  # fmt: skip
    return KindPage(
        kind=kind,
        labels=common.labels(kind.label),
        description=language_html.as_html(kind.description),
        lead=_lead(index, kind, places, hits),
        picture=shown.get(kind.pk) or _picture(kind),
        above=common.links(tree, tree.broader(kind)),
        children=common.links(tree, tree.children.get(kind.pk, [])),
        aat=f"{_AAT}{kind.aat}" if kind.aat else "",
        map=map_sheets.small_map_of_sites(index, hits, {"kind": kind.slug}, _("On the map")),
        stretch=stretches.of_sites(index, hits, {"kind": kind.slug}),
        charts=[chart for chart in found if chart],
        sites=common.sites(index, "kind", kind, list_url(kind=kind.slug)),
    )


def _lead(index: IndexSnapshot, kind: Kind, places: CountedTree, hits: BitMap) -> str:
    """How many sites there are, where most of them are, and the best known."""
    if not hits:
        return ""
    lead = [
        ngettext(
            "This catalogue has %(number)s site of this kind.",
            "This catalogue has %(number)s sites of this kind.",
            len(hits),
        )
        % {"number": number_format(len(hits), force_grouping=True)}
    ]
    counted = sorted((-places.count(place), place.slug, place) for place in places.counted())
    if len(hits) > _FEW and len(counted) > 1 and counted[0][0] < counted[1][0]:
        (first, _slug, one), (second, _other, two) = counted[:2]
        words = {"first": one.label.best(), "second": two.label.best()}
        words |= {"number": number_format(-first), "other": number_format(-second)}
        lead.append(_("%(first)s has the most (%(number)s), then %(second)s (%(other)s).") % words)
    return join_sentences([*lead, common.best_known(index, "kind", kind)])


def _picture(kind: Kind) -> KindPicture:
    drawing = covers.drawing_of_kind(kind, get_language())
    return KindPicture(tagged_path("web:kind_cover", kind.slug, drawing.tag))
