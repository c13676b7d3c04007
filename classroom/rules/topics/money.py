"""Money: whoever is no teacher and collects it. The role decides, whatever friendly words stand around."""

from __future__ import annotations

from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Said, Speaker, Sureness, Verdict, verdict_of

_CODES = frozenset({"pay", "fee", "urgent", "false_teacher", "amount", "poses", "scan"})
ENOUGH = 2.4


def money(said: Said, _text: str, found: Found) -> Verdict | None:
    """Report who asks for money; hold it back where they pass for a teacher. The committee may collect."""
    if said.poses:
        found["poses"] = ["name"]
    poses = "poses" in found or "false_teacher" in found
    committee = said.speaker is Speaker.COMMITTEE
    if not found.keys() & {"pay", "fee", "scan", "poses", "false_teacher"} or (committee and not poses):
        return None
    points = _points(found)
    if points < ENOUGH:
        return None
    beside = {"urgent", "amount", "contact", "scan", "poses", "false_teacher"}
    asks_for_it = "pay" in found or ("fee" in found and found.keys() & beside)
    if not asks_for_it and not (poses and found.keys() & _REACHING):
        return None
    stranger = said.speaker in (Speaker.VISITOR, Speaker.CHANNEL)
    sure = (poses or (stranger and "urgent" in found and points >= ENOUGH + 2)) and not found.keys() & {
        "warning",
        "forbids",
    }
    sureness = Sureness.SURE if sure and "asking" not in found else Sureness.LIKELY
    return verdict_of(Category.SCAM, sureness, found, _CODES, report=True)


_REACHING = frozenset({"handle", "contact", "invite", "group_link", "link", "shop_link", "urgent"})


def _points(found: Found) -> float:
    points = 1.0 * ("picture" in found.get("pay", ()))  # a code that takes money is never small talk
    points += 2.0 * ("pay" in found) + 0.5 * (len(found.get("pay", ())) > 1)
    points += 1.0 * ("fee" in found) + 0.3 * (len(found.get("fee", ())) > 1)
    points += 0.9 * ("scan" in found) + 0.8 * ("urgent" in found) + 0.5 * ("amount" in found)
    points += 2.0 * ("poses" in found) + 2.0 * ("false_teacher" in found)
    points += 0.7 * bool(found.keys() & {"handle", "invite", "group_link"})
    points -= 2.5 * min(2, len(found.get("warning", ()))) / 2 + 0.8 * ("warning" in found)
    points -= 0.6 * ("mark" in found) + 1.4 * ("asking" in found) + 2.2 * ("forbids" in found)
    return points - 0.8 * any(p.startswith("已") for p in found.get("thanks", ()))
