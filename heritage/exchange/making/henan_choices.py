"""What was decided by hand for the Henan fixture against the bare table, each with its why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    value: object
    reason: str


# Display names by the table's English name. A bracket that only gives a second name, or a part,
# is left out: the second name is a row of its own. Brackets that tell a place stay.
NAMES = {
    "Iron Pagoda (Youguo Temple Pagoda)": Choice("Iron Pagoda", "the bracket is a further name"),
    "Dengfeng Observatory (Guanxingtai)": Choice(
        "Dengfeng Observatory", "the bracket repeats the pinyin"
    ),
    "Yanshi Shang City (Shixianggou)": Choice("Yanshi Shang City", "the bracket is a further name"),
    "Luoyang City of Sui and Tang (Dingding Gate)": Choice(
        "Luoyang City of Sui and Tang",
        "the gate is the part that is World Heritage; the record and its code are the city's",
    ),
    "Mausoleum of Cao Cao (Anyang Gaoling)": Choice(
        "Mausoleum of Cao Cao", "the bracket is a further name"
    ),
    "Tianning Temple Pagoda (Wenfeng Pagoda)": Choice(
        "Tianning Temple Pagoda", "the bracket is a further name"
    ),
    "Tombs of the Han Princes of Liang (Mangdangshan)": Choice(
        "Tombs of the Han Kings of Liang (Mangdangshan)",
        "the text calls them kings, as their title 王 is called of Western Han rulers",
    ),
    "Jiaying Temple (Jiaying Guan)": Choice("Jiaying Temple", "the bracket repeats the pinyin"),
}

# The uid follows from the English name, but these sites had theirs before there was a rule, or
# before they got the name.
UIDS = {
    "Tombs of the Han Princes of Liang (Mangdangshan)": "tombs-of-the-han-princes-of-liang",
    "Shaolin Pagoda Forest and Chuzu Hermitage": "shaolin-pagoda-forest",
    "Luoyang City from the Eastern Han to Northern Wei": "luoyang-city-han-to-northern-wei",
}

# The table's kind, narrowed or added to.
KINDS = {
    "white-horse-temple": Choice(("kind-buddhist-temple",), "a temple of Buddhists"),
    "shaolin-temple": Choice(("kind-buddhist-temple",), "a temple of Buddhists"),
    "huishan-temple": Choice(("kind-buddhist-temple",), "a temple of Buddhists"),
    "daxiangguo-temple": Choice(("kind-buddhist-temple",), "a temple of Buddhists"),
    "shaolin-pagoda-forest": Choice(
        ("kind-pagoda-forest", "kind-buddhist-temple"), "the hermitage is a temple"
    ),
    "fengxue-temple-and-pagoda-forest": Choice(
        ("kind-buddhist-temple", "kind-pagoda-forest"), "its name says both"
    ),
}

# The last part of a uid, where it is not the kind of the event.
FIRST_EVENTS = {"dengfeng-observatory": "gnomon"}
RATINGS = {
    "longmen-grottoes": "longmen",
    "shaolin-temple": "shaolin",
    "shaolin-pagoda-forest": "shaolin",  # one rated area holds both
    # Shorter, for a uid holds 80 characters.
    "tombs-of-the-han-princes-of-liang": "liang-tombs",
    "modern-buildings-of-mount-jigong": "mount-jigong",
}

# Rated areas that the list names, and that are wider than the site: by the last part of the uid.
RATED_AREAS = {
    "red-flag-canal": {
        "en": "Red Flag Canal and Taihang Grand Canyon scenic area",
        "zh-hans": "红旗渠·太行大峡谷",
    },
    "liang-tombs": {
        "en": "Mangdangshan tourist area, Yongcheng",
        "zh-hans": "永城市芒砀山旅游区",
    },
    "mausoleum-temple-of-taihao": {
        "en": "Taihao Fuxi Mausoleum cultural tourist area, Zhoukou",
        "zh-hans": "周口市太昊伏羲陵文化旅游区",
    },
    "mount-jigong": {"en": "Mount Jigong scenic area, Xinyang", "zh-hans": "信阳市鸡公山景区"},
}

# Traditional script where conversion by words goes wrong: 尸鄉 is an old place name, no corpse.
TRADITIONAL = {"尸乡沟商城遗址": "尸鄉溝商城遺址"}

# Facts of single rows that differ from what the rules make of the table.
DEVIATIONS = {
    "dahuting-han-tombs": Choice(
        {
            "latitude": 34.51,
            "longitude": 113.29,
            "accuracy_m": 1000,
            "point_source": ["source-poi-luoyangchan"],
        },
        "the table's recalled point lies 4 km from that of a map service",
    ),
    "jiaying-temple": Choice(
        {
            "latitude": 35.04,
            "longitude": 113.5,
            "accuracy_m": 1000,
            "point_source": ["source-poi-luoyangchan"],
        },
        "the table's recalled point lies 8 km from that of a map service",
    ),
    "white-horse-temple": Choice(
        {"accuracy_m": 500}, "a map service has the temple 400 m from the recalled point"
    ),
    "zhongyue-temple.event.mentioned": Choice(
        {"first_era": ["era-western-han"]}, "the table says Han; 110 BCE is Western Han"
    ),
    "dongjing-city-of-northern-song.event.built": Choice(
        {"date": "0955/0956"}, "the table's year is 956, the words beside it say 955-956"
    ),
    "erlitou-site.event.occupied": Choice(
        {"first_era": ["era-erlitou-culture"]},
        "the table names the Xia first; that the site is of the Xia is disputed",
    ),
    "huishan-temple.event.begun": Choice(
        {"date": "0471/0499"}, "471 is only the start of the reign that the table names"
    ),
    "jidu-temple.event.founded": Choice(
        {"date": "0582~", "certainty": "approximate"},
        "the table says certain, its README counts the year among the soft ones",
    ),
    "shaoshi-que-gates.event.built": Choice(
        {"date": "0123~", "certainty": "approximate"},
        "no year survives on these gates; it is inferred from the same officials at Qimu",
    ),
    "youli-city-site.event.occupied": Choice(
        {"first_era": ["era-longshan-culture"]},
        "the table's eras say Neolithic, its event says Longshan layers",
    ),
}
