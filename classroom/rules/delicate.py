"""What families answer more freely when nobody sees it: elections, money, opinions about people."""

from __future__ import annotations

import re

from classroom.folding import fold

_ELECTION = re.compile(
    r"选举|竞选|竞聘|评选|推选|推举|选出|当选|候选|投给谁|支持谁|选谁|班长|中队长|小组长|三好|班干部|"
    r"家委会?(?:成员|委员|会长|主任|代表|人选)|代表人选|"
    r"(?<![a-z])(?:elect(?!ric|ron)|candidate|vote for|nominat|class monitor)"
)
_MONEY = re.compile(
    r"班费|经费|费用|收费|缴费|交费|付费|自费|捐款?|集资|筹款|众筹|红包|份子|预算|报价|多少钱|每人.{0,6}元|"
    r"\d\s*[元块]|[¥￥$€£]\s*\d|"
    r"(?<![a-z])(?:fees?|money|costs?|budget|fund(?:s|ing|raising)?|donat(?:e|ions?)|pay(?:ment|ing)?|prices?)(?![a-z])"
)
_PERSON = "老师|班主任|校长|教练|家委会?|同学"
_OPINION = re.compile(
    rf"满意|评价|打分|评分|(?:{_PERSON}).{{0,8}}(?:怎么样|如何|好不好|合适|看法|意见|印象|表现|信任|更换|换掉)|"
    rf"(?:换|更换|撤换).{{0,3}}(?:{_PERSON})|"
    r"(?<![a-z])(?:satisf|rate (?:the|our)|opinion (?:of|on|about)|(?:how|is) .{0,30}teacher)"
)


def is_delicate(text: str) -> bool:
    """True if a question with its options should be answered without names."""
    folded = fold(text).text
    return any(pattern.search(folded) for pattern in (_ELECTION, _MONEY, _OPINION))
