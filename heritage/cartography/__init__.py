"""Maps as SVG text, drawn from Natural Earth and GeoNames. Nothing here knows a model.

- `map_sheet` draws tiles and sheets of the base map in Web Mercator; `tile_files` keeps tiles;
  `mercator` has its arithmetic, windows and scale; `script_of()` names the script in which a
  language has its maps.
- `badge_places` lets badges stand beside the names of the map.
- `mark_names` finds room for the names of marks on a sheet.
- `tile_layers` reads the setting of an operator's own tiles.
- `point_map` lays tiles on the map in the form of a site, in which a browser can read coordinates.
- `gazetteer` knows where towns of the world lie, by their names.
- `globe_around()` gives the path data of a globe with a point on it, for covers.

Points are (latitude, longitude) in degrees. Other packages import these names and no module of
this package; `outlines`, `line_file` and `base_map` are also used by the command that makes the
data.
"""

from heritage.cartography.globe import globe_around
from heritage.cartography.mercator import script_of

__all__ = [
    "badge_places",
    "gazetteer",
    "globe_around",
    "map_sheet",
    "mark_names",
    "mercator",
    "point_map",
    "script_of",
    "tile_files",
    "tile_layers",
]
