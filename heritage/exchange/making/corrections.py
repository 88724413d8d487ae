"""What the official tables lack or say wrongly, and what readers are told about it."""

import re

# A name that is another property's, by number and language: left out, so that the page falls
# back to a right one.
NAMES_OF_OTHERS = {
    (623, "ru"): "Røros (55)",
    (1657, "ar"): "Ha Long Bay (672)",
    (1708, "ar"): "Schwerin (1705)",
}

# Properties that the official file gives no Chinese name: recalled, and read by a second person.
RECALLED_CHINESE_NAMES = {
    32: "维利奇卡与博赫尼亚皇家盐矿",
    33: "比亚沃维耶扎森林",
    160: "枫丹白露宫及其花园",
    175: "托斯卡纳的美第奇别墅与花园",
    203: "从萨兰莱班大盐场到阿尔克—塞南皇家盐场：开放式盐锅制盐",
    247: "拉贾斯坦邦的山地堡垒",
    310: "阿尔塔米拉洞窟与西班牙北部旧石器时代洞窟艺术",
    383: "塞维利亚的大教堂、王宫与西印度群岛档案馆",
    422: "英格兰湖区",
    430: "罗马帝国的边疆",
    495: "斯特拉斯堡：大岛与新城",
    498: "苏塞古城",
    569: "培拉特和吉诺卡斯特历史中心",
    620: "莱沃恰、斯皮什城堡及相关文化古迹",
    653: "图巴塔哈群礁自然公园",
    654: "阿拉伯大羚羊保护区",
    710: "格拉特修道院",
    729: "魏玛、德绍和贝尔瑙的包豪斯建筑及遗址",
    749: "W—阿尔利—彭贾里综合保护区",
    766: "中锡霍特—阿林山脉",
    800: "肯尼亚山国家公园/自然森林",
    887: "库克早期农业遗址",
    914: "伊西曼加利索湿地公园—马普托国家公园",
    922: "古吉拉特邦帕坦的王后阶梯井",
    927: "鹿野苑（萨尔纳特）古佛教遗址",
    944: "印度山区铁路",
    951: "丰芽—格邦国家公园和欣南诺国家公园",
    981: "博尔加尔历史考古遗址群",
    985: "马洛蒂—德拉肯斯堡公园",
    1060: "肯尼亚东非大裂谷的湖泊系统",
    1061: "坎佩切州卡拉克穆尔古玛雅城和热带森林保护区",
    1100: "里约热内卢：山海之间的卡里奥卡景观",
    1102: "萨雅克：哈萨克斯坦北部的草原与湖泊",
    1111: "红河哈尼梯田文化景观",
    1115: "新喀里多尼亚潟湖：珊瑚礁多样性及相关生态系统",
    1150: "利物浦海上商城",
    1156: "德累斯顿易北河谷",
    1179: "瑞士萨多纳构造区",
    1194: "巴厘省文化景观：体现“幸福三要素”哲学的苏巴克灌溉系统",
    1223: "马六甲海峡历史城市：马六甲与乔治市",
    1224: "柏威夏寺",
    1225: "洛罗派尼遗址",
    1230: "苏莱曼—图圣山",
    1231: "米吉肯达卡亚圣林",
    1234: "普托拉纳高原",
    1237: "多洛米蒂山",
    1239: "柏林现代主义住宅区",
    1240: "斯塔里格勒平原",
    1245: "圣马力诺历史中心与蒂塔诺山",
    1252: "塔吉克国家公园（帕米尔山脉）",
    1259: "莫纳山文化景观",
    1262: "伊朗的亚美尼亚修道院建筑群",
    1263: "索科特拉群岛",
    1267: "叙尔特塞岛",
    1268: "阿加德兹历史中心",
    1269: "卡拉尔—苏佩圣城",
    1270: "卡马圭历史中心",
    1273: "喀尔巴阡山区斯洛伐克境内木构教堂",
    1274: "圣米格尔设防城镇与阿托托尼尔科的拿撒勒人耶稣圣所",
    1276: "雷蒂亚铁路阿尔布拉/贝尔尼纳沿线景观",
    1278: "开城历史建筑与遗迹",
    1280: "罗伊·马塔酋长领地",
    1282: "赫尔辛兰的彩绘农舍",
    1283: "沃邦防御工事",
    1285: "乔金斯化石崖",
    1287: "曼图亚与萨比奥内塔",
    1290: "黑脉金斑蝶生物圈保护区",
    1293: "黑格拉考古遗址（石谷/玛甸沙勒）",
    1298: "斯托克莱宫",
    1302: "拉绍德封/勒洛克：钟表制造业城镇规划",
    1303: "旁特斯沃泰水道桥与运河",
    1310: "旧城：大里贝拉历史中心",
    1312: "埃库莱斯灯塔",
    1313: "水银遗产：阿尔马登与伊德里亚",
    1314: "瓦登海",
    1315: "舒什塔尔古代水利系统",
    1319: "朝鲜王陵",
    1321: "勒·柯布西耶的建筑作品：对现代主义运动的杰出贡献",
    1322: "大巴萨姆历史城镇",
    1342: "西高止山脉",
    1344: "瓦隆的重要矿业遗址",
    1359: "萨卢姆河三角洲",
    1360: "北部—加来海峡采矿盆地",
    1361: "吉达古城：通向麦加之门",
    1364: "采珠业：岛屿经济的见证",
    1367: "埃尔瓦什边防驻军镇及其防御工事",
    1369: "宁格鲁海岸",
    1370: "犹大低地的马雷沙与贝特古夫林洞穴：洞穴之乡的缩影",
    1379: "拜罗伊特侯爵歌剧院",
    1380: "桑加河三国保护区",
    1386: "洛克群岛南部潟湖",
    1387: "科英布拉大学：阿尔塔与索菲亚",
    1390: "皮埃蒙特葡萄园景观：朗格—罗埃洛和蒙费拉托",
    1393: "迦密山人类演化遗址：梅阿罗特河谷/穆加拉河谷洞穴",
    1396: "玲珑谷地考古遗址",
    1397: "伊斯法罕聚礼清真寺",
    1398: "卡布斯拱北塔",
    1399: "莱武卡历史港口城镇",
    1400: "乌尼昂加湖群",
    1401: "拉巴特：现代都城与历史城市，共享的遗产",
    1402: "祖巴拉考古遗址",
    1403: "汉密吉伊坦山野生动物保护区",
    1404: "格朗普雷景观",
    1405: "恰塔霍裕克新石器时代遗址",
    1406: "大喜马拉雅国家公园保护区",
    1407: "巴萨里地区：巴萨里、富拉和贝迪克文化景观",
    1410: "皮纳卡特和阿尔塔大沙漠生物圈保护区",
    1411: "陶里卡的克森尼索古城及其乡野",
    1412: "红湾巴斯克捕鲸站",
    1413: "威廉高地山地公园",
    1414: "新疆天山",
    1416: "斯泰温斯崖",
    1418: "富士山：信仰的对象与艺术的源泉",
    1422: "戈勒斯坦宫",
    1424: "波兰和乌克兰喀尔巴阡山区木构教堂",
    1426: "阿尔代什省蓬达尔克彩绘洞穴（肖维—蓬达尔克洞穴）",
    1427: "埃特纳火山",
    1430: "纳米布沙海",
    1432: "奥卡万戈三角洲",
    1435: "波弗蒂角纪念性土筑遗址",
    1437: "埃尔比勒城堡",
    1438: "长安名胜群",
    1439: "南汉山城",
    1441: "范内勒工厂",
    1442: "丝绸之路：长安-天山廊道的路网",
    1443: "大运河",
    1444: "骠国古城群",
    1446: "约旦河外伯大尼：耶稣受洗处（马格塔斯）",
    1447: "科尔维加洛林时期西面建筑与修道院城",
    1448: "达乌里亚景观",
    1449: "富冈制丝场及丝绸产业遗产群",
    1452: "布尔萨与朱马勒克兹克：奥斯曼帝国的诞生",
    1453: "迪基斯石球与前哥伦布时期酋邦聚落",
    1456: "被焚之城",
    1457: "帕加马及其多层次文化景观",
    1459: "印加路网：安第斯道路系统",
    1472: "沙特阿拉伯哈伊勒省岩画",
    1487: "巴勒莫的阿拉伯—诺曼建筑群与切法卢、蒙雷阿莱主教座堂",
    1492: "巴勒斯坦：橄榄与葡萄酒之地——南耶路撒冷巴蒂尔文化景观",
    1493: "潘普利亚现代建筑群",
    1499: "安提瓜海军船坞及相关考古遗址",
    1500: "戈勒姆岩洞群",
    1501: "安特克拉支石墓遗址",
    1504: "斯泰奇茨中世纪墓葬群",
    1511: "姆班扎刚果：前刚果王国首都遗迹",
    1513: "干城章嘉国家公园",
    1517: "腓立比考古遗址",
    1518: "阿尼考古遗址",
    1519: "阿弗罗狄西亚斯",
    1525: "斯维亚日斯克岛城的圣母升天大教堂与修道院",
    1526: "洛斯阿莱尔塞斯国家公园",
    1527: "施瓦本汝拉山的洞穴与冰河时期艺术",
    1529: "塔普塔普阿泰",
    1532: "三波坡雷古寺庙区：古伊奢那补罗考古遗址",
    1533: "16至17世纪威尼斯共和国防御工事：陆上领地与西部海上领地",
    1535: "“神宿之岛”冲之岛·宗像及相关遗产群",
    1536: "格陵兰库加塔：冰盖边缘的北欧人与因纽特人农业",
    1539: "塔尔诺夫斯凯古雷铅银锌矿及其地下水管理系统",
    1540: "青海可可西里",
    1541: "鼓浪屿：历史国际社区",
    1544: "亚兹德历史城区",
    1545: "科马尼文化景观",
    1548: "瓦隆戈码头考古遗址",
    1550: "阿斯马拉：非洲的现代主义城市",
    1551: "艾哈迈达巴德历史城区",
    1565: "希伯伦/哈利勒老城",
    1605: "拉贾斯坦邦斋浦尔城",
    1608: "罗马帝国的边疆：多瑙河界墙（西段）",
    1700: "马里卜：古赛伯邑王国地标",
    1702: "的黎波里拉希德·卡拉米国际会展中心",
    1703: "敖德萨历史中心",
    1724: "乌拉亚谷",
    1742: "亚喀巴海洋保护区",
    1751: "奥克弗诺基国家野生动物保护区",
    1758: "西利姆峡湾硬骨鱼化石：始新世早期的演化与气候适应",
    1759: "匈奴贵族墓地群",
    1760: "曼吉斯套的岩窟清真寺及相关圣地",
    1761: "洛坤玛哈泰寺",
    1765: "景德镇手工瓷业遗存",
    1768: "科摩罗历史苏丹国的古城",
    1769: "西迪布赛义德村",
    1809: "塞巴斯蒂亚",
    1810: "阿米勒山城堡群",
}

