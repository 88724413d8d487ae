"""Days of the week as people write them."""

import pytest

from heritage.values.weekdays import read_weekdays


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("234567", "234567"),
        ("721", "127"),
        ("Tue-Sun", "234567"),
        ("Tue – Sun", "234567"),
        ("tuesday to sunday", "234567"),
        ("Tues. through Sun.", "234567"),
        ("Mon, Wed-Fri", "1345"),
        ("Mon and Sat", "16"),
        ("Fri-Mon", "1567"),
        ("Mondays", "1"),
        ("daily", "1234567"),
        ("周二至周日", "234567"),
        ("星期二到星期天", "234567"),
        ("周一、周三、周五", "135"),
        ("周一至五", "12345"),
        ("每天", "1234567"),
        ("工作日", "12345"),
        ("周六—周日", "67"),
    ],
)
def test_days_are_read(text, digits):
    assert read_weekdays(text) == digits


@pytest.mark.parametrize("text", ["8", "Tu-Xy", "-", "Tue-", "monument", "周八", "0", "T-S"])
def test_what_names_no_days_is_refused(text):
    with pytest.raises(ValueError, match="names no days"):
        read_weekdays(text)
