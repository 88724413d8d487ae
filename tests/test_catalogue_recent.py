"""A memory of bounded size keeps what was used last."""

from heritage.catalogue.recent import Recent


def test_what_was_used_longest_ago_makes_room():
    kept = Recent(2)
    kept["a"], kept["b"] = 1, 2
    assert kept.get("a") == 1  # used again
    kept["c"] = 3
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)
    assert kept.get("b", "nothing") == "nothing" and len(kept) == 2


def test_what_is_set_anew_counts_as_used():
    kept = Recent(2)
    kept["a"], kept["b"], kept["a"], kept["c"] = 1, 2, 3, 4
    assert dict(kept) == {"a": 3, "c": 4}
