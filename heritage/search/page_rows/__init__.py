"""The rows that pages show, read by the ids of their sites in few queries.

`read_site()` reads all rows of a site, `read_cards()` what cards show of many, `read_day()` what
they say of one day, `read_table()` what files of many have. Terms come from the vocabularies in
memory.
"""

from heritage.search.page_rows.card_rows import CardData, read_cards
from heritage.search.page_rows.day_rows import DayRows, VisitRows, read_day, read_visits
from heritage.search.page_rows.past import NotKnown, Past
from heritage.search.page_rows.plain_sql import add_renditions, add_sources, in_order
from heritage.search.page_rows.site_rows import (
    PropertyRows,
    SiteRows,
    linked_sites,
    published_site,
    read_site,
    related_site_ids,
)
from heritage.search.page_rows.site_tables import LINKS, RELATIONS
from heritage.search.page_rows.table_rows import EventRow, Span, TablePortion, read_table

__all__ = [
    "LINKS",
    "RELATIONS",
    "CardData",
    "DayRows",
    "EventRow",
    "NotKnown",
    "Past",
    "PropertyRows",
    "SiteRows",
    "Span",
    "TablePortion",
    "VisitRows",
    "add_renditions",
    "add_sources",
    "in_order",
    "linked_sites",
    "published_site",
    "read_cards",
    "read_day",
    "read_site",
    "read_table",
    "read_visits",
    "related_site_ids",
]
