"""What made-up records refer to: vocabularies, registers, sources and real points, read once."""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from heritage.models import (
    ComponentPoint,
    Designation,
    Era,
    Kind,
    Place,
    Register,
    RegisterTerm,
    Source,
)
from heritage.services import denormalized
from heritage.services.dependencies import Terms


@dataclass
class Known:
    """What the records refer to, read once; the order of all lists is that of permanent uids."""

    kinds: list[Kind]
    eras: list[Era]  # those with years, the oldest first
    all_eras: denormalized.EraPeriods
    terms: Terms
    places: dict[int, Place]
    counties: list[Place]
    points: dict[bool, list[ComponentPoint]]  # by whether they lie in China
    world_heritage: list[Designation]
    registers: dict[str, Register]
    categories: dict[str, list[RegisterTerm]]
    sources: list[Source]
    recalled: Source
    kind_weights: list[float]

    @classmethod
    def read(cls) -> "Known":
        kinds = sorted(Kind.objects.filter(children=None), key=lambda kind: kind.uid)
        random.Random(1).shuffle(kinds)
        places = Place.objects.in_bulk()
        below = Place.objects.subtree_ids(
            Place.objects.filter(code="CN").values_list("pk", flat=True)
        )
        points = ComponentPoint.objects.select_related("designation").order_by("uid")
        by_country: dict[bool, list[ComponentPoint]] = {True: [], False: []}
        for point in points:
            by_country[point.state_id in below].append(point)
        categories = defaultdict(list)
        for term in RegisterTerm.objects.filter(facet="category").order_by("uid"):
            categories[term.register_id].append(term)
        registers = {register.slug: register for register in Register.objects.order_by("uid")}
        entries = Designation.objects.filter(register__slug="whl").order_by("uid")
        for entry in entries:
            entry.register = registers["whl"]
        eras = list(Era.objects.order_by("first_year", "uid"))
        return cls(
            kinds=kinds,
            eras=[era for era in eras if era.first_year is not None],
            all_eras=denormalized.EraPeriods(eras),
            terms=Terms(Kind.objects.all(), places.values(), eras),
            places=places,
            counties=sorted(
                (places[pk] for pk in below if places[pk].level in ("county", "city", "province")),
                key=lambda place: place.uid,
            ),
            points=by_country,
            world_heritage=list(entries),
            registers=registers,
            categories={slug: categories[register.pk] for slug, register in registers.items()},
            sources=list(Source.objects.exclude(kind="recalled").order_by("uid")),
            recalled=Source.objects.filter(kind="recalled").order_by("uid").last(),
            kind_weights=list(accumulate(1 / (rank + 2) for rank in range(len(kinds)))),
        )
