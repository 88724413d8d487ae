"""Dates of events as editors write them: dates, eras, both, and questions where there are several.

The eras are those of the fixtures; the forms of eras are those of the national register of China.
"""

import json
from pathlib import Path

import pytest

from heritage.models import Era
from heritage.services.date_reading import DateQuestion, read_date
from heritage.values.edtf import EDTFError
from tests import builders as build

FIXTURE = Path(__file__).parent.parent / "fixtures" / "eras.json"


@pytest.fixture
def eras(db):
    """The eras of China, and one of another region."""
    china = build.make_place("China", "中国", level="country")
    rows, parents = [], {}
    for row in json.loads(FIXTURE.read_text("utf-8")):
        names = ("uid", "slug", "label", "short_label", "other_names", "span", "certainty")
        fields = {name: row["fields"][name] for name in names if name in row["fields"]}
        if "region" in row["fields"]:
            fields["region"] = china
        rows.append(Era(**fields))
        parents[fields["uid"]] = row["fields"].get("parent", [None])[0]
    Era.objects.bulk_create(rows)
    by_uid = {era.uid: era for era in Era.objects.all()}
    for uid, parent in parents.items():
        if parent:
            by_uid[uid].parent = by_uid[parent]
    Era.objects.bulk_update(by_uid.values(), ["parent"])
    build.make_era("Victorian era", "维多利亚时代", span="1837/1901", slug="victorian")


def understood(text, kind=""):
    """EDTF, and the slugs of the eras; of a refusal its first words."""
    try:
        reading = read_date(text, kind)
    except DateQuestion as question:
        return f"asked: {question}"
    except EDTFError as error:
        return f"refused: {error}"
    slugs = [era.slug for era in (reading.first, reading.last) if era]
    return " ".join(filter(None, [reading.date, *slugs]))


READ = {
    # eras by their names
    "Ming": "ming",
    "Ming dynasty": "ming",
    "明": "ming",
    "明代": "ming",
    "明朝": "ming",
    "the Ming": "ming",
    "民国时期": "republic-of-china",
    "民国": "republic-of-china",
    "五代": "five-dynasties",
    "战国": "warring-states",
    "殷": "late-shang",
    "渤海": "bohai",
    "南诏": "nanzhao",
    "大理": "dali-kingdom",
    "高昌": "gaochang",
    "南唐": "southern-tang",
    "中华人民共和国": "peoples-republic-of-china",
    "Victorian era": "victorian",
    "Jin Dynasty (1115–1234)": "jin-1115-1234",
    "晋": "jin-266-420",
    "金": "jin-1115-1234",
    # spans
    "金至清": "jin-1115-1234 qing",
    "战国—汉": "warring-states han",
    "Tang to Song": "tang song",
    "Ming–Qing": "ming qing",
    "新石器时代至商": "neolithic shang",
    "新石器时代至商、周": "neolithic zhou",
    "唐至中华人民共和国": "tang peoples-republic-of-china",
    "唐至今": "tang peoples-republic-of-china",
    "明清至今": "ming peoples-republic-of-china",
    "元至民國": "yuan republic-of-china",
    "战国至隋唐": "warring-states tang",
    "东周至汉晋": "eastern-zhou jin-266-420",
    "北朝至西夏": "northern-dynasties western-xia",
    # eras that follow each other
    "明清": "ming qing",
    "明、清": "ming qing",
    "Ming and Qing": "ming qing",
    "明和清": "ming qing",
    "商周": "shang zhou",
    "秦汉": "qin han",
    "隋唐": "sui tang",
    "唐宋": "tang song",
    "宋元": "song yuan",
    "元明": "yuan ming",
    "金元": "jin-1115-1234 yuan",
    "汉晋": "han jin-266-420",
    "汉魏": "han cao-wei",
    "唐五代": "tang five-dynasties",
    "辽金元": "liao yuan",
    "夏、商": "xia shang",
    "东汉三国": "eastern-han three-kingdoms",
    "魏晋至唐": "cao-wei tang",
    "魏晋南北朝": "cao-wei northern-and-southern-dynasties",
    "元、明至清": "yuan qing",
    "三国、晋、南北朝": "three-kingdoms northern-and-southern-dynasties",
    "辽、金": "liao jin-1115-1234",
    "东魏、北齐至元": "eastern-wei yuan",
    "隋、唐、辽、金": "sui jin-1115-1234",
    "宋、元、明": "song ming",
    # of the narrower one
    "五代前蜀": "former-shu",
    "五代南汉": "southern-han",
    # parts of eras: thirds of their years
    "early Ming": "1368~/1459~ ming",
    "明初": "1368~/1459~ ming",
    "明代早期": "1368~/1459~ ming",
    "the early Ming dynasty": "1368~/1459~ ming",
    "late Tang": "0811~/0907~ tang",
    "晚唐": "0811~/0907~ tang",
    "唐末": "0811~/0907~ tang",
    "唐代晚期": "0811~/0907~ tang",
    "西汉晚期": "-0062~/0009~ western-han",
    "北宋中期": "1016~/1071~ northern-song",
    "mid-Qing": "1734~/1822~ qing",
    "清代中期": "1734~/1822~ qing",
    "明中后期": "1460~/1644~ ming",
    "first half of the Ming": "1368/1505 ming",
    "明初至清": "1368~/1912 ming qing",
    "清末民初": "1823~/1924~ qing republic-of-china",
    "明末清初": "1553~/1733~ ming qing",
    "early Tang to late Song": "0618~/1279~ tang song",
    "明初至今": "1368~/.. ming peoples-republic-of-china",
    "late Victorian era": "1880~/1901~ victorian",
    # before and after eras
    "明以前": "[..1367]",
    "before the Ming": "[..1367]",
    "after Tang": "[0908..]",
    "唐宋以后": "[1280..]",
    # dates, and dates with their era
    "c. 493": "0493~",
    "between 618 and 907": "[0618..0907]",
    "万历二十年": "1592",
    "清乾隆二十年（1755）": "1755",
    "1755（清）": "1755 qing",
    "清（1755）": "1755 qing",
    "唐（618—907）": "tang",
    "约十世纪": "0901~/1000~",
}
ASKED = {
    # eras that are apart are several events
    "元、清": "asked: “元、清” names eras that do not follow each other: Yuan (1271–1368), "
    "Qing (1644–1912)",
    "宋明": "asked: “宋明” names eras that do not follow",
    "唐、宋": "asked: “唐、宋” names eras that do not follow",
    "新石器时代、商、汉": "asked: “新石器时代、商、汉” names eras",
    "宋金": "asked: In “宋金” the later era stands first",
    "清至明": "asked: In “清至明” the later era stands first",
    "南诏、大理": "asked: “南诏、大理” names eras",
    # names of no single era
    "近代": "asked: “近代” is no era of the catalogue. Choose among Qing (1644–1912), "
    "Republic of China (1912–1949)",
    "青铜时代": "asked: “青铜时代” is no era",
    "新石器至青铜时代": "asked: “青铜时代” is no era",
    "唐至近代": "asked: “近代” is no era",
    "六朝唐": "asked: “六朝” is no era",
    "石器时代": "asked: “石器时代” is no era",
    "盛唐": "asked: “盛唐” is no era",
    "远古": "asked: “远古”",
    "Jin Dynasty": "asked: “jin dynasty” may be one of these eras: Jin (266–420), "
    "Jin (1115–1234). Choose one.",
    "大明": "asked: “大明” may be: Ming (1368–1644), 457–464. Choose an era, or write the years.",
    # an era and a year
    "清至1994年": "asked: “清至1994年” joins an era and a year. Write years at both ends "
    "(1644/1994)",
    "1755（明）": "asked: 1755 lies outside 1368–1644 (Ming)",
    # doubt
    "明代？": "asked: “明代?”: write the era alone, and choose how certain",
    "c. Ming": "asked: “c. ming”: write the era alone",
    "Ming or Qing": "asked: “ming or qing” leaves open which era it is. Choose one and say so "
    "in the note, or write “between 1368 and 1912”",
    # what else stands there
    "明代重修": "asked: “重修” is no part of a date. Write “明代” here",
    "始建于明代": "asked: “始建” is no part of a date. Write “明代” here",
    # unknown, or a slip of the pen in the register
    "宋、元、胡": "refused: In “宋、元、胡”, “胡” is not known as an era or a date.",
    "新时器时代至周": "refused: In “新时器时代至周”, “新时器时代” is not known",
    "离": "refused: “离” cannot be read as a date.",
    "唐王清": "refused: “唐王清” cannot be read",
    "十六": "refused: “十六” cannot",
    "传说时代": "refused: “传说时代” cannot be read",
    "南": "refused: “南” cannot be read",
}


