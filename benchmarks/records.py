"""One made-up record with all its rows and all that follows from them, without a database.

Record number n is the same whenever and wherever it is made: its dice know the seed and n only.
What follows from rows is computed by the functions that the catalogue itself uses.
"""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils.text import slugify

from benchmarks import wording
from benchmarks.known import Known
from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Event,
    Name,
    Opening,
    Price,
    Site,
    SiteEra,
    SortName,
)
from heritage.models.fields import edtf_bounds
from heritage.services import denormalized
from heritage.services.dependencies import CoveringEntry, SiteWithRows
from heritage.values import normalize
from heritage.values.language import LanguageMap

FIRST_DAY = datetime(2016, 1, 4, 1, tzinfo=UTC)
DAYS = 3_900
OLDEST = -9_999
ENTRIES_A_SITE = 4  # at most so many register entries are made for one site
# The share of sites in China, where eras, protection and ratings are recorded.
IN_CHINA = 0.45
RARE_IN_CHINA = {"mosque", "synagogue", "church", "monastery", "castle"}
REGISTERS = {  # of protection and rating: share of the Chinese sites, and how references begin
    "cn-national": (0.12, "9"),
    "cn-provincial": (0.3, "P"),
    "cn-rating": (0.1, "A"),
}


class Record:
    """The rows of one record, by model."""

    def __init__(self, known: Known, seed: int, number: int, site_id: int, entry_id: int):
        self.known, self.number = known, number
        self.dice = random.Random(f"{seed} {number}")
        self.entry_id = entry_id  # the first of the ids that its register entries may have
        self.is_chinese = self.dice.random() < IN_CHINA
        self.point = self.dice.choice(known.points[self.is_chinese] or known.points[False])
        self.rows: dict[type, list] = defaultdict(list)
        self.site = self._site()
        self.site.pk = site_id
        self._names()
        self._kinds_tied()
        self._events()
        self._world_heritage()
        if self.is_chinese:
            self._registers()
        self._visiting()
        self._derive()

    def _uid(self, what: str, index: int = 1) -> str:
        return f"bench-{self.number}.{what}.{index}"

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _source(self) -> int | None:
        if self._chance(0.15):
            return self.known.recalled.pk
        return self.dice.choice(self.known.sources).pk if self._chance(0.6) else None

    # --- the site ----------------------------------------------------------------------------

    def _site(self) -> Site:
        dice, known = self.dice, self.known
        (kind,) = dice.choices(known.kinds, cum_weights=known.kind_weights)
        while self.is_chinese and kind.slug in RARE_IN_CHINA:
            (kind,) = dice.choices(known.kinds, cum_weights=known.kind_weights)
        self.kinds = [kind]
        if self._chance(0.15):
            self.kinds.append(dice.choice([other for other in known.kinds if other != kind]))
        labels = [(one.label["en"], one.label["zh-hans"]) for one in self.kinds]
        self.named = wording.name(dice, labels[0], self.is_chinese)
        country = self.point.state_id
        place = dice.choice(known.counties).pk if self.is_chinese else country
        english, chinese = wording.summary(dice, labels[0], self.named.proper)
        site = Site(
            uid=f"bench-{self.number}",
            slug=f"{slugify(self.named.english)[:100]}-{self.number}",
            name=LanguageMap.clean(
                {"en": self.named.english, "zh-hans": self.named.chinese, **self._other_scripts()}
            ),
            summary=LanguageMap.clean({"en": english, "zh-hans": chinese}),
            place_id=place,
            latitude=round(max(-89, min(89, self.point.latitude + dice.gauss(0, 0.4))), 5),
            longitude=round(max(-180, min(180, self.point.longitude + dice.gauss(0, 0.4))), 5),
            blur_km=5 if self._chance(0.02) else None,
            state=Site.State.PUBLISHED,
            published_at=FIRST_DAY
            + timedelta(days=dice.randrange(DAYS), minutes=self.number % 600),
        )
        site.derive()
        for stamp in ("created_at", "updated_at", "state_changed_at", "public_changed_at"):
            setattr(site, stamp, site.published_at)
        self.rows[Site].append(site)
        return site

    def _other_scripts(self) -> dict[str, str]:
        dice, chance = self.dice, self.dice.random()
        if chance < 0.02:
            return {"ar": f"{dice.choice(wording.ARABIC)} {dice.choice(wording.ARABIC_OF)}"}
        if chance < 0.04:
            return {"ja": dice.choice(wording.JAPANESE) + dice.choice(wording.JAPANESE_OF)}
        return {}

    def _names(self) -> None:
        """Further names; of each kind at most one, so that their order asks no collation."""
        found = []
        if self._chance(0.25):
            found.append((Name.Kind.ROMANISED, "zh-latn-pinyin", self._pinyin()))
        if self._chance(0.12):
            older = wording.name(self.dice, ("Hall", "堂"), self.is_chinese)
            found.append((Name.Kind.HISTORICAL, "zh-hans", older.chinese))
        if self._chance(0.1):
            other = wording.name(self.dice, ("Place", "地"), self.is_chinese)
            found.append((Name.Kind.ALTERNATIVE, "en", other.english))
        for index, (kind, language, text) in enumerate(sorted(found), 1):
            uid = self._uid("name", index)
            name = Name(uid=uid, site_id=self.site.pk, kind=kind, language=language, text=text)
            self.rows[Name].append(name)

    def _pinyin(self) -> str:
        return normalize.pinyin(self.named.chinese)

    def _kinds_tied(self) -> None:
        through = Site.kinds.through
        for kind in self.kinds:
            self.rows[through].append(through(site_id=self.site.pk, kind_id=kind.pk))

    # --- what happened -----------------------------------------------------------------------

    def _events(self) -> None:
        dice = self.dice
        begun = self._beginning()
        if self._chance(0.7):
            self._standing(begun)
        if self._chance(0.35):
            kind = dice.choice(["rebuilt", "repaired", "destroyed", "rediscovered", "enlarged"])
            year = dice.randint(max(begun.first_year or -5000, -4000), 2000)
            self._event(kind, date=edtf_of(max(year, begun.first_year or -4000), dice.random()))

    def _beginning(self) -> Event:
        dice = self.dice
        kind = dice.choice(["built", "founded", "begun", "built", "occupied", "mentioned"])
        if not self.is_chinese:
            # Most is of the last thousand years; one in six from before the common era.
            year = int(1950 - abs(dice.gauss(0, 700)) * (4 if self._chance(0.2) else 1))
            return self._event(kind, date=edtf_of(year, dice.random()))
        self.begun = min(len(self.known.eras) - 1, int(abs(dice.gauss(0.65, 0.3)) * 60))
        era = self.known.eras[self.begun]
        if self._chance(0.3) and era.first_year > -3000:
            year = dice.randint(era.first_year, min(era.last_year or 2000, 2000))
            return self._event(kind, date=edtf_of(year, dice.random()), first_era=era)
        return self._event(kind, first_era=era)

    def _standing(self, begun: Event) -> None:
        dice, eras = self.dice, self.known.eras
        if not self.is_chinese:
            year = dice.randint(min(begun.first_year, 1900), 1950)
            self._event("fabric", date=edtf_of(year, dice.random()))
            return
        first = min(len(eras) - 1, self.begun + dice.randrange(14))
        last = min(len(eras) - 1, first + dice.randrange(1, 8)) if self._chance(0.15) else first
        if (eras[last].last_year or 9999) < eras[first].first_year:
            last = first
        self._event("fabric", first_era=eras[first], last_era=eras[last] if last > first else None)

    def _event(self, kind: str, **fields) -> Event:
        event = Event(
            uid=self._uid("event", len(self.rows[Event]) + 1),
            site_id=self.site.pk,
            kind=kind,
            certainty="approximate" if fields.get("date", "").endswith("~") else "certain",
            source_id=self._source(),
            **fields,
        )
        event.first_year, event.last_year = event.bounds()
        self.rows[Event].append(event)
        return event

    # --- registers ---------------------------------------------------------------------------

    def _world_heritage(self) -> None:
        """Some are a property or a part of one; a few are on a tentative list."""
        dice = self.dice
        if self._chance(0.12):
            entry = self.point.designation
            entry.register = self.known.registers["whl"]
            self._cover(entry, "whole" if self._chance(0.3) else "component")
            if self._chance(0.05):
                self._cover(dice.choice(self.known.world_heritage), "component")
        elif self._chance(0.03):
            self._entry("whl-tentative", f"T{self.number}", dice.randint(1985, 2024))

    def _registers(self) -> None:
        dice = self.dice
        for slug, (share, letter) in REGISTERS.items():
            if self._chance(share):
                batch = dice.randint(1, 8)
                reference = f"{letter}-{self.number:07}-{batch}-{dice.randint(1, 5):03}"
                year = 1961 + 7 * batch + dice.randrange(3)
                self._entry(slug, reference, year, batch if slug != "cn-rating" else None)

    def _entry(self, slug: str, reference: str, year: int, batch: int | None = None) -> None:
        """A register's entry of this site's own, with its events, and its coverage."""
        made = len(self.rows[Designation])
        categories = self.known.categories[slug]
        entry = Designation(
            pk=self.entry_id + made,
            uid=self._uid("entry", made + 1),
            register=self.known.registers[slug],
            reference=reference,
            category=self.dice.choice(categories) if categories else None,
            batch=batch,
        )
        happened = [("inscribed", year)]
        if self._chance(0.02):
            happened.append(("delisted", min(2025, year + self.dice.randint(1, 30))))
        events = [
            DesignationEvent(
                uid=self._uid(f"entry.{made + 1}", index),
                designation_id=entry.pk,
                kind=kind,
                date=str(when),
            )
            for index, (kind, when) in enumerate(happened, 1)
        ]
        for event in events:
            event.first_year, event.last_year = edtf_bounds(event.date)
        entry.standing, entry.listed_year = denormalized.standing_of(events)
        self.rows[Designation].append(entry)
        self.rows[DesignationEvent] += events
        self._cover(entry, "whole")

    def _cover(self, entry: Designation, extent: str) -> None:
        if entry.pk not in {coverage.designation_id for coverage in self.rows[Coverage]}:
            uid = self._uid("coverage", len(self.rows[Coverage]) + 1)
            self.rows[Coverage].append(
                Coverage(uid=uid, site_id=self.site.pk, designation=entry, extent=extent)
            )

    # --- the day's facts ---------------------------------------------------------------------

    def _visiting(self) -> None:
        """Hours and prices, most of them checked: with a source and a day."""
        if not self._chance(0.25):
            return
        dice = self.dice
        checked = {}
        if self._chance(0.8):
            day = date(2025, 1, 1) + timedelta(days=dice.randrange(500))
            checked = {"source_id": dice.choice(self.known.sources).pk, "checked_on": day}
        days = dice.choice(["1234567", "1234567", "234567", "12345", "67"])
        self.rows[Opening].append(
            Opening(
                uid=self._uid("opening"),
                site_id=self.site.pk,
                weekdays=days,
                opens=time(dice.choice([7, 8, 9, 10])),
                closes=time(dice.choice([16, 17, 18]), 30),
                **checked,
            )
        )
        for index, english, chinese, part in (
            (1, "Adults", "成人", 1),
            (2, "Students", "学生", 0.5),
        ):
            self.rows[Price].append(
                Price(
                    uid=self._uid("price", index),
                    site_id=self.site.pk,
                    label=LanguageMap({"en": english, "zh-hans": chinese}),
                    amount=round(dice.randrange(0, 240, 10) * part, 2),
                    currency="CNY" if self.is_chinese else "EUR",
                    order=index,
                    **checked,
                )
            )

    # --- what follows ------------------------------------------------------------------------

    def _derive(self) -> None:
        site, rows = self.site, self.rows
        names = sorted(rows[Name], key=lambda name: (name.kind, name.language, name.text))
        kinds = sorted(self.kinds, key=lambda kind: (kind.order, kind.slug))
        coverages = sorted(rows[Coverage], key=lambda one: (one.designation.register.rank, one.uid))
        read = SiteWithRows(
            site,
            names=[(name.language, name.text) for name in names],
            kinds=[kind.pk for kind in kinds],
            events=sorted(rows[Event], key=lambda event: event.uid),
            entries=[_covering_entry(coverage) for coverage in coverages],
        )
        years = [
            event.first_year
            for event in rows[Event]
            if event.role == Event.Role.BEGINNINGS and event.first_year is not None
        ]
        site.first_year = min(years, default=None)
        site.inscribed_year = denormalized.inscribed_year_of(read.entries)
        site.search_text = denormalized.search_text_of(read, self.known.terms)
        site.reading = denormalized.reading_of(site)
        site.effective_prominence = denormalized.prominence_of(read)
        tied = denormalized.eras_of_site(rows[Event], self.known.all_eras)
        rows[SiteEra] = [
            SiteEra(site_id=site.pk, era_id=era, role=role) for era, role in sorted(tied)
        ]
        rows[SortName] = [
            SortName(
                site_id=site.pk,
                language=code,
                key=normalize.sort_key(str(site.name.best(code)), code),
            )
            for code, _language in settings.LANGUAGES
        ]


def _covering_entry(coverage: Coverage) -> CoveringEntry:
    entry = coverage.designation
    return CoveringEntry(
        reference=entry.reference,
        name=entry.name,
        standing=entry.standing,
        year=entry.listed_year,
        role=entry.register.role,
        component_reference=coverage.component_reference,
        note=coverage.note,
    )


def edtf_of(year: int, chance: float) -> str:
    """A date as it is stored; every third is approximate. Older ones would need more digits."""
    year = max(year, OLDEST)
    text = f"{year:04}" if year >= 0 else f"-{-year:04}"
    return text + "~" * (chance < 0.33)
