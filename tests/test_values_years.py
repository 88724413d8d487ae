"""The two ways of counting years, and the limits of the catalogue."""

import pytest

from heritage.values import edtf


@pytest.mark.parametrize(
    ("historical", "astronomical"),
    [(-1300, -1299), (-206, -205), (-2, -1), (-1, 0), (1, 1), (2, 2), (68, 68), (2024, 2024)],
)
def test_conversion_both_ways(historical, astronomical):
    assert edtf.from_historical(historical) == astronomical
    assert edtf.to_historical(astronomical) == historical


def test_historical_counting_has_no_year_0():
    with pytest.raises(ValueError, match="no year 0"):
        edtf.from_historical(0)


@pytest.mark.parametrize("year", [edtf.EARLIEST, -1299, 0, 1, edtf.LATEST])
def test_years_within_the_limits(year):
    assert edtf.check_range(year) == year


@pytest.mark.parametrize("year", [edtf.EARLIEST - 1, edtf.LATEST + 1, 170_000_002])
def test_years_beyond_the_limits(year):
    with pytest.raises(ValueError, match="between 5,000,001 BCE and 9999 CE"):
        edtf.check_range(year)