def test_eras_and_dates_are_read(eras):
    assert {text: understood(text) for text in READ} == READ


def test_what_is_several_things_is_asked_about(eras):
    said = {text: understood(text) for text in ASKED}
    assert {text: words[: len(ASKED[text])] for text, words in said.items()} == ASKED


def test_what_happened_may_stand_beside_the_date_if_it_is_what_the_event_says(eras):
    assert understood("明代重修", "rebuilt") == understood("明代重修", "repaired") == "ming"
    assert understood("万历年间重修", "rebuilt") == "1573/1620"
    assert understood("始建于明代", "built") == "ming"
    assert understood("rebuilt in 1592", "rebuilt") == "1592"
    assert understood("1954年迁建", "moved") == "1954"
    assert understood("明代重修", "founded").startswith("asked: “重修” is no part of a date")


def test_a_question_names_the_eras_to_choose_from(eras):
    with pytest.raises(DateQuestion) as asked:
        read_date("新石器至青铜时代")
    assert [era.slug for era in asked.value.eras][:2] == ["xia", "shang"]


def test_what_is_understood_is_said_in_words(eras):
    assert read_date("early Ming").phrase() == "about 1368 – about 1459 (Ming)"
    assert read_date("early Ming").remarks
    assert read_date("金至清").phrase() == "1115–1912 (Jin [1115–1234] to Qing)"
    assert read_date("唐至今").phrase() == "from 618 (Tang to People’s Republic)"
    assert read_date("1592").phrase() == "1592" and not read_date("1592").remarks


def test_a_run_of_eras_is_read_in_no_more_steps_than_it_has_places(eras):
    # Each of its nineteen spans is one name or two: half a million ways to part it.
    assert understood("春秋战国" * 19 + "胡").startswith("refused: “春秋战国")
    assert understood("春秋战国" * 19 + "近代").startswith("asked: “近代” is no era")


def test_figures_alone_ask_for_no_eras(eras, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert understood("1592") == "1592"
        assert understood("0618/0907") == "0618/0907"
    with django_assert_num_queries(1):
        assert understood("1755（清）") == "1755 qing"