# Chinese names of the official file that are wrong, or half English, and what is right. Recalled,
# and read by a second person. (what the file has, what is shown)
CHINESE_CORRECTIONS = {
    91: (
        "罗马历史中心，享受治外法权的罗马教廷建筑和缪拉圣保罗弗利",
        "罗马历史中心、享有治外法权的罗马教廷建筑和城外圣保罗大殿",
    ),
    205: (
        "塔拉曼卡仰芝－拉阿米斯泰德保护区",
        "塔拉曼卡山脉—拉阿米斯塔德保护区/拉阿米斯塔德国家公园",
    ),
    211: ("查姆回教寺院尖塔和考古遗址", "贾姆宣礼塔和考古遗址"),
    262: (
        "Sanganeb国家海洋公园和Dungonab海湾—Mukkawar岛国家海洋公园",
        "桑加奈卜国家海洋公园和敦戈奈卜海湾—穆卡瓦尔岛国家海洋公园",
    ),
    265: ("托马尔的女修道院", "托马尔的基督修道院"),
    269: ("米兹泰尔的木笃会圣约翰女修道院", "米兹泰尔的本笃会圣约翰女修道院"),
    272: ("吕贝克的汉西梯克城", "汉萨城市吕贝克"),
    273: ("科斯科古城", "库斯科古城"),
    284: ("奇特旺皇家国家公园", "奇特旺国家公园"),
    287: ("塔德拉尔特•阿卡库斯石窟", "塔德拉尔特·阿卡库斯岩画遗址"),
    314: (
        "格拉纳达的艾勒汉卜拉、赫内拉利费和阿尔巴济",
        "格拉纳达的阿尔罕布拉宫、赫内拉利费宫和阿尔拜辛区",
    ),
    318: ("德里埃斯科里亚尔修道院和遗址", "马德里埃斯科里亚尔修道院和遗址"),
    357: ("希拉波利斯和帕姆卡莱", "格雷梅国家公园和卡帕多西亚岩石遗址"),
    371: ("乔治铁桥区", "铁桥峡谷"),
    377: ("哈图莎：希泰首都", "哈图莎：赫梯首都"),
    598: ("苏切维察修道院的复活教堂", "摩尔达维亚的教堂群"),
    623: (
        "上哈尔茨山的水资源管理系统",
        "拉默尔斯贝格矿山、戈斯拉尔历史城镇和上哈尔茨水资源管理系统",
    ),
    668: ("吴哥窟", "吴哥古迹"),
    734: ("白川乡和五屹山历史村落", "白川乡与五箇山历史村落"),
    761: ("詹姆斯岛及附近区域", "昆塔·金特岛及相关遗址"),
    776: ("严岛神殿", "严岛神社"),
    794: ("沙格镇", "杜加（图加）"),
    798: ("孙德尔本斯国家公园", "孙德尔本斯"),
    804: ("巴塞罗那的帕劳音乐厅及圣保罗医院", "巴塞罗那的加泰罗尼亚音乐宫及圣保罗医院"),
    817: ("华松古堡", "水原华城"),
    819: (
        "荷属安的列斯群岛的威廉斯塔德、内城及港口古迹区",
        "库拉索的威廉斯塔德历史区、内城和港口",
    ),
    839: ("阿里杰罗德胡波尔德国家公园", "亚历杭德罗·德洪堡国家公园"),
    866: ("席尔加•维德（Siega Verde）岩石艺术考古区", "科阿谷与谢加韦尔德史前岩画遗址"),
    899: ("比姆斯特迂田", "比姆斯特圩田"),
    906: ("奥拉斯迪山的达亚恩城堡", "奥拉斯迪山的达契亚城堡"),
    907: ("提沃利的阿德利阿纳村庄", "提沃利的哈德良别墅"),
    913: ("日光神殿和庙宇", "日光的神社与寺院"),
    936: ("洛斯马诺斯岩画（1999年）", "平图拉斯河手洞"),
    949: ("圣子修道院", "美山圣地"),
    977: ("高昌、华森和江华的史前墓遗址", "高敞、和顺与江华的支石墓遗址"),
    1002: ("皖南古村落－西递、宏村（2000年）", "皖南古村落—西递、宏村"),
    1024: ("晚期的巴洛克城镇瓦拉迪那托（西西里东南部）", "诺托谷的晚期巴洛克城镇（西西里东南部）"),
    1039: ("云岗石窟", "云冈石窟"),
    1108: ("米吉多、夏琐和基色圣地", "圣经台形遗址：米吉多、夏琐和别是巴"),
    1116: ("塔夫拉达•德乌玛瓦卡", "乌玛瓦卡山谷"),
    1187: ("斯特鲁维地理探测弧线", "斯特鲁维大地测量弧"),
    1305: ("登封 “天地之中”历史古迹", "登封“天地之中”历史古迹"),
    1330: ("布科维纳与达尔马提亚的城市民居", "布科维纳与达尔马提亚都主教府邸"),
    1345: (
        "阿尔达比勒市的谢赫萨菲•丁（Sheikh Safi al-Din）圣殿与哈内加(Khānegāh) 建筑群",
        "阿尔达比勒市的谢赫萨菲·丁圣殿与哈内加建筑群",
    ),
    1362: ("Ogasawara Islands，日本", "小笠原群岛"),
    1475: ("Ennedi 高地：自然和文化景观", "恩内迪高地：自然和文化景观"),
    1480: ("孟买维多利亚的哥特式和艺术装饰合奏", "孟买的维多利亚哥特式与装饰艺术建筑群"),
    1481: (
        "伊拉克南部Ahwar：生态多样性避难所和美索不达米亚城市遗迹景观",
        "伊拉克南部艾赫沃尔：生态多样性避难所和美索不达米亚城市遗迹景观",
    ),
    1510: ("Revillagigedo群岛", "雷维利亚希赫多群岛"),
    1606: ("中国黄（渤）海候鸟栖息地（第二期）", "中国黄（渤）海候鸟栖息地"),
    1704: (
        "通往惠里库塔的惠乔尔圣地之路（我们的祖火之路）",
        "通往维里库塔的维哈里卡圣地之路（我们的祖火之路）",
    ),
    1711: ("阿洪姆王朝的土丘墓葬系统（印度）", "阿洪姆王朝的土丘墓葬系统"),
}

