"""Path data: the shortest text for commands and numbers."""

import pytest

from heritage.values.svg_paths import smooth, steps


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("M", 0, 0, "L", 10, 5), "M0 0 10 5"),
        (("M", 100, 100, "L", 110, 105, "L", 111, 105), "M100 100l10 5 1 0"),
        (("M", 300, 300, "H", 310, "V", 299, "z"), "M300 300h10v-1z"),
        (("M0 0h4v-4z", "M", 9.6, -0.4, "l", 1, 1), "M0 0H4V-4zM10 0l1 1"),
        (("M", 500, 500, "a", 5, 5, " 0 0 1 ", 10, 0), "M500 500a5 5 0 0 1 10 0"),
        (("M", 9, 9, "Q", 8, 8, 7, 7, "Q", 6, 6, 5, 5), "M9 9Q8 8 7 7 6 6 5 5"),
        (("M", 5, 5, "m", 5, 5, 1, 1), "M5 5m5 5 1 1"),
    ],
)
def test_path_data_is_written_short(parts, text):
    assert steps(*parts) == text


def test_a_curve_starts_and_ends_where_it_is_told():
    assert smooth([(0, 0), (10, 20), (20, 0)]) == "M0 0Q10 20 15 10L20 0"


def test_an_unknown_command_is_an_error():
    with pytest.raises(ValueError, match="'S'"):
        steps("M", 0, 0, "S", 1, 1, 2, 2)
