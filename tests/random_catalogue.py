"""A catalogue made at random."""

import random
from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    Disagreement,
    Era,
    Event,
    Image,
    Kind,
    Licence,
    Notice,
    Opening,
    PartOf,
    Place,
    Price,
    Quantity,
    Register,
    RegisterTerm,
    Site,
    Source,
    SourcedSentence,
    VisitingFact,
)
from heritage.models.unit_of_work import change_set
from heritage.services.denormalized import refresh
from tests.builders import (
    make_designation,
    make_era,
    make_kind,
    make_licence,
    make_place,
    make_register,
    make_source,
    make_term,
    text,
)

DAY = date(2026, 11, 25)


class Catalogue:
    """Terms and entries of registers to choose among; `dice` decides everything."""

    def __init__(self, dice: random.Random, stored: bool = False):
        """With terms of its own, or with those that somebody else has stored already."""
        self.dice = dice
        if not stored:
            self._make_terms()
            self._make_registers()
        by_age = {model: list(model.objects.order_by("pk")) for model in (Kind, Place, Era)}
        self.kinds, self.places, self.eras = by_age.values()
        self.source, self.licence = Source.objects.first(), Licence.objects.first()
        entries = list(Designation.objects.order_by("pk").select_related("register"))
        self.properties = [e for e in entries if e.register.role == Register.Role.WORLD_HERITAGE]
        self.units = [entry for entry in entries if entry not in self.properties]
        self.regions = list(RegisterTerm.objects.filter(facet="region").order_by("pk"))
        self.criteria = list(RegisterTerm.objects.filter(facet="criterion").order_by("pk"))

    def _make_terms(self) -> None:
        kinds = [make_kind(slug=f"k{n}", blur_km=(None, 5, 0, None)[n]) for n in range(4)]
        places = [make_place(slug=f"p{n}", **self.circle(n < 2)) for n in range(4)]
        for number in range(8):
            rule = {"blur_km": 20} if number == 7 else {}
            make_kind(slug=f"k{number}x", parent=kinds[number % 4], **rule)
            circle = self.circle(number < 4)
            make_place(slug=f"p{number}x", parent=places[number % 4], level="county", **circle)
        eras = [make_era(slug=f"e{n}", span=f"0{n}00/0{n}99") for n in range(1, 7)]
        make_era(slug="e1x", span="0150/0180", parent=eras[0])
        make_era(slug="long-ago", span="../-2000")
        make_source()
        make_licence()

    def _make_registers(self) -> None:
        listed = make_register("world_heritage", slug="whl")
        national = make_register("protection", slug="national")
        rating = make_register("rating", slug="rating")
        criteria = [make_term(listed, code, "criterion") for code in ("i", "ii", "iii", "x")]
        categories = [make_term(listed, code) for code in ("cultural", "natural")]
        regions = [make_term(listed, code, "region") for code in ("africa", "europe")]
        grades = [make_term(rating, code) for code in ("5A", "4A")]
        for n in range(8):
            make_designation(
                register=listed,
                reference=str(1000 + n),
                category=categories[n % 2],
                events=[str(1987 + n)],
                criteria=self.dice.sample(criteria, 2),
                regions=self.dice.sample(regions, n % 3),
            )
        for n in range(6):
            make_designation(register=national, reference=f"N-{n}", batch=n % 3 + 1)
        for n in range(2):
            make_designation(register=rating, reference=f"A-{n}", category=grades[n % 2])
        make_designation("tentative")
        for entry in Designation.objects.filter(register=listed).order_by("pk")[:5]:
            for number in range(3):
                at = {"latitude": self.dice.gauss(34.7, 2), "longitude": self.dice.gauss(112.4, 2)}
                ComponentPoint.objects.create(designation=entry, number=number, **at)

    # --- many sites at once --------------------------------------------------------------

    def populate(self, count: int) -> None:
        """So many sites with rows of every sort, in a few bulk writes."""
        dice = self.dice
        with transaction.atomic():
            with change_set():
                sites = self._bare_sites(count)
            for model, make, share in PARTS:
                rows = [make(self, site) for site in sites if dice.random() < share]
                # Past the write path, which would enter each in the history.
                for row in rows:
                    row.derive()
                QuerySet(model).bulk_create(rows, batch_size=500, ignore_conflicts=True)
            kinds = Site.kinds.through
            kinds.objects.bulk_create(
                [kinds(site_id=site.pk, kind_id=dice.choice(self.kinds).pk) for site in sites],
                batch_size=500,
            )
            refresh(site.pk for site in sites)

    def _bare_sites(self, count: int) -> list[Site]:
        dice = self.dice
        return Site.objects.bulk_create(
            [
                Site(
                    slug=f"s{number}",
                    name=text(f"{dice.choice('abcxyz')}{dice.randint(1, 99)}"),
                    state=dice.choice(["published"] * 7 + ["draft"]),
                    place=dice.choice([None, *self.places]),
                    **self.point(),
                    **self.texts(),
                )
                for number in range(count)
            ],
            batch_size=500,
        )

    def point(self) -> dict:
        """Near enough to one another that distances say something; some on the same spot."""
        dice = self.dice
        if dice.random() < 0.1:
            return {}
        if dice.random() < 0.1:
            return {"latitude": 34.5, "longitude": 112.5}
        around = dice.choice([(34.7, 112.4), (-17.0, 180.0), (89.0, 0.0)])
        latitude = min(90.0, max(-90.0, dice.gauss(around[0], 2)))
        longitude = (dice.gauss(around[1], 3) + 180) % 360 - 180
        blur = dice.choice([None, None, 0, 20])
        return {"latitude": latitude, "longitude": longitude, "blur_km": blur}

    def circle(self, has_centre: bool) -> dict:
        """Of a place that is known, of some with a radius."""
        if not has_centre:
            return {}
        dice = self.dice
        point = {"latitude": dice.gauss(34.6, 0.5), "longitude": dice.gauss(112.4, 0.5)}
        return point | {"radius_km": dice.choice([None, 15, 30])}

    def texts(self) -> dict:
        codes = ("en", "zh-hans", "fr")
        return {
            name: text(dict.fromkeys(self.dice.sample(codes, self.dice.randint(0, 2)), "w"))
            for name in ("summary", "description")
        }

    # --- one row -------------------------------------------------------------------------

    def event(self, site) -> Event:
        dice = self.dice
        kind = dice.choice(["founded", "built", "fabric", "fabric", "repaired"])
        if dice.random() < 0.3:
            first, last = dice.choice(self.eras), dice.choice([None, None, self.eras[5]])
            return Event(site=site, kind=kind, first_era=first, last_era=last)
        year = dice.randint(100, 690)
        shapes = (f"0{year}", f"0{year}/0{year + 80}", f"-0{year}", f"0{year}/..", f"../0{year}")
        return Event(site=site, kind=kind, date=dice.choice(shapes))

    def coverage(self, site, of=None) -> Coverage:
        unit = self.dice.choice(of or [*self.units, *self.properties])
        return Coverage(
            site=site, designation=unit, extent=self.dice.choice(["whole", "component"])
        )

    def opening(self, site) -> Opening:
        dice = self.dice
        hours = dice.choice([{}, *[{"opens": time(9), "closes": time(17)}] * 3])
        season = dice.choice([("", ""), ("", ""), ("04-01", "10-31"), ("11-01", "03-31")])
        return Opening(
            site=site,
            weekdays=dice.choice(["1234567", "1234567", "12345", "67", "1"]),
            season_from=season[0],
            season_to=season[1],
            **hours,
            **self.checked(),
        )

    def checked(self) -> dict:
        complete = {"source": self.source, "checked_on": DAY}
        official = {"source": self.source, "quality": "official", "as_of": "2020"}
        press = {"source": self.source, "quality": "press", "as_of": "2020-03"}
        return self.dice.choice([complete] * 3 + [{"source": self.source}, official, press])

    def sentence(self, site) -> SourcedSentence:
        words = self.dice.choice(["A text.", *site.summary.values()])
        return SourcedSentence(site=site, text={"en": words}, source=self.source)

    def quantity(self, site) -> Quantity:
        source = self.dice.choice([self.source, None])
        return Quantity(site=site, kind="height", amount=17, unit="m", source=source)

    def price(self, site) -> Price:
        return Price(site=site, label=text("Adults"), amount=30, **self.checked())

    def fact(self, site) -> VisitingFact:
        kind = self.dice.choice(["phone", "hours", "closed_days"])
        return VisitingFact(site=site, kind=kind, value="1", **self.checked())

    def notice(self, site) -> Notice:
        ends = [self.dice.choice([None, self.day()]) for _end in range(2)]
        if None not in ends:
            ends.sort()
        closed = self.dice.choice([True, True, False])
        return Notice(
            site=site, text=text("Repairs"), is_closed=closed, begins=ends[0], ends=ends[1]
        )

    def disagreement(self, site) -> Disagreement:
        fact = self.dice.choice(["name", "point", "other"])
        told = text("an older figure")
        return Disagreement(site=site, fact=fact, shown=told, other=told, reason=told)

    def day(self) -> date:
        return DAY + timedelta(days=self.dice.randint(-200, 200))

    def image(self, site) -> Image:
        published = self.dice.choice([True, True, False])
        return Image(site=site, file="images/x.png", licence=self.licence, published=published)

    def wholes(self) -> list[str]:
        """Slugs of published sites that have parts, or of any."""
        sites = Site.objects.published().order_by("pk").values_list("slug", flat=True)
        return list(sites.filter(parts__isnull=False).distinct()[:50]) or list(sites[:5])

    def part(self, site) -> PartOf:
        """Under an older site, so that no circle can come about."""
        older = Site.objects.filter(pk__lt=site.pk).order_by("-pk")[:40]
        return PartOf(part=site, whole=self.dice.choice(list(older) or [site]))


# The rows of a site: model, how one is made, and what share of the sites gets one.
PARTS = (
    (Event, Catalogue.event, 1.0),
    (Coverage, Catalogue.coverage, 0.4),
    (Opening, Catalogue.opening, 0.3),
    (Opening, Catalogue.opening, 0.2),  # of some sites two rows, which may contradict
    (SourcedSentence, Catalogue.sentence, 0.1),
    (Quantity, Catalogue.quantity, 0.1),
    (Price, Catalogue.price, 0.05),
    (VisitingFact, Catalogue.fact, 0.1),
    (Notice, Catalogue.notice, 0.05),
    (Image, Catalogue.image, 0.1),
    (Disagreement, Catalogue.disagreement, 0.05),
)
