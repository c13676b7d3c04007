"""A message in the form that the lists know: no blanks, marks or emoji, one spelling for each character."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from classroom.folding import fold
from classroom.rules.topics.traditional import ALSO_SIMPLIFIED

_LOOK_ALIKE = dict(
    zip("аеорсухкмтвніѕјԁԛԝαεορτυνικχ丫讠曱", "aeopcyxkmtbhisjdqwaeoptuvikxy言甲", strict=True)
)
_SEEN_AS = _LOOK_ALIKE | ALSO_SIMPLIFIED
_MEANT = {"➕": "加", "＋": "加", "+": "加", "🛰": "卫星", "🧧": "红包", "💰": "钱", "🐧": "qq"}
_MEANT |= dict.fromkeys("❤♡♥💗💚💙💛🧡💜🖤💖💕💓", "♥")
_MEANING = re.compile(f"[{''.join(_MEANT)}]")
_LETTERS = {chr(0x1F170 + n): chr(97 + n) for n in range(26)} | {
    chr(0x1F150 + n): chr(97 + n) for n in range(26)
}
_LETTERS |= {chr(0x1F1E6 + n): chr(97 + n) for n in range(26)}
_URL = re.compile(
    r"(?:https?://|www\.)[\x21-\x7e]+|(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,6}/[\x21-\x7e]*",
    re.IGNORECASE,
)
_WEB = re.compile(r"://|www\.|\.[a-z]{2,6}\s*/", re.IGNORECASE)
_KNOWN = 20_000

_SPELLINGS = """
微信 薇信 徽信 威信 维信 葳信 惟信 溦信 巍信 微芯 薇芯 威芯 溦芯
微信 微♥ 薇♥ 徽♥ 威♥ 维♥ 葳♥ 徽♥信 微♥信 薇♥信 v♥信 v♥ v信 w信 w♥ 绿泡泡 weixin wechat
兼职 兼枳 兼织 煎职 兼知 兼聀 蒹职 jian职 兼zhi
日结 日洁 曰结 ri结 日jie
投票 头票 投飘 头飘 投漂 投嫖 tou票 投piao
拉票 拉飘 拉漂 la票
红包 宏包 洪包 红苞 虹包 hong包
免费 勉费 免废 勉废 mian费 免fei
领取 岭取 玲取
扫码 扫马 扫玛 sao码 扫ma
转账 转帐 转仗 zhuan账
收款 收歀 shou款
刷单 刷丹 唰单 刷dan shua单 唰丹
返利 返俐 fan利
贷款 dai款 贷歀
代理 dai理
赚钱 赚米 zhuan钱 赚qian
私聊 丝聊 私撩 厶聊 si聊 私liao
私信 厶信 丝信
优惠 尤惠 优恵 优慧
助力 助厉 zhu力
砍价 侃价 砍jia
进群 进裙 进峮 进qun jin群
加群 加峮 加qun
入群 入裙 入峮
群号 裙号 峮号
办证 办zheng
拼多多 拼夕夕 并夕夕 拼夛夛 拼躲躲 pdd
淘宝 掏宝 淘bao tao宝
支付宝 支付bao 支富宝 zfb
提现 提xian
面膜 面模 面莫
减肥 jian肥 减fei
代购 袋购 dai购
包邮 苞邮 包油 bao邮
特价 特jia
咨询 咨洵 滋询 谘询
佣金 拥金 雍金
理财 li财
报名 暴名
培训 陪训 培训
补课 卜课 bu课
辅导 铺导
链接 连接 连结
股票 gu票
推荐 推存 推jian
老师 老湿 老溮 lao师
班主任 班煮任 斑主任
"""
"""Other ways to write what advertisers hide: a word and its disguises, none that is a word itself."""

_TORN = {
    "亻言": "信", "亻弋": "代", "扌召": "招", "禾厶": "私", "贝兼": "赚", "钅戋": "钱",
    "讠果": "课", "扌立": "拉", "扌殳": "投", "西示": "票", "辶井": "进", "衤君": "裙",
    "亻寸": "付", "纟工": "红", "亻尤": "优", "石马": "码", "忄夬": "快", "讠周": "调",
    "彳散": "微", "耳只": "职", "扌丁": "打", "糹工": "红", "氵肖": "消", "钅肖": "销",
}  # fmt: skip
"""Characters that were taken apart, so that no list finds them."""


def _disguises() -> dict[str, str]:
    """Every disguise with the word it stands for, both in comparable form."""
    found = {"".join(map(_letter, torn)): whole for torn, whole in _TORN.items()}
    for line in _SPELLINGS.strip().splitlines():
        word, *disguises = line.split()
        for disguise in disguises:
            if (shape := "".join(map(_letter, disguise))) != word:
                found[shape] = word
    return found


def _letter(char: str) -> str:
    """One character's comparable form; empty for blanks, marks and signs without a meaning."""
    if char in _MEANT:
        return _MEANT[char]
    shape = _LETTERS.get(char, char)
    for _ in range(3):  # what folding gives may fold again
        again = "".join(_SEEN_AS.get(c, c) for c in fold(shape).text if c.isalnum())
        if again == shape:
            break
        shape = again
    return shape


class _Tight(dict[int, str]):
    """Each character's comparable form, found once; bounded, since there are a million of them."""

    def __missing__(self, code: int) -> str:
        meant = _letter(chr(code))
        if len(self) < _KNOWN:
            self[code] = meant
        return meant


_TIGHT = _Tight()
_SHAPES = _disguises()
_FINDER = AhoCorasick(list(_SHAPES), matchkind=MatchKind.LeftmostLongest)
_WORDS = tuple(_SHAPES.values())
_PASSES = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A message's words, and its links apart, since dots and capitals are what links are made of.

    `bare`: the words without what emoji may mean, where there are any; `asks`: a question mark stands in it.
    """

    text: str
    urls: tuple[str, ...]
    bare: str = ""
    asks: bool = False


def tight(text: str) -> str:
    """A text without its links, blanks, marks and emoji, in simplified small characters."""
    return read(text).text


def read(text: str, urls: tuple[str, ...] = ()) -> Reading:
    """Take a message apart into words and links."""
    asks = "?" in text or "？" in text
    if "." in text and _WEB.search(text):
        urls = (*urls, *_links(text))
        text = _URL.sub(" ", text)
    shapes = text.translate(_TIGHT)
    words = _plain(shapes)
    if not _MEANING.search(text):
        return Reading(words, urls, asks=asks)
    bare = _plain("".join("" if c in _MEANT else c for c in text).translate(_TIGHT))
    return Reading(words, urls, bare if bare != words else "", asks)


def _links(text: str) -> tuple[str, ...]:
    """The links, and the whole without blanks and signs: a link that was torn apart is still one."""
    whole = "".join(c for c in text.lower() if "!" <= c <= "~")
    return (*(found[0].lower() for found in _URL.finditer(text)), *([whole] if "://" in whole else []))


def _plain(shapes: str) -> str:
    """Put every disguised word back; done twice it changes nothing more."""
    for _ in range(_PASSES):
        found = _FINDER.find_matches_as_indexes(shapes)
        if not found:
            break
        parts: list[str] = []
        begin = 0
        for which, start, end in found:
            parts += (shapes[begin:start], _WORDS[which])
            begin = end
        shapes = "".join((*parts, shapes[begin:]))
    return shapes.replace("♥", "")
