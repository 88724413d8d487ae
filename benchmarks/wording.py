"""Names and sentences for made-up records: seeded, in English and Chinese, Zipf-like.

A few words are rare or common on purpose, so that a search for a word that every second, every
tenth or every hundredth record holds can be measured (`SHARES`); no other word begins with them.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

# English word, Chinese word, and the share of the records whose summary holds both.
SHARES = {"half": ("lattice", "镂空", 0.5), "tenth": ("cloister", "檐廊", 0.1)} | {
    "hundredth": ("lantern", "灯笼", 0.01)
}

# Common in names, with their Chinese: the first ones are used far more often than the last.
_EPITHETS = """
White白 Great大 Golden金 Eastern东 Dragon龙 Cloud云 Stone石 Jade玉 Southern南 Old古 Spring泉
Western西 Iron铁 Upper上 Northern北 Phoenix凤 Peace安 River河 Pine松 Crane鹤 Lotus莲 Moon月 Plum梅
Bamboo竹 Snow雪 Autumn秋 Heron鹭 Fragrant香 Copper铜 Willow柳 Tiger虎 Green青 Red红 Silver银
Bright明 Orchid兰 Thunder雷
"""
# Syllables of Chinese proper names.
_CHARACTERS = """
安an 宁ning 兴xing 龙long 清qing 永yong 华hua 福fu 德de 隆long 和he 光guang 宝bao 庆qing 广guang
昌chang 明ming 山shan 平ping 泰tai 天tian 林lin 阳yang 江jiang 丰feng 仁ren 义yi 静jing 崇chong
元yuan 善shan 慈ci 惠hui 显xian 灵ling 普pu 法fa 海hai 净jing 圣sheng 开kai 景jing 延yan 寿shou
嘉jia 佑you 顺shun 通tong 定ding 康kang 瑞rui 柏bai 桂gui 溪xi 岩yan 潭tan 峰feng 岭ling 洲zhou
湾wan 桥qiao 陵ling 台tai 原yuan 川chuan 亭ting 楼lou 源yuan
"""
# Pieces of proper names elsewhere, with characters that render them.
_BEGINNINGS = """
San圣 Al阿尔 Mon蒙 Val瓦尔 Ber贝尔 Kar卡尔 Mar马尔 Tor托尔 Bel贝尔 Cas卡斯 Ros罗斯 Ala阿拉 Bar巴尔
Cor科尔 Dun邓 El埃尔 Gal加尔 Hal哈尔 Isa伊萨 Jor约尔 Kal卡尔 Lan兰 Mel梅尔 Nor诺尔 Ola奥拉 Pal帕尔
Ser塞尔 Tal塔尔 Ur乌尔 Wes韦斯 Zar扎尔 Ank安克 Bra布拉 Che切 Dra德拉 Esk埃斯克 Fer费尔 Gor戈尔
Hol霍尔 Kro克罗
"""
_ENDINGS = """
to托 ra拉 na纳 burg堡 villa维拉 stein施泰因 ona奥纳 mar马尔 dal达尔 grad格勒 ino伊诺 eth埃思
ford福德 ica伊察 ano阿诺 ello埃洛 ula乌拉 ham汉姆 ovo奥沃 ette埃特 ura乌拉 ingen因根 osa奥萨
abad阿巴德 pur布尔 kand坎德 esti埃什蒂 avik阿维克
"""
# What summaries are made of; the first ones are used far more often than the last.
_QUALITIES = """
old古老的 large宏大的 small小巧的 quiet幽静的 well-kept保存完好的 remote偏远的 restored修复过的
ruined残存的 renowned著名的 fortified设防的 painted彩绘的 timber木构的 brick砖砌的 walled有围墙的
lofty高耸的 royal王室的 terraced层叠的 vaulted拱顶的 moated有护城河的 secluded隐秘的 domed穹顶的
weathered风化的 gilded鎏金的 whitewashed粉刷的 thatched茅顶的 octagonal八角的 basalt玄武岩的
glazed琉璃的 sunken下沉式的 arcaded连拱的
"""
_DEEDS = """
built建造 founded创立 enlarged扩建 rebuilt重建 endowed捐建 guarded守护 described记述 drawn描绘
surveyed测绘 consecrated祝圣
"""
_PEOPLE = """
monks僧人 merchants商人 governors官员 masons石匠 pilgrims朝圣者 farmers农人 princes王公
sailors船夫 scholars学者 abbots住持 envoys使节 soldiers士兵 weavers织工 potters陶工 engineers工匠
widows遗孀 physicians医者 boatmen渡工 bankers票号 hermits隐士
"""
_THINGS = """
gates门 halls殿堂 wells水井 murals壁画 inscriptions题刻 bells钟 towers塔楼 courtyards院落
steles石碑 cisterns蓄水池 orchards果园 kilns窑炉 statues造像 archives档案 altars祭坛 bastions棱堡
mosaics马赛克 stairways石阶 sluices水闸 manuscripts写本 aqueducts渡槽 burials墓葬 granaries粮仓
roofs屋顶 tiles砖瓦 mills磨坊 quays码头 vaults拱券 looms织机 sundials日晷
"""
_WHERES = """
above上方 beside旁 below下方 near附近 beyond以外 facing对面 behind后方 within之内 along沿线
opposite相对处
"""
_GROUND = """
valley山谷 river河流 ridge山脊 harbour港口 plain平原 market集市 lake湖泊 road古道 forest森林
canal运河 ford渡口 coast海岸 marsh沼泽 gorge峡谷 spring泉源 vineyard葡萄园 oasis绿洲 pasture牧场
delta三角洲 steppe草原 causeway堤道 quarry采石场
"""

ARABIC = ["قلعة", "مسجد", "سوق", "مدينة", "جسر", "حصن", "برج", "قصر"]
ARABIC_OF = ["النور", "البحر", "الجبل", "السلام", "الشرق", "الزهراء", "النخيل", "الصخرة"]
JAPANESE = ["さくら", "ふじ", "みやこ", "まつ", "かわ", "やま", "つる", "みず"]
JAPANESE_OF = ["の寺", "の城", "の庭", "の町", "の橋", "の塔", "の滝", "の里"]


class Words:
    """Pairs of words of which the first are drawn more often than the last, as Zipf found."""

    def __init__(self, pairs):
        self.pairs = list(pairs)
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(self.pairs))))

    def draw(self, dice: random.Random) -> tuple[str, str]:
        return dice.choices(self.pairs, cum_weights=self._weights)[0]


def _parted(text: str) -> list[tuple[str, str]]:
    """Words of two scripts that stand in one piece: White白 → ("White", "白")."""
    pairs = []
    for word in text.split():
        latin = "".join(c for c in word if c.isascii())
        pairs.append((latin, word.replace(latin, "")))
    return pairs


def _compounds(firsts, seconds) -> list[tuple[str, str]]:
    """All words of two pieces, in an order that is shuffled once and for ever."""
    found = {}
    for latin, han in firsts:
        for more, after in seconds:
            word = latin + more
            if more != latin and not word.lower().startswith(MARKED):
                found.setdefault(word.capitalize(), han + after)
    found = list(found.items())
    random.Random(1972).shuffle(found)
    return found


MARKED = tuple(english for english, _chinese, _share in SHARES.values())
_characters = [(latin, han) for latin, han in _parted(_CHARACTERS)]
EPITHETS = Words(_parted(_EPITHETS))
CHINESE_NAMES = Words(_compounds(_characters, _characters))
OTHER_NAMES = Words(_compounds(_parted(_BEGINNINGS), _parted(_ENDINGS)))
QUALITIES, DEEDS, PEOPLE = (Words(_parted(text)) for text in (_QUALITIES, _DEEDS, _PEOPLE))
THINGS, WHERES, GROUND = (Words(_parted(text)) for text in (_THINGS, _WHERES, _GROUND))


@dataclass(frozen=True, slots=True)
class Named:
    """What a record is called."""

    english: str
    chinese: str
    proper: tuple[str, str]


def name(dice: random.Random, kind: tuple[str, str], is_chinese: bool) -> Named:
    """White Horse Temple, Anning Pagoda, Castle of Torona: with the Chinese of it."""
    proper = (CHINESE_NAMES if is_chinese else OTHER_NAMES).draw(dice)
    chance = dice.random()
    if chance < 0.3:
        epithet = EPITHETS.draw(dice)
        english, chinese = f"{epithet[0]} {proper[0]} {kind[0]}", f"{epithet[1]}{proper[1]}"
    elif chance < 0.45:
        first, second = EPITHETS.draw(dice), EPITHETS.draw(dice)
        english = f"{first[0]} {second[0]} {kind[0]}, {proper[0]}"
        chinese = f"{proper[1]}{first[1]}{second[1]}"
    elif chance < 0.6 and not is_chinese:
        english, chinese = f"{kind[0]} of {proper[0]}", proper[1]
    else:
        english, chinese = f"{proper[0]} {kind[0]}", proper[1]
    return Named(english, chinese + kind[1], proper)


def summary(dice: random.Random, kind: tuple[str, str], place: tuple[str, str]) -> tuple[str, str]:
    """One or two sentences in English and in Chinese."""
    quality, deed, people = QUALITIES.draw(dice), DEEDS.draw(dice), PEOPLE.draw(dice)
    where, ground = WHERES.draw(dice), GROUND.draw(dice)
    article = "An" if quality[0][0] in "aeio" else "A"
    english = f"{article} {quality[0]} {kind[0].lower()} {where[0]} the {ground[0]} of {place[0]}"
    english += f", {deed[0]} by {people[0]}."
    chinese = f"{place[1]}{ground[1]}{where[1]}，{quality[1]}{kind[1]}，由{people[1]}{deed[1]}。"
    marked = [(one, other) for one, other, share in SHARES.values() if dice.random() < share]
    if marked or dice.random() < 0.3:
        things = [*marked, *(THINGS.draw(dice) for _ in range(dice.randint(1, 2)))]
        *others, last = (thing[0] for thing in things)
        english += f" Known for its {', '.join(others)}{' and ' * bool(others)}{last}."
        chinese += f"以{'、'.join(thing[1] for thing in things)}闻名。"
    return english, chinese
