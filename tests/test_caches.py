"""Every cache is named in docs/caches.md, with its size and its rule."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
_CACHE = re.compile(r"^\s*@(?:lru_)?cache\b|\bLRUCache\(", re.MULTILINE)


def test_every_cache_is_listed():
    listed = (ROOT / "docs/caches.md").read_text(encoding="utf-8")
    found = {
        path
        for path in (ROOT / "heritage").rglob("*.py")
        if _CACHE.search(path.read_text(encoding="utf-8")) and path.name != "lru_cache.py"
    }
    assert found
    missing = [str(p.relative_to(ROOT)) for p in found if p.name not in listed
               and f"{p.parent.relative_to(ROOT)}/`" not in listed]  # fmt: skip
    assert missing == []
