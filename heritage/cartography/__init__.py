"""Maps as SVG text, drawn from the coastlines of Natural Earth. Nothing here knows a model.

- `sheets` draws the maps of pages: land around points, or the world.
- `point_map` draws the map in the form of a site, in which a browser can read coordinates.
- `globe_around()` gives the path data of a globe with a point on it, for covers.

Points are (latitude, longitude) in degrees. Other packages import these names and no module of
this package; `outlines` and `land` are also used by the command that makes the data.
"""

from heritage.cartography import point_map, sheets
from heritage.cartography.globe import globe_around

__all__ = ["globe_around", "point_map", "sheets"]
