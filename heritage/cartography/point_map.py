"""The map in the form of a site: a window of Web Mercator, over which tiles are laid.

A browser turns a position on the map into coordinates, and back, by itself:
`static/js/admin/point_map.js` does the same arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log2

from heritage.cartography import map_sheet, mercator
from heritage.cartography.mercator import Box
from heritage.values.coordinates import Point

WIDTH, HEIGHT = 480, 320
WIDEST, CLOSEST = 3, 17  # zooms: 3,900 km wide at 34° north, and 240 m


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map: its place in the world at a zoom, and in pixels from the corner."""

    zoom: int
    column: int
    row: int
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Window:
    """The section of a map, by its middle and its zoom; it may cross 180°."""

    latitude: float
    longitude: float
    zoom: int

    @classmethod
    def of_width(cls, latitude: float, longitude: float, km: float) -> "Window":
        """The closest one that shows so many km from left to right, in whole zooms."""
        latitude = min(max(latitude, -mercator.EDGE), mercator.EDGE)
        exact = log2(WIDTH * mercator.metres_per_pixel(latitude, 0) / (km * 1000))
        zoom = floor(exact + 0.01)  # a width that was asked for as it was said
        return cls(latitude, longitude, min(max(zoom, WIDEST), CLOSEST))

    @property
    def km(self) -> float:
        """Its width."""
        return WIDTH * mercator.metres_per_pixel(self.latitude, self.zoom) / 1000

    def zoomed(self, steps: int) -> "Window":
        zoom = min(max(self.zoom + steps, WIDEST), CLOSEST)
        return Window(self.latitude, self.longitude, zoom)

    @property
    def box(self) -> Box:
        """Its edges, in pixels of the world."""
        x, y = mercator.project(self.longitude, self.latitude)
        world = mercator.TILE << self.zoom
        left, top = x * world - WIDTH / 2, y * world - HEIGHT / 2
        return left, top, left + WIDTH, top + HEIGHT

    @property
    def degrees(self) -> Box:
        """West, south, east, north; west and east may be beyond 180°."""
        world = mercator.TILE << self.zoom
        left, top, right, bottom = (each / world for each in self.box)
        (west, north), (east, south) = (
            mercator.unproject(left, top),
            mercator.unproject(right, bottom),
        )
        return west, south, east, north

    def place(self, latitude: float, longitude: float) -> Point:
        """The position of a point in pixels from the left and from the top."""
        world, (left, top, _right, _bottom) = mercator.TILE << self.zoom, self.box
        east = (longitude - self.longitude + 180) % 360 - 180
        x, y = mercator.project(self.longitude + east, latitude)
        return x * world - left, y * world - top

    def tiles(
        self, pixels: int = mercator.TILE, largest: int = map_sheet.LARGEST
    ) -> Iterator[Tile]:
        """The tiles of so many pixels that cover it; closer than `largest`, their zoom, they are
        enlarged."""
        smaller = (mercator.TILE // pixels).bit_length() - 1  # zooms: 1 for tiles of half the side
        zoom = min(self.zoom + smaller, largest)
        side = (mercator.TILE << self.zoom) / (1 << zoom)
        left, top, right, bottom = self.box
        for row in range(max(0, floor(top / side)), min(1 << zoom, floor(bottom / side) + 1)):
            for column in range(floor(left / side), floor(right / side) + 1):
                at = column * side - left, row * side - top
                yield Tile(zoom, column % (1 << zoom), row, *at, side)
