"""What covers cost, and which of them look alike on one page.

    HERITAGE_DATA=… uv run python -m benchmarks.covers

composes and paints the cover of each published site in the order in which readers see them, 24 a
page, and prints two tables: time and size, and the pages whose covers are least apart. How far two
are apart is the share of a difference hash (16 × 16 steps from dark to light) that differs; of
equal pictures it is 0, of unlike ones about a half.
"""

import gzip
import io
import os
import time
from itertools import batched, combinations, pairwise

import django
import resvg_py
from PIL import Image

PAGE = 24
ALIKE = 0.12  # below this two covers are taken for one another
_SIDE = 16
_SHOWN = 12


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from heritage.media.covers.shapes import SHAPES
    from heritage.search.index import orders, store
    from heritage.web.media import covers

    index = store.current()
    ids = index.orders[orders.PROMINENCE].ids.tolist()
    sites = covers.with_covers().in_bulk(ids)
    told, spent, painted, sizes, packed = {}, [], [], [], []
    for pk in ids:
        before = time.process_time()
        svg = covers.cover(sites[pk])
        spent.append((time.process_time() - before) * 1000)
        sizes.append(len(svg.encode()) / 1000)
        packed.append(len(gzip.compress(svg.encode())) / 1000)
        scene = covers.scene_of(sites[pk])
        told[pk] = difference_hash(svg), scene if isinstance(scene, str) else scene.name
    for pk in ids[:: max(1, len(ids) // 50)]:
        svg = covers.cover(sites[pk], SHAPES["preview"])
        before = time.process_time()
        resvg_py.svg_to_bytes(svg_string=svg, width=600)
        painted.append((time.process_time() - before) * 1000)
    figures = {
        "composed, ms": spent,
        "painted for a preview, ms": painted,
        "kB": sizes,
        "kB compressed": packed,
    }
    _print(["", "median", "most"], [[name, *_middle_and_most(f)] for name, f in figures.items()])
    pages = list(batched(ids, PAGE))
    worst = []
    for number, page in enumerate(pages, 1):
        apart, one, other = min(
            (distance(told[one][0], told[other][0]), one, other)
            for one, other in combinations(page, 2)
        )
        worst.append((apart, number, one, other))
    alike = sum(apart < ALIKE for apart, *_rest in worst)
    print(f"\n{len(ids)} covers on {len(pages)} pages; {alike} pages have two that look alike.\n")
    rows = [
        [str(number), f"{apart:.2f}", *(f"{sites[pk].name.best()} ({told[pk][1]})" for pk in pair)]
        for apart, number, *pair in sorted(worst)[:_SHOWN]
    ]
    _print(["page", "apart", "", ""], rows)


def difference_hash(svg: str) -> int:
    """A bit for each step from one place to its right neighbour: whether it grows lighter."""
    painted = resvg_py.svg_to_bytes(svg_string=svg, width=120)
    grey = Image.open(io.BytesIO(painted)).convert("L").resize((_SIDE + 1, _SIDE))
    bits = 0
    for row in batched(grey.tobytes(), _SIDE + 1):
        for here, right in pairwise(row):
            bits = bits << 1 | (here < right)
    return bits


def distance(one: int, other: int) -> float:
    return (one ^ other).bit_count() / _SIDE**2


def _print(head: list[str], rows: list[list[str]]) -> None:
    for cells in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(cells)} |")


def _middle_and_most(figures: list[float]) -> list[str]:
    ordered = sorted(figures)
    return [f"{ordered[len(ordered) // 2]:.1f}", f"{ordered[-1]:.1f}"]


if __name__ == "__main__":
    main()
