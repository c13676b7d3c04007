"""That a notice for parents goes to parents only: made sure before the first one, without telling anybody.

What cannot be made sure is not sent; see docs/decisions/0016-parents-only.md.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.platforms.tencent import fields
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.platforms.wecom_school.failures import listed
from bot.platforms.wecom_school.outbox import Outbox
from bot.ports import Done, Refused, TryAgain

UNSURE = "it cannot be made sure that notices for parents go to parents only"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out. `final`: no waiting changes it; `why` is empty where all is well."""

    why: str = ""
    final: bool = False
    cure: str = ""

    @property
    def sound(self) -> bool:
        """Whether notices may be sent."""
        return not self.why


async def prove(api: Api, agent: int, outbox: Outbox) -> Proof:
    """Look at whom the app may tell, and at how WeCom reads a receiver. Nobody is told anything."""
    try:
        found = await api.get("school/agent/get_allow_scope", agentid=str(agent))
    except ApiError as error:
        fix = cure(error) or "let the app be one that parents may use (家校沟通 → 配置 → 家长可使用的应用)"
        return Proof(f"errcode {error.code}", cure=fix)
    except LineError as error:
        return Proof(f"no answer ({error.why})")
    scope = fields.inner(found, "allow_scope")
    if not (
        listed(fields.inner(scope, "students"), "userid")
        or listed(fields.inner(scope, "departments"), "partyid")
    ):
        fix = "choose the classes whose parents may use the app (家校沟通 → 配置 → 家长可使用的应用)"
        return Proof("the app may tell no parents", cure=fix)
    return _read(await outbox.would_reach(f"nobody-{secrets.token_hex(16)}"))


def _read(answer: object) -> Proof:
    match answer:
        case Done():
            return Proof()
        case Refused(detail=detail):
            return Proof(
                f"{UNSURE} ({detail})", final=True, cure="send no notices, and tell Homeroom's makers"
            )
        case TryAgain(why=why):
            return Proof(f"not yet ({why})")
        case _:
            return Proof(UNSURE, final=True)
