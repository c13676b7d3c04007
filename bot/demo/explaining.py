"""What stands beside the class: why a message went, what will happen when, what the road is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.demo.wire import Wire
from bot.platforms.web import BOT, NAME, Shown, WebChat, WebPlatform
from classroom import markup
from classroom.commands import read_command
from classroom.effects import EditPost, EditTold, Effect, Post, React, Tag, Tell, Toast
from classroom.events import BotBlocked, BotMember, Joined, Json, Left, Message, Migrated, Pressed
from storage import identity, looking, violations
from storage.database import Database, Records
from templates.render import Say

MOST = 150
NAMED = frozenset({"own", "command", "concern", "held", "shaming", "name"})
"""The rules whose words are their own; of every other the group reads the same."""
EXCERPT = 90
Happening = Message | Pressed | Joined | Left | BotMember | BotBlocked | Migrated


@dataclass(slots=True)
class Explaining:
    """Answers for one class, in the language `say` speaks; `names` are all spellings of commands."""

    database: Database
    platform: WebPlatform
    names: Mapping[str, str]
    say: Say

    # --- why ------------------------------------------------------------------------------------

    def why(self, chat: WebChat, shown: Shown) -> str:
        """Why the bot removed a message: neutral, since everybody in the group reads it."""
        rule = self._rule(chat, shown)
        return self._label(
            f"removed_{rule}" if rule in NAMED else "removed_rule" if rule else "removed_other"
        )

    def _rule(self, chat: WebChat, shown: Shown) -> str:
        if shown.by == BOT:
            return "own"
        if read_command(shown.text, self.names):
            return "command"
        with self.database.transaction() as records:
            row = identity.find_chat(records, NAME, chat.native)
            found = violations.of_message(records, row.id, shown.ref) if row else []
        return found[-1].rule if found else ""

    # --- when -----------------------------------------------------------------------------------

    def agenda(self, records: Records, now: datetime, wire: Wire) -> list[Json]:
        """What will happen by itself, the soonest first; what is held back for the morning included."""
        return [{"at": wire.time(at), "what": what} for at, what in self._plans(records, now)]

    def moments(self, records: Records, now: datetime) -> list[datetime]:
        """When it will."""
        return [at for at, _ in self._plans(records, now)]

    def _plans(self, records: Records, now: datetime) -> list[tuple[datetime, str]]:
        plans = []
        for plan in looking.plans(records, MOST):
            number = plan.number or plan.args.get("notice") or plan.args.get("poll") or ""
            plans.append((plan.at, self._agenda(plan.kind, number)))
        for held in looking.waiting(records, now, MOST):
            if isinstance(held.effect, Post | Tell):
                plans.append((held.due_at, self._agenda("held", self._name(held.native))))
        return sorted(plans)

    def _agenda(self, kind: str, number: Json) -> str:
        name = f"agenda_{kind.replace('.', '_')}"
        known = self.say.knows(f"playground.{name}")
        return self._label(name if known else "agenda_other", kind=kind, number=number)

    # --- how ------------------------------------------------------------------------------------

    def hood(self, records: Records, wire: Wire) -> list[dict[str, Json]]:
        """The last events, verdicts and deliveries, as rows in the order of time."""
        rows = [
            *((a.at, self._arrival(a)) for a in looking.arrivals(records, MOST)),
            *((v.at, self._verdict(v)) for v in looking.verdicts(records, MOST)),
            *((d.at, self._departure(d)) for d in looking.departures(records, MOST)),
        ]
        return [{**row, "at": wire.time(at)} for at, row in sorted(rows, key=lambda pair: pair[0])]

    def _arrival(self, arrival: looking.Arrival) -> dict[str, Json]:
        happened = self.platform.heard.get(arrival.key)
        title, detail = self._happening(happened) if happened else (arrival.source, arrival.key)
        return {
            "id": f"e{arrival.id}",
            "kind": "event",
            "title": title if happened else " · ".join(filter(None, (arrival.source, arrival.kind))),
            "detail": arrival.error or detail,
            "state": "handled" if arrival.state == "done" else arrival.state,
        }

    def _happening(self, event: Happening) -> tuple[str, str]:
        who = event.member if isinstance(event, Joined | Left) else getattr(event, "sender", None)
        words = (type(event).__name__, event.origin.kind.value, who.name if who else "")
        text = event.text if isinstance(event, Message) else ""
        return " · ".join(filter(None, words)), _short(text)

    def _verdict(self, verdict: looking.Verdict) -> dict[str, Json]:
        done = {"enforced": "delete", "nudged": "remind", "reported_to_teacher": "report"}
        return {
            "id": f"v{verdict.id}",
            "kind": "verdict",
            "title": " · ".join(filter(None, (verdict.rule, self._name(verdict.native)))),
            "detail": verdict.reason,
            "state": done.get(verdict.done, "none"),
        }

    def _departure(self, departure: looking.Departure) -> dict[str, Json]:
        title = (departure.kind, departure.lane, self._name(departure.native))
        return {
            "id": f"d{departure.id}",
            "kind": "delivery",
            "title": " · ".join(filter(None, title)),
            "detail": departure.outcome
            if departure.state in ("failed", "dead")
            else _excerpt(departure.effect),
            "state": departure.state,
        }

    def _name(self, native: str | None) -> str:
        if native is None:
            return ""
        chat, person = self.platform.chats.get(native), self.platform.people.get(native)
        return person.name if person else chat.title if chat else native

    def _label(self, name: str, **values: object) -> str:
        return self.say.label(f"playground.{name}", **values).text


def _excerpt(effect: Effect | None) -> str:
    if isinstance(effect, Post | Tell | EditPost | EditTold):
        return _short(markup.plain(effect.text.body))
    if isinstance(effect, Toast):
        return effect.text.text if effect.text else ""
    if isinstance(effect, React):
        return effect.emoji
    return effect.tag if isinstance(effect, Tag) else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
