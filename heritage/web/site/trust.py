"""What the record of a site rests on, in one line, and what a reader could help to check."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst

from heritage.models import statements
from heritage.models.statements import TO_BE_CHECKED
from heritage.search import page_rows
from heritage.web.shared import trust


@dataclass(frozen=True, slots=True)
class ToCheck:
    label: str
    url: str  # of the form for a correction, about this statement


@dataclass(frozen=True, slots=True)
class SiteTrust:
    summary: str
    to_check: list[ToCheck]


def site_trust(rows: page_rows.SiteRows) -> SiteTrust | None:
    """None of a record that states nothing yet."""
    found = statements.statements_of(rows)
    if not found:
        return None
    form = reverse("web:correction", args=[rows.site.slug])
    return SiteTrust(
        trust.counted(Counter(each.trust for each in found)),
        [
            ToCheck(
                str(capfirst(trust.label_of(each, rows.kinds))),
                f"{form}?about={trust.key_of(each)}",
            )
            for each in found
            if each.trust in TO_BE_CHECKED
        ],
    )
