"""The rows of one Henan site, as the tables have them: no sentence is made here."""

from collections.abc import Iterator

from django.utils.text import slugify
from opencc import OpenCC

from heritage.exchange.making import henan_choices as choices
from heritage.exchange.making.entries import uid_of
from heritage.exchange.making.files import Index, Item, item, key, keys
from heritage.exchange.making.henan_cells import NATIONAL_LIST, RECALLED, Eras
from heritage.exchange.making.henan_facts import Fact, Unit
from heritage.values import edtf, years
from heritage.values.folding import fold

PROVINCE = "place-cn-henan"
_traditional = OpenCC("s2tw").convert


def display_name(fact: Fact) -> str:
    choice = choices.NAMES.get(fact.name_en)
    return (choice.value if choice else fact.name_en).replace("'", "’")


def uid(fact: Fact) -> str:
    """From the English name, without what stands in brackets."""
    bare = display_name(fact).partition(" (")[0]
    return choices.UIDS.get(fact.name_en) or slugify(fold(bare))


# --- the site itself -------------------------------------------------------------------------


def site(fact: Fact, others: Index) -> Item:
    first, *further = _places(fact, others)
    located = {"also_in": keys(further)} if further else {}
    if fact.precision.accuracy_m:
        located["accuracy_m"] = fact.precision.accuracy_m
    return item(
        "site",
        uid(fact),
        slug=uid(fact),
        name={"en": display_name(fact), "zh-hans": fact.name_zh},
        kinds=keys(_kinds(fact, others)),
        place=key(first),
        sources=keys(fact.sources),
        latitude=fact.point[0],
        longitude=fact.point[1],
        precision=fact.precision.precision,
        point_source=key(fact.precision.source),
        state="published",
        **located,
    )


def _kinds(fact: Fact, others: Index) -> tuple[str, ...]:
    if choice := choices.KINDS.get(uid(fact)):
        return choice.value
    kind = f"kind-{slugify(fact.kind)}"
    if not others.has("kind", kind):
        raise ValueError(f"there is no kind “{fact.kind}”")
    return (kind,)


def _places(fact: Fact, others: Index) -> list[str]:
    """The narrowest place that is sure; of several counties the city, and then each of them."""
    city = _below(PROVINCE, fact.city, others)
    counties = [_below(city, county, others) for county in fact.counties]
    return counties if len(counties) == 1 else [city, *counties]


def _below(parent: str, name: str, others: Index) -> str:
    for fields in others.under("place", "parent").get(parent, []):
        if fields["label"]["en"] == name:
            return fields["uid"]
    raise ValueError(f"there is no place “{name}” in {parent}")


def names(fact: Fact) -> Iterator[Item]:
    """The reading, and the traditional script where it differs: that is converted, not recalled."""
    owner = uid(fact)
    told = {"source": key(RECALLED)} if "pinyin" in fact.corrected else {}
    yield _name(owner, "romanised", "zh-latn-pinyin", fact.pinyin, **told)
    traditional = choices.TRADITIONAL.get(fact.name_zh) or _traditional(fact.name_zh)
    if traditional != fact.name_zh:
        yield _name(owner, "script", "zh-hant", traditional)


def _name(owner: str, kind: str, language: str, text: str, **more) -> Item:
    return item(
        "name",
        f"{owner}.name.{language}",
        site=key(owner),
        kind=kind,
        language=language,
        text=text,
        **more,
    )


def identifiers(fact: Fact) -> Iterator[Item]:
    if fact.wikidata:
        yield item(
            "identifier",
            f"{uid(fact)}.identifier.wikidata",
            site=key(uid(fact)),
            scheme=key("identifier-scheme-wikidata"),
            value=fact.wikidata,
        )


# --- what happened ---------------------------------------------------------------------------


def events(fact: Fact, eras: Eras) -> Iterator[Item]:
    yield _first_event(fact, eras)
    if fabric := _fabric(fact, eras):
        yield fabric


def _first_event(fact: Fact, eras: Eras) -> Item:
    year = years.from_historical(fact.year)
    era = eras.at(year, fact.spans)
    if not era:
        raise ValueError(f"{fact.year} lies in none of the eras that are named")
    about = "~" if fact.certainty == "approximate" else ""
    return _event(
        fact,
        choices.FIRST_EVENTS.get(uid(fact), fact.event.kind),
        kind=fact.event.kind,
        date=edtf.year_text(year) + about,
        first_era=key(era),
        certainty=fact.certainty,
        source=key(RECALLED),
    )