# The Chinese names of China’s properties in pinyin, joined by word as GB/T 16159 asks.
PINYIN = {
    437: "Tài Shān",
    438: "Chángchéng",
    439: "Míng-Qīng Gùgōng (Běijīng Gùgōng, Shěnyáng Gùgōng)",
    440: "Mògāo Kū",
    441: "Qín Shǐhuáng Líng jí Bīngmǎyǒng Kēng",
    449: "Zhōukǒudiàn Běijīngrén Yízhǐ",
    547: "Huáng Shān",
    637: "Jiǔzhàigōu Fēngjǐng Míngshèng Qū",
    638: "Huánglóng Fēngjǐng Míngshèng Qū",
    640: "Wǔlíngyuán Fēngjǐng Míngshèng Qū",
    703: "Chéngdé Bìshǔ Shānzhuāng jí qí Zhōuwéi Sìmiào",
    704: "Qūfù Kǒngmiào, Kǒnglín hé Kǒngfǔ",
    705: "Wǔdāng Shān Gǔ Jiànzhùqún",
    707: "Lāsà Bùdálā Gōng Lìshǐ Jiànzhùqún",
    778: "Lú Shān Guójiā Gōngyuán",
    779: "Éméi Shān – Lèshān Dàfó",
    811: "Lìjiāng Gǔchéng",
    812: "Píngyáo Gǔchéng",
    813: "Sūzhōu Gǔdiǎn Yuánlín",
    880: "Běijīng Huángjiā Yuánlín – Yíhé Yuán",
    881: "Běijīng Huángjiā Jìtán – Tiāntán",
    911: "Wǔyí Shān",
    912: "Dàzú Shíkè",
    1001: "Qīngchéng Shān – Dūjiāngyàn",
    1002: "Wǎnnán Gǔ Cūnluò – Xīdì, Hóngcūn",
    1004: "Míng-Qīng Huángjiā Língqǐn",
    1039: "Yúngāng Shíkū",
    1083: "Yúnnán Sānjiāng Bìngliú Bǎohùqū",
    1110: "Àomén Lìshǐ Chéngqū",
    1111: "Hónghé Hāní Tītián Wénhuà Jǐngguān",
    1112: "Kāipíng Diāolóu yǔ Cūnluò",
    1113: "Fújiàn Tǔlóu",
    1135: "Gāogōulí Wángchéng, Wánglíng jí Guìzú Mùzàng",
    1213: "Sìchuān Dàxióngmāo Qīxīdì",
    1248: "Zhōngguó Nánfāng Kāsītè",
    1279: "Wǔtái Shān",
    1292: "Sānqīng Shān Guójiā Gōngyuán",
    1305: "Dēngfēng “Tiāndì zhī Zhōng” Lìshǐ Gǔjì",
    1334: "Hángzhōu Xī Hú Wénhuà Jǐngguān",
    1335: "Zhōngguó Dānxiá",
    1388: "Chéngjiāng Huàshí Yízhǐ",
    1389: "Yuán Shàngdū Yízhǐ",
    1414: "Xīnjiāng Tiān Shān",
    1442: "Sīchóu zhī Lù: Cháng’ān – Tiān Shān Lángdào de Lùwǎng",
    1443: "Dà Yùnhé",
    1474: "Tǔsī Yízhǐ",
    1508: "Zuǒ Jiāng Huāshān Yánhuà Wénhuà Jǐngguān",
    1509: "Húběi Shénnóngjià",
    1540: "Qīnghǎi Kěkěxīlǐ",
    1541: "Gǔlàng Yǔ: Lìshǐ Guójì Shèqū",
    1559: "Fànjìng Shān",
    1561: "Quánzhōu: Sòng-Yuán Zhōngguó de Shìjiè Hǎiyáng Shāngmào Zhōngxīn",
    1592: "Liángzhǔ Gǔchéng Yízhǐ",
    1606: "Zhōngguó Huáng (Bó) Hǎi Hòuniǎo Qīxīdì",
    1638: "Bādānjílín Shāmò – Shāshān Húpōqún",
    1665: "Pǔ’ěr Jǐngmài Shān Gǔ Chálín Wénhuà Jǐngguān",
    1714: "Běijīng Zhōngzhóuxiàn: Zhōngguó Lǐxiǎng Dūchéng Zhìxù de Jiézuò",
    1736: "Xīxià Líng",
    1765: "Jǐngdézhèn Shǒugōng Cíyè Yícún",
}

