"""That a notice for parents goes to parents only: made sure before the first one, without telling anybody.

What cannot be made sure is not sent; see docs/decisions/0017-parents-only.md.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.platforms.wecom_school.outbox import Outbox
from bot.platforms.wecom_school.scope import scope_of

WHERE = "家校沟通 → 配置 → 家长可使用的应用"
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
        if not await scope_of(api, agent):
            return Proof(
                "the app may tell no parents", cure=f"choose the classes whose parents may ({WHERE})"
            )
        if await outbox.knows_nobody(f"nobody-{secrets.token_hex(16)}"):
            return Proof()
    except ApiError as error:
        return Proof(f"errcode {error.code}", cure=cure(error) or f"let the app be one for parents ({WHERE})")
    except LineError as error:
        return Proof(f"no answer ({error.why})")
    return Proof(f"{UNSURE}: a notice for nobody was taken", final=True, cure="tell Homeroom's makers")
