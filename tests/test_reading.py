"""Files as people have them: what is read, and what is refused with which sentence."""

import pytest

from heritage.exchange.reading import UnreadableFile, harmless, open_file


def read(folder, content, name="sites.csv", **options):
    """The file's columns and the cells of its rows."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_file(path, name, **options)
    return source, [list(row.cells.values()) for row in source.rows()]


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,kind\nChâteau,castle\n".encode(), "utf-8"),
        ("name,kind\nChâteau,castle\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name,kind\nChâteau,castle\n".encode("utf-16"), "utf-16"),
        ("name,kind\nChâteau,castle\n".encode("utf-16-le"), "utf-16-le"),
        ("name,kind\nChâteau,castle\n".encode("cp1252"), "cp1252"),
        ("name;kind\r\nChâteau;castle\r\n".encode("cp1252"), "cp1252"),
        ("sep=;\nname;kind\nChâteau;castle\n".encode(), "utf-8"),
        ("name\tkind\nChâteau\tcastle\n".encode(), "utf-8"),
        ('name|kind\n"Château"|castle'.encode(), "utf-8"),
    ],
)
def test_encodings_and_delimiters(tmp_path, content, encoding):
    source, rows = read(tmp_path, content)
    assert (source.encoding, source.columns, rows) == (
        encoding, ["name", "kind"], [["Château", "castle"]],
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@home", "'=1", "''=1", "＝1", "plain", "'ok"]
)
def test_what_was_made_harmless_is_read_as_it_was(tmp_path, text):
    written = harmless(text)
    assert written[0] not in "=+-@＝"
    assert read(tmp_path, f"name\n{written}\n")[1] == [[text]]


def test_a_cell_that_does_not_end_is_refused_by_its_line(tmp_path):
    with pytest.raises(UnreadableFile, match="line 3") as refused:
        read(tmp_path, 'name,kind\na,b\n"c,d\n' + "e,f\n" * 50_000)
    assert refused.value.line == 3