def _fabric(fact: Fact, eras: Eras) -> Item | None:
    """What stands, as listed. Without an entry of its own: the last eras named, recalled."""
    listed, dated = fact.listed, {}
    if not listed:
        first, last = fact.spans[-1].first.era, fact.spans[-1].last.era
    elif listed.date:
        dated["date"] = listed.date
        first, last = (eras.at(int(year), fact.spans) for year in _ends(listed.date))
    else:
        first, last = (eras.narrowed(era, fact.spans) for era in (listed.first, listed.last))
    if not first:
        raise ValueError(f"“{fact.listed_text}” lies in none of the eras that are named")
    if last and last != first:
        dated["last_era"] = key(last)
    is_recalled = not listed or "era_zh_listed" in fact.corrected
    source = RECALLED if is_recalled else NATIONAL_LIST
    return _event(
        fact,
        "fabric",
        kind="fabric",
        first_era=key(first),
        certainty="certain",
        source=key(source),
        **dated,
    )


def _ends(date: str) -> tuple[str, str]:
    first, _slash, last = date.partition("/")
    return first, last or first


def _event(fact: Fact, name: str, **fields) -> Item:
    return item("event", f"{uid(fact)}.event.{name}", site=key(uid(fact)), **fields)


# --- registers -------------------------------------------------------------------------------


def world_heritage(fact: Fact) -> Iterator[Item]:
    """The whole property where it bears the site's name, else one of its components."""
    if fact.unesco:
        is_whole = fact.property == fact.name_en
        is_matched = "source-unesco-components" in fact.sources
        listed = "source-unesco-list-2025"
        component = "source-unesco-components" if is_matched else RECALLED
        yield coverage(
            fact, uid_of(fact.unesco), whole=is_whole, source=listed if is_whole else component
        )


def national(facts: list[Fact], unit: Unit, others: Index) -> Iterator[Item]:
    """A unit of the national list and the sites that it covers."""
    owner = f"cn-national-{unit.code}"
    terms = others.rows["schemeterm"].items()
    category = next(
        (
            term
            for term, fields in terms
            if (fields["scheme"], fields["code"]) == (["cn-national"], unit.category)
        ),
        None,
    )
    if not category:
        raise ValueError(f"the national list has no category “{unit.category}”")
    yield item(
        "designation",
        owner,
        scheme=key("cn-national"),
        reference=unit.code,
        name={"zh-hans": unit.name},
        category=key(category),
        batch=unit.batch,
        era_text=unit.era,
        source=key(NATIONAL_LIST),
    )
    yield _listed(owner, "listed", date=f"{unit.year:04}")
    for fact in facts:
        source = NATIONAL_LIST
        if "protection_code" in fact.corrected:
            source = RECALLED
        elif "source-merger-script" in fact.sources:
            source = "source-merger-script"
        yield coverage(fact, owner, whole=fact.name_zh == unit.name, source=source)


def rating(facts: list[Fact], owner: str) -> Iterator[Item]:
    """A rated area, which the list gives no year; one without a name goes by the first site's."""
    area = choices.RATED_AREAS.get(owner.removeprefix("cn-rating-"))
    yield item(
        "designation",
        owner,
        scheme=key("cn-rating"),
        name=area or {"en": display_name(facts[0]), "zh-hans": facts[0].name_zh},
        category=key("cn-rating.grade.5a"),
        note=_NAMED_AREA if area else _NAMELESS_AREA,
        source=key("source-5a-list"),
    )
    yield _listed(owner, "rated")
    for fact in facts:
        source = RECALLED if "aaaaa" in fact.corrected else "source-5a-list"
        yield coverage(fact, owner, whole=len(facts) == 1 and not area, source=source)


_NAMED_AREA = {
    "en": "The list gives no year of the rating. The rated area is wider than the site.",
    "zh-hans": "列表未载评定年份；评级景区的范围大于本遗产地。",
}
_NAMELESS_AREA = {
    "en": "The list gives neither the year of the rating nor the limits of the rated area, which "
    "is shown here by the name of the site.",
    "zh-hans": "列表未载评定年份与景区范围，此处以本遗产地之名称之。",
}


def rating_uid(fact: Fact) -> str:
    return f"cn-rating-{choices.RATINGS.get(uid(fact), uid(fact))}"


def _listed(owner: str, name: str, **dated) -> Item:
    return item(
        "designationevent",
        f"{owner}.event.{name}",
        designation=key(owner),
        kind="inscribed",
        **dated,
    )


def coverage(fact: Fact, owner: str, *, whole: bool, source: str) -> Item:
    return item(
        "coverage",
        f"{uid(fact)}.coverage.{owner}",
        site=key(uid(fact)),
        designation=key(owner),
        extent="whole" if whole else "component",
        source=key(source),
    )
