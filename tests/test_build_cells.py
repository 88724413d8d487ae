"""Cells of official tables: what is in them, and what comes out."""

import pytest

from heritage.exchange.reading import cells
from heritage.exchange.reading.cells import Period


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  Longmen   Grottoes ", "Longmen Grottoes"),
        ("Mount\u00a0Taishan", "Mount Taishan"),
        ("Ulu<U>r</U>u-Kata Tju<U>t</U>a", "Uluru-Kata Tjuta"),
        ("Fujian <em>Tulou</em>", "Fujian Tulou"),
        ("<I>Stari Most</I>", "Stari Most"),
        ("< مدينة كيتو", "مدينة كيتو"),
        ("آثار < التاريخية", "آثار التاريخية"),
        ("Rock &amp; Roll", "Rock & Roll"),
        ("C&ocirc;te d&#39;Azur", "Côte d'Azur"),
        ("Rock &amp;amp; Roll", "Rock & Roll"),
        ("Ouadi\u00a0&nbsp; Rum", "Ouadi Rum"),
        ("\ufeffKiln", "Kiln"),
        ("Jiu\u200bzhaigou", "Jiuzhaigou"),
        ("alcÃ¡zar", "alcázar"),
        ("Ã¡reas", "áreas"),
        ("panorí¡mico", "panorámico"),
        ("Lí\xadnea", "Línea"),
        ("Louvií¨re", "Louvière"),
        ("SokoloviÄ‡", "Sokolović"),
        ("l“™Anse", "l’Anse"),
        ("д`Арген", "д’Арген"),
        ("Madā ͐ in Ṣāliḥ", "Madāʾin Ṣāliḥ"),
        ("Cafe\u0301", "Café"),
        ("São Luís", "São Luís"),  # ã is a letter too
        ("", ""),
        (None, ""),
    ],
)
def test_text(cell, expected):
    assert cells.text(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("خليج هالونغ [توسيع مساحة", "خليج هالونغ"),
        ("吉马良斯历史中心与库鲁斯区[拓界", "吉马良斯历史中心与库鲁斯区"),
        ("Побережье Козвэй-Кост (", "Побережье Козвэй-Кост"),
        ("Fuertes y castillos,", "Fuertes y castillos"),
        ("Western Front (1914) and more (cut", "Western Front (1914) and more"),
        ("Hegra (al-Hijr / Madain (old) Salih)", "Hegra (al-Hijr / Madain (old) Salih)"),
        ("Belfries [6]", "Belfries [6]"),
        ("谢赫萨菲（Sheikh）建筑群", "谢赫萨菲（Sheikh）建筑群"),
        ("/Ui-//aes", "/Ui-//aes"),
    ],
)
def test_name(cell, expected):
    assert cells.name(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2007-2010", [(2007, 2010)]),
        ("1996-", [(1996, None)]),
        ("1984-1992;1996-", [(1984, 1992), (1996, None)]),
        ("2007-2010;2010-", [(2007, 2010), (2010, None)]),
        ("Y 1996", [(1996, None)]),
        ("P 1984-1988 P 2000-2006", [(1984, 1988), (2000, 2006)]),
        ("Y 1996 P 1984-1992", [(1984, 1992), (1996, None)]),
        ("", []),
    ],
)
def test_periods(cell, expected):
    assert cells.periods(cell) == tuple(Period(*period) for period in expected)


@pytest.mark.parametrize(
    ("convert", "cell", "expected"),
    [
        (cells.years, "2011,2017", (2011, 2017)),
        (cells.years, "2000, 2001", (2000, 2001)),
        (cells.years, "2019;1980;2019", (1980, 2019)),
        (cells.years, "2001.0", (2001,)),
        (cells.years, "", ()),
        (cells.criteria, "(i)(ii)(vi)", ("i", "ii", "vi")),
        (cells.criteria, "x;vii", ("vii", "x")),
        (cells.criteria, "(IV)", ("iv",)),
        (cells.criteria, "", ()),
        (cells.parts, "Asia and the Pacific, Africa", ("Asia and the Pacific", "Africa")),
        (cells.parts, "Africa;Africa", ("Africa",)),
        (cells.codes, "cn,kg, kz", ("CN", "KG", "KZ")),
        (cells.codes, "", ()),
        (cells.area, "0", None),
        (cells.area, "", None),
        (cells.area, "14066514", "14066514"),
        (cells.area, "0.2", "0.2"),
        (cells.area, "0.07000000000000001", "0.07"),
        (cells.area, "20819,11", "20819.11"),
        (cells.whole_number, "1442.0", 1442),
        (cells.whole_number, "", None),
        (cells.flag, "1.0", True),
        (cells.flag, "False", False),
        (cells.flag, "", False),
        (cells.suffix, "Bis", "bis"),
        (cells.suffix, " ter ", "ter"),
        (cells.suffix, "-894 Rev", "-894rev"),
        (cells.suffix, "Quinquies", "quinquies"),
        (cells.suffix, None, ""),
    ],
)  # fmt: skip
def test_values(convert, cell, expected):
    assert convert(cell) == expected


def test_points():
    assert cells.point("-0.68986", "-90.501319") == (-0.68986, -90.501319)
    assert cells.point("0", "0") == (0, 0)  # a point like any other
    assert cells.point("", "") is None


@pytest.mark.parametrize(
    ("convert", "row"),
    [
        (cells.number, ["many"]),
        (cells.whole_number, ["1.5"]),
        (cells.flag, ["perhaps"]),
        (cells.year, ["1066"]),
        (cells.years, ["2001;soon"]),
        (cells.periods, ["2010-2007"]),
        (cells.periods, ["1996-;2001-2003"]),
        (cells.periods, ["X 1996"]),
        (cells.periods, ["Y 1992-2011"]),
        (cells.criteria, ["(i)(xi)"]),
        (cells.codes, ["ang"]),
        (cells.area, ["-1"]),
        (cells.point, ["34.5", ""]),
        (cells.point, ["91", "0"]),
        (cells.suffix, ["again"]),
    ],
)
def test_what_cannot_be_read_is_refused(convert, row):
    with pytest.raises(ValueError, match=r"."):
        convert(*row)
