"""What covers cost, and which of them look alike on one page.

    HERITAGE_DATA=… uv run python -m benchmarks.covers

composes and paints the cover of each published site in the order in which readers see them, 24 a
page, and prints two tables: time and size, and the pages whose covers are least apart. How far
two forms are apart is the share of a difference hash (16 × 16 steps from dark to light) that
differs: 0 of equal pictures, about a half of unlike ones.
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
ALIKE = 0.12  # below this two covers have the same form
SAME_COLOUR = 0.05  # and below this the same colours
_SIDE = 16
_SHOWN = 12


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from heritage.media.covers import SHAPES
    from heritage.search import store
    from heritage.search.index import orders
    from heritage.web.media import covers

    index = store.current()
    ids = index.orders[orders.PROMINENCE].ids.tolist()
    sites = covers.with_covers().in_bulk(ids)
    shown, spent, painted, sizes, packed = {}, [], [], [], []
    for pk in ids:
        before = time.process_time()
        svg = covers.cover(sites[pk])
        spent.append((time.process_time() - before) * 1000)
        sizes.append(len(svg.encode()) / 1000)
        packed.append(len(gzip.compress(svg.encode())) / 1000)
        scene = covers.scene_of(sites[pk], sites[pk].kinds.all())
        shown[pk] = seen(svg), scene if isinstance(scene, str) else scene.name
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
            (distance(shown[one][0], shown[other][0]), one, other)
            for one, other in combinations(page, 2)
        )
        worst.append((apart, number, one, other))
    forms = [pair for pair in worst if pair[0] < ALIKE]
    colours = [hues(shown[one][0], shown[other][0]) for _apart, _number, one, other in forms]
    print(
        f"\n{len(ids)} covers on {len(pages)} pages. {len(forms)} pages have two of the same form, "
        f"{sum(apart < SAME_COLOUR for apart in colours)} of them in the same colours.\n"
    )
    rows = [
        [
            str(number),
            f"{apart:.2f}",
            f"{hues(shown[pair[0]][0], shown[pair[1]][0]):.2f}",
            *(f"{sites[pk].name.best()} ({shown[pk][1]})" for pk in pair),
        ]
        for apart, number, *pair in sorted(worst)[:_SHOWN]
    ]
    _print(["page", "forms apart", "colours apart", "", ""], rows)


def seen(svg: str) -> tuple[int, bytes]:
    """The difference hash, and the colours of a picture of 3 × 2 pixels."""
    painted = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, width=120)))
    colours = painted.convert("RGB").resize((3, 2), Image.Resampling.BOX).tobytes()
    grey = painted.convert("L").resize((_SIDE + 1, _SIDE))
    bits = 0
    for row in batched(grey.tobytes(), _SIDE + 1):
        for here, right in pairwise(row):
            bits = bits << 1 | (here < right)
    return bits, colours


def distance(one: tuple[int, bytes], other: tuple[int, bytes]) -> float:
    """Of forms: from 0 to about a half."""
    return (one[0] ^ other[0]).bit_count() / _SIDE**2


def hues(one: tuple[int, bytes], other: tuple[int, bytes]) -> float:
    """Of colours: from 0 to 1."""
    apart = [abs(here - there) for here, there in zip(one[1], other[1], strict=True)]
    return sum(apart) / len(apart) / 255


def _print(head: list[str], rows: list[list[str]]) -> None:
    for cells in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(cells)} |")


def _middle_and_most(figures: list[float]) -> list[str]:
    ordered = sorted(figures)
    return [f"{ordered[len(ordered) // 2]:.1f}", f"{ordered[-1]:.1f}"]


if __name__ == "__main__":
    main()
