"""The search: which published sites have which values, how lists of them are filtered and sorted,
and what a search text means.

- **The index.** `current_index()` gives an `IndexSnapshot`: all published sites with their values,
  orders, points and years, in memory, exact after every write. A snapshot never changes.
  `pinned_index()` keeps one for a whole request. `sort_keys()` are those of one of its orders, for
  sites that are not published, too.
- **Lists.** `SiteFilter(request.GET)` reads a query, including its search text, and gives the ids
  of the sites that match. `facet_counts()` counts the values of each facet in it.
- **Maps.** `map_cells` groups the sites of a list that lie near each other, by window and zoom.
- **Time.** `timeline` counts the sites of a list by year, and says what stood in one.
- **Facets.** `FACETS` are all properties that lists are filtered by; `TREES` are those of them
  that are vocabularies, by name.
- **Rows.** `page_rows` reads what pages show of sites by their ids.
- `sites_in_any_state()` asks the full text, drafts included.
- `verification` compares the index with what the database says.
- `visitor_read()` lets visitors' pages read from a streaming replica that is at least as new as
  their index.
- `suggest` makes suggestions while somebody types, `similar` finds records that may be of the same
  site.

Nothing here writes a record. Other packages import these names and no module of this package.
"""

from heritage.search.active_filters import ActiveFilter
from heritage.search.counting import FacetCounts, facet_counts
from heritage.search.facets import areas
from heritage.search.facets.base import Facet, TreeFacet
from heritage.search.facets.facet_list import FACETS, TREES
from heritage.search.filters import SiteFilter
from heritage.search.index.orders import keys as sort_keys
from heritage.search.index.snapshot import HoursGroup, IndexSnapshot, Part, TermTree
from heritage.search.query_language.spelling import sites_in_any_state
from heritage.search.store import changes_behind, visitor_read
from heritage.search.store import current as current_index
from heritage.search.store import keep_snapshot_fresh as keep_saved_index_fresh
from heritage.search.store import pinned as pinned_index
from heritage.search.store import refresh_snapshot as refresh_saved_index
from heritage.search.store import save_snapshot as save_index

__all__ = [
    "FACETS",
    "TREES",
    "ActiveFilter",
    "Facet",
    "FacetCounts",
    "HoursGroup",
    "IndexSnapshot",
    "Part",
    "SiteFilter",
    "TermTree",
    "TreeFacet",
    "areas",
    "changes_behind",
    "current_index",
    "facet_counts",
    "keep_saved_index_fresh",
    "map_cells",
    "page_rows",
    "pinned_index",
    "refresh_saved_index",
    "save_index",
    "similar",
    "sites_in_any_state",
    "sort_keys",
    "suggest",
    "timeline",
    "verification",
    "visitor_read",
]