# Names of the official file that are not shown as the name and are in use all the same: they are
# kept as further names, so that whoever knows the place by them finds it.
IN_USE = frozenset({273, 284, 668, 761, 776, 817, 913, 1187, 1704})

# Latin letters that look like Cyrillic ones, as Russian names of the official file have them.
_CYRILLIC = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
_BRACKETS = str.maketrans("()", "（）")

RECALLED_NAME_NOTE = {
    "en": "The official file has no Chinese name; the one shown is not checked yet.",
    "zh-hans": "官方文件未给出中文名称，此处所用名称待核。",
}

CORRECTED_NAME_NOTE = {
    "en": "UNESCO’s file calls it “{given}” in Chinese; the name shown is a correction that is not "
    "checked yet.",
    "zh-hans": "联合国教科文组织文件的中文名称作“{given}”；此处所用名称经更正，待核。",
}

# The file of a later edition has no more than some of its properties.
LATER_SOURCE = "whc-file-2026"
LATER_NOTE = {
    "en": "Inscribed after the list of 2025. The facts are those of UNESCO’s file of 27 July 2026.",
    "zh-hans": "列入于2025年名录之后，所载依联合国教科文组织2026年7月27日的文件。",
}
MIDDLE_NOTE = {
    "en": "The file gives points of its parts alone; the one shown is that of the part in the "
    "middle.",
    "zh-hans": "文件只给出各组成部分的坐标，此处取居中一处。",
}

