"""Words of harm, where a telephone call comes before any message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from classroom.folding import fold

GraveKind = Literal["injury", "self_harm", "abuse", "bullying"]


@dataclass(frozen=True)
class GraveSign:
    """A word of harm in a text, where it was typed, and of which kind it is."""

    word: str
    span: tuple[int, int]
    kind: GraveKind


_TABLE: tuple[tuple[GraveKind, str], ...] = (
    (
        "self_harm",
        r"想死(?!你|我了|妈妈|爸爸|大家)|不想活|活着没(?:有)?(?:意思|意义)|活够了|活不下去|想自杀|自杀|"
        r"轻生|自残|自伤|自虐|割腕|割手|"
        r"划(?:伤)?(?:自己)?手臂|跳楼(?!价|机)|跳河|跳桥|上吊|服毒|吞药|吃了?(?:很多|一瓶|整瓶|"
        r"大量)安眠药|安眠药|遗书|结束(?:自己的)?生命|"
        r"想(?:要)?(?:消失|离开这个世界)|撞墙|绝食|\b(?:suicid\w*|self[- ]?harm\w*|kill (?:my|him|her|"
        r"them)sel\w+|"
        r"want(?:s|ed)? to die|cut(?:s|ting)? (?:my|him|her|them)sel\w+|end (?:my|his|her) life|"
        r"overdos\w+)\b",
    ),
    (
        "abuse",
        r"家暴|家庭暴力|虐待|毒打|暴打|性侵|猥亵|强奸|性骚扰|性虐|乱摸|摸(?:了)?(?:我|她|"
        r"他)?(?:的)?(?:下面|胸|私处|隐私)|隐私部位|裸照|偷拍|"
        r"(?:爸爸?|妈妈?|父亲|母亲|家长|继父|继母|后妈|老师|家里人?)(?:[^,。!?;\n]{0,6})(?:打(?:了|伤|"
        r"他|她|我|孩子)|用皮带|用衣架|拿皮带|掐|踢)|"
        r"体罚|不给(?:他|她|孩子|我)?饭吃|关在门外|赶出家门|锁在(?:家|屋|房|厕所)|遗弃|没人管(?:饭|吃)|"
        r"(?:身上|手上|腿上|背上)(?:有|都是|全是)[^,。\n]{0,4}伤|"
        r"\b(?:abus(?:e|ed|ive)|molest\w*|rap(?:e|ed|ing)|sexual(?:ly)? (?:assault|harass|abuse)\w*|"
        r"domestic violence|neglect(?:ed)?|"
        r"beaten (?:at home|by (?:his|her|their)))\b",
    ),
    (
        "bullying",
        r"霸凌|欺凌|校园暴力|(?:被|受|遭|总是|经常)[^,。!?;\n]{0,8}欺负|欺负(?:同学|他|她|我|人|别人|"
        r"弱小)|围殴|群殴|殴打|勒索|敲诈|收保护费|"
        r"被(?:[^,。!?;\n]{0,6})(?:孤立|排挤|威胁|恐吓|辱骂|嘲笑|扇(?:了)?(?:耳光|巴掌))|孤立(?:他|她|"
        r"我|同学)|扇(?:了)?[^,。\n]{0,3}(?:耳光|巴掌)|"
        r"被(?:[^,。!?;\n]{0,6})(?:打(?!扰|断|动|败|乱|湿|开|扮|碎|包|算|造|印|折|扫|破|满|分)|踢|推倒|"
        r"掐|揍)|挨打|挨揍|带刀|动刀|持刀|"
        r"\b(?:bull(?:y|ied|ying)|harass\w*|threaten\w*|beaten up|extort\w*|knife)\b",
    ),
    (
        "injury",
        r"骨折|流(?:了)?(?:很多|好多)?(?:鼻)?血(?!流汗)|出血|受(?:了)?伤|摔(?:伤|破|断)|烫伤|烧伤|扭伤|"
        r"撞伤|划伤|割伤|刺伤|砸伤|抓伤|咬伤|打伤|擦伤|"
        r"[淤瘀]青|[淤瘀]血|伤痕|伤口|红肿|脱臼|昏迷|昏倒|晕倒|晕过去|休克|抽搐|窒息|呛水|溺水|落水|"
        r"触电|中毒|缝(?:了)?[\d一二两三四五六七八九十]+针|脑震荡|"
        r"磕(?:破|掉|伤)|头(?:撞|磕)|叫(?:了)?救护车|送(?:去)?(?:医院|急诊)|"
        r"\b(?:fractur\w*|bleed\w*|bled|bruis\w*|injur\w*|unconscious|faint(?:ed)?|concussion|seizure|"
        r"drown\w*|broke (?:his|her|their|an?) \w+|"
        r"stitches|hurt (?:him|her|them)sel\w+|hit (?:him|her|them) )",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _TABLE)


def grave_in(text: str) -> tuple[GraveSign, ...]:
    """Find words of injury, self-harm, abuse and bullying; they ask for a call, so too many beats too few.

    It does not catch hints (不想来学校, 最近很沉默), and it does not tell a safety lesson from an accident.
    """
    folded = fold(text)
    signs = (
        GraveSign(folded.typed(*hit.span()), folded.span(*hit.span()), kind)
        for kind, pattern in _PATTERNS
        for hit in pattern.finditer(folded.text)
    )
    return tuple(sorted(signs, key=lambda sign: sign.span))
