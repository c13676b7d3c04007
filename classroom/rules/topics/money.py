"""Money: whoever is no teacher and collects it. The role decides, whatever friendly words stand around."""

from __future__ import annotations

import re

from classroom.rules.topics.leaning import Head, Lean
from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Said, Speaker, Sureness, Verdict, verdict_of

REPORTS, LEANS, MOST = 0.7, 0.6, 5.0
"""Points from which the teacher is told; how much the leaning weighs, and how far it counts."""

PRESSES = 2.0
"""Who says to be a teacher, and a stranger who presses for money, is held back with so many points."""

SHARED = 2.4
_SHARED = re.compile(
    r"交给?(?:家委|班长|组长|班主任|学校|总务|老师)|家委会?(?:统一|收|代)|平摊|分摊|拼[车单]|aa|自愿|多退少补|垫付的"
)
"""How families share what they pay together, and hand it where it belongs."""

_CODES = frozenset({"pay", "fee", "urgent", "false_teacher", "amount", "poses", "scan"})
_ABOUT = frozenset({"pay", "fee", "scan", "poses", "false_teacher"})
_REACHING = frozenset({"handle", "contact", "invite", "group_link", "link", "shop_link", "urgent"})
_CALM = frozenset({"warning", "forbids", "asking"})


def money(said: Said, text: str, found: Found, lean: Lean) -> Verdict | None:
    """Report who asks for money; hold it back where they pass for a teacher. The committee may collect."""
    if said.poses:
        found["poses"] = ["name"]
    poses = "poses" in found or "false_teacher" in found
    if not found.keys() & _ABOUT or (said.speaker is Speaker.COMMITTEE and not poses):
        return None
    if not (found.keys() & {"pay", "fee", "scan"} or (poses and found.keys() & _REACHING)):
        return None
    points = (
        _points(found)
        - SHARED * bool(_SHARED.search(text))
        + LEANS * max(-MOST, min(MOST, lean.by(Head.MONEY)))
    )
    if points < REPORTS:
        return None
    presses = "urgent" in found and said.speaker in (Speaker.VISITOR, Speaker.CHANNEL)
    sure = said.poses or (points >= PRESSES and ("false_teacher" in found or presses))
    sure = sure and not found.keys() & _CALM
    return verdict_of(Category.SCAM, Sureness.SURE if sure else Sureness.LIKELY, found, _CODES, report=True)


def _points(found: Found) -> float:
    points = 3.0 * ("picture" in found.get("pay", ()))  # a code that takes money is never small talk
    points += 2.0 * ("pay" in found) + 0.5 * (len(found.get("pay", ())) > 1)
    points += 1.0 * ("fee" in found) + 0.3 * (len(found.get("fee", ())) > 1)
    points += 0.9 * ("scan" in found) + 0.8 * ("urgent" in found) + 0.5 * ("amount" in found)
    points += 2.0 * ("poses" in found) + 2.0 * ("false_teacher" in found)
    points += 0.7 * bool(found.keys() & {"handle", "invite", "group_link"})
    points -= 2.5 * min(2, len(found.get("warning", ()))) / 2 + 0.8 * ("warning" in found)
    return points - (0.6 * ("mark" in found) + 1.4 * ("asking" in found) + 2.2 * ("forbids" in found))