# Shown to readers of a property's page.
NOTES = {
    136: {
        "en": "UNESCO’s file of 27 July 2026 gives other facts: inscribed 2026, criteria (ix) and "
        "(x), not in danger. Those of the list of 2025 are shown.",
        "zh-hans": "联合国教科文组织2026年7月27日的文件所载不同：2026年列入，标准（ix）（x），"
        "不属濒危。此处依2025年名录。",
    },
    148: {
        "en": "The List places it in no state: “Jerusalem (Site proposed by Jordan)”.",
        "zh-hans": "《名录》未将其归于任何国家，只写“耶路撒冷（由约旦申报）”。",
    },
    630: {
        "en": "UNESCO’s file of 27 July 2026 calls it K’gari only.",
        "zh-hans": "联合国教科文组织2026年7月27日的文件只称其为“K’gari”。",
    },
    654: {
        "en": "The first property taken off the List, in 2007. The official files no longer have "
        "it: what is shown here is recalled, and there is no point.",
        "zh-hans": "2007年除名，为首个被除名的遗产。官方文件已不载：此处内容凭记忆写出，且无坐标。",
    },
    790: {
        "en": "No longer in the list of 2025: The Colonial Transisthmian Route of Panamá (1582) "
        "took its place.",
        "zh-hans": "2025年名录已不载，由“殖民时期跨巴拿马地峡通道”（1582）取代。",
    },
    1150: {
        "en": "Taken off the List in 2021. That is recalled; the other facts are those of the "
        "official list of 2019.",
        "zh-hans": "2021年除名，此点凭记忆写出；其余依2019年官方名录。",
    },
    1156: {
        "en": "Taken off the List in 2009. The official files no longer have it: what is shown "
        "here is recalled, and there is no point.",
        "zh-hans": "2009年除名。官方文件已不载：此处内容凭记忆写出，且无坐标。",
    },
    1567: {
        "en": "The list of 2025 gives this property no point.",
        "zh-hans": "2025年名录未给出该遗产的坐标。",
    },
    1591: {
        "en": "The extension of 2026 is that of UNESCO’s file of 27 July 2026; all else is that "
        "of the list of 2025.",
        "zh-hans": "2026年的扩展据联合国教科文组织2026年7月27日的文件，其余依2025年名录。",
    },
}


