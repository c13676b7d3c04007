"""Labels that judge a child, each with words that describe what was seen instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classroom.folding import fold


@dataclass(frozen=True)
class Label:
    """A judging word in a text, where it was typed, and how to say what was seen."""

    word: str
    span: tuple[int, int]
    alternative_zh: str
    alternative_en: str


_MOVES = ("课上离开座位 3 次", "left the seat three times during the lesson")
_LISTENS = ("老师提醒两次后仍在继续", "went on after being reminded twice")
_WORKS = ("今天的练习只写了前两题", "finished the first two exercises of today's work")
_LEARNS = ("这部分内容还需要多一些时间和练习", "needs more time and practice with this part")
_MANNERS = ("对同学说了一句让人难过的话", "said something that hurt a classmate")
_TEMPER = (
    "被提醒时大声说话，把书推到了地上",
    "raised the voice when reminded and pushed the book off the desk",
)
_SLOW = ("20 分钟里写完了 3 道题", "completed three exercises in twenty minutes")
_CARELESS = ("有 4 处抄错了数字", "copied four numbers wrongly")
_HONEST = ("作业没有写完，但说写完了", "said the homework was done when it was not")
_QUIET = ("小组讨论时还没有发言", "has not yet spoken in the group discussion")
_DELICATE = ("下课后哭了约 10 分钟", "cried for about ten minutes after class")
_TALKS = ("这节课和同桌说话 5 次", "talked with the neighbour five times this lesson")
_FAMILY = (
    "写下看到的一件事，和我们可以一起做的事",
    "describe one thing that was seen and what we can do together",
)

# Each row: what is met in folded text, and the alternative. A bare pattern is its own word.
_TABLE: tuple[tuple[str, tuple[str, str]], ...] = (
    (r"(?<!不)(?:太|很|真|特别|非常|有点)?(?:调皮|顽皮|淘气)(?:捣蛋|鬼)?", _MOVES),
    (r"捣蛋鬼?|熊孩子|皮得很|太皮了?", _MOVES),
    (r"(?:不|没有?)听话|不听管教|不服管教?|不守规矩|屡教不改|叛逆", _LISTENS),
    (r"(?<![伸不偷睡慵躲])懒(?!羊羊|腰|洋洋|觉|人包)(?:惰|散|虫|骨头)?|偷懒|好吃懒做", _WORKS),
    (r"不求上进|不上进|不思进取|混日子|没出息|没救|无可救药|没希望", _WORKS),
    (r"(?<![不愚])笨(?!重|拙的小|鸟先飞)(?:蛋|死|手笨脚)?|愚笨", _LEARNS),
    (
        r"(?<!愚不)(?:愚)?蠢(?!蠢欲动)(?:货|材|猪)?|傻(?!笑|傻地笑|乎乎)(?:子|瓜|逼)?|弱智|智障|白痴|"
        r"低能|脑残|废物|饭桶",
        _LEARNS,
    ),
    (
        r"脑子(?:不好使?|不行|笨|慢|有问题|有病|进水|缺根弦)|没脑子|不开窍|榆木脑袋|反应(?:太|很|"
        r"有点)?迟钝|智力(?:低下|有问题)",
        _LEARNS,
    ),
    (
        r"差生|后进生|学困生|差等生|坏学生|问题学生|问题(?:孩子|儿童|少年)|拖(?:全班|班级|班里)?(?:的)?后腿",
        _LEARNS,
    ),
    (r"坏孩子|坏小孩|坏(?:毛病|习惯)太?多|坏透|害群之马|小混混|流氓|不良少年", _MANNERS),
    (
        r"没(?:有)?(?:家教|教养|规矩|礼貌|素质)|缺(?:乏)?(?:家教|教养)|素质(?:差|低)|品行(?:差|不端|"
        r"恶劣)|道德败坏",
        _MANNERS,
    ),
    (r"(?<!不)自私(?:自利)?|霸道|刻薄|小气鬼|心眼(?:小|坏)", _MANNERS),
    (r"多动症?(?!物)|坐不住|好动症", _MOVES),
    (r"脾气(?:暴躁|坏|很?差|太大|不好)|暴力倾向|(?<!不)暴躁|蛮不讲理|任性", _TEMPER),
    (r"磨(?:磨)?蹭(?:蹭)?|拖拉|拖沓|慢吞吞|慢性子", _SLOW),
    (r"粗心大意|马虎|马大哈|丢三落四|毛手毛脚|心不在焉", _CARELESS),
    (r"撒谎精|谎话连篇|爱撒谎|爱说谎|不诚实|小偷|手脚不干净", _HONEST),
    (r"(?:太|很|性格)?内向|孤僻|不合群|胆小(?:鬼)?|闷葫芦", _QUIET),
    (r"玻璃心|矫情|爱哭鬼|娇气|娘娘腔|假小子", _DELICATE),
    (r"话痨|大嘴巴|长舌|爱告状|讨厌鬼|讨人嫌", _TALKS),
    (r"心理有问题|不正常|有病吧|神经病|变态|怪胎|自闭(?!症)", _FAMILY),
    (r"家长不(?:管|负责|配合|重视)|家教不好|有其父必有其子", _FAMILY),
    (r"\bla(?:zy|ziest|ziness)\b", _WORKS),
    (r"\b(?:stupid|dumb|idiot(?:ic)?|moron|slow learner|dense|retard(?:ed)?|dim|hopeless)\b", _LEARNS),
    (r"\b(?:naughty|hyper(?:active)?|restless|adhd|unruly|wild)\b", _MOVES),
    (r"\b(?:disobedient|defiant|rebellious|stubborn)\b", _LISTENS),
    (
        r"\b(?:bad (?:kid|child|boy|girl|student|apple)|troublemaker|rude|ill-mannered|mean|selfish|bully)\b",
        _MANNERS,
    ),
    (r"\b(?:bad-tempered|aggressive|spoil(?:ed|t))\b", _TEMPER),
    (r"\b(?:careless|sloppy|scatterbrained)\b", _CARELESS),
    (r"\b(?:liar|dishonest|thief)\b", _HONEST),
    (r"\b(?:antisocial|loner|crybaby|over-?sensitive)\b", _DELICATE),
    (r"\b(?:chatterbox|blabbermouth)\b", _TALKS),
)
_PATTERNS = tuple((re.compile(pattern), alternative) for pattern, alternative in _TABLE)
_DENIED = re.compile(
    r"(?:不是(?:个|一个)?|并不|绝不|不再|不能说|不要说|(?:is|are|was|were)(?: not|n't)(?: a| an)?|not|"
    r"never)\s*$"
)
_NO_JUDGEMENT = re.compile(r"\b(?:mean|wild|dense|dim)\b")
_OF_A_PERSON = re.compile(r"\b(?:he|she|is|was|so|very|too|being|a)\s+(?:\w+\s+)?$")


def labels_in(text: str) -> tuple[Label, ...]:
    """Point at the words that judge instead of describe; the teacher decides.

    It does not catch irony, comparisons with other children, or words that judge only by their tone.
    """
    folded = fold(text)
    found: list[Label] = []
    taken = 0
    hits = ((hit, other) for pattern, other in _PATTERNS for hit in pattern.finditer(folded.text))
    for hit, alternative in sorted(hits, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if hit.start() < taken or _is_harmless(folded.text, hit):
            continue
        taken = hit.end()
        found.append(Label(folded.typed(*hit.span()), folded.span(*hit.span()), *alternative))
    return tuple(found)


def _is_harmless(text: str, hit: re.Match[str]) -> bool:
    before = text[max(0, hit.start() - 24) : hit.start()]
    if _NO_JUDGEMENT.fullmatch(hit[0]) and not _OF_A_PERSON.search(before):
        return True
    return _DENIED.search(before) is not None