def names(number: int, given: dict[str, str]) -> dict[str, str]:
    """The names of a property: without those of others, mended, and with those that are known."""
    kept = {
        code: _MENDED.get(code, str)(words)
        for code, words in given.items()
        if (number, code) not in NAMES_OF_OTHERS
    }
    if number in CHINESE_CORRECTIONS:
        wrong, right = CHINESE_CORRECTIONS[number]
        if given.get("zh-hans") == wrong:  # a later file may have mended it
            kept["zh-hans"] = right
    elif number in RECALLED_CHINESE_NAMES:
        kept.setdefault("zh-hans", RECALLED_CHINESE_NAMES[number])
    return kept


def other_name(number: int, given: dict[str, str]) -> str:
    """A Chinese name of the official file that is in use beside the one shown, or nothing."""
    words = given.get("zh-hans", "")
    return words if number in IN_USE and words != names(number, given)["zh-hans"] else ""


def _mended_chinese(words: str) -> str:
    """With a middle dot between the parts of a foreign name, and brackets as wide as the script."""
    return words.replace("•", "·").translate(_BRACKETS)


def _mended_russian(words: str) -> str:
    """With Cyrillic letters where Latin ones only look like them; Roman numerals stay."""
    return re.sub(
        r"\w+",
        lambda word: (
            word[0].translate(_CYRILLIC)
            if re.search("[А-Яа-яЁё]", word[0]) or word[0] == "c"
            else word[0]
        ),
        words,
    )


_MENDED = {"zh-hans": _mended_chinese, "ru": _mended_russian}


def note(
    number: int, given: dict[str, str], source: str = "", *, in_the_middle: bool = False
) -> dict[str, str]:
    """What readers are told of a property's facts, or nothing."""
    notes = [NOTES[number]] if number in NOTES else []
    if source == LATER_SOURCE:
        notes.append(LATER_NOTE)
    if in_the_middle:
        notes.append(MIDDLE_NOTE)
    official = given.get("zh-hans", "")
    if number in RECALLED_CHINESE_NAMES and not official:
        notes.append(RECALLED_NAME_NOTE)
    if number in CHINESE_CORRECTIONS and official == CHINESE_CORRECTIONS[number][0]:
        notes.append({c: words.format(given=official) for c, words in CORRECTED_NAME_NOTE.items()})
    joined = {
        "en": " ".join(n["en"] for n in notes),
        "zh-hans": "".join(n["zh-hans"] for n in notes),
    }
    return joined if notes else {}
