"""Which feature gets a message or a press, who may use it, and what is said to those who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.meeting import actor_in, become
from bot.registry import Registry
from classroom.commands import CommandLine, closest_command, read_command, unknown_command
from classroom.effects import Button, Effect, Toast
from classroom.events import Event, Json, Message, Pressed, SenderKind
from classroom.people import Actor, Role
from handlers.feature import Command, CommandSpec, Press, Said, Where, Who
from handlers.room import Room
from handlers.start import opens_the_door
from storage import identity, presses
from storage.tables import Account, ButtonRow, Classroom

CHOOSE = "route.classroom"
UNMASK = "route.unmask"


class Routing:
    """Reads messages and presses against the registry."""

    def __init__(
        self,
        registry: Registry,
        bot_names: Mapping[str, Callable[[], str]],
        plain: frozenset[str] = frozenset(),
        called: frozenset[str] = frozenset(),
    ) -> None:
        """`bot_names` say per platform what the bot is called in commands.

        On the `plain` platforms a command needs no slash in private, on the `called` ones in a group.
        """
        self._registry = registry
        self._bot_names = bot_names
        self._plain = plain
        self._called = called

    # --- messages -------------------------------------------------------------------------------

    def message(self, message: Message, room: Room) -> Iterable[Effect]:
        """What a message leads to: the guards end it; else what it is, and whoever looks beside that."""
        message = self._with_slash(message, room)
        for look in self._registry.first:
            if (effects := look(message, room)) is not None:
                return effects
        return [*self._meant(message, room), *self._beside(message, room)]

    def _with_slash(self, message: Message, room: Room) -> Message:
        """What is said to the bot by @ is a command without any slash, for whoever looks at it."""
        if room.group is None or room.platform not in self._called or message.edited:
            return message
        if self._line(message, room) is not None or self._line(message, room, plain=True) is None:
            return message
        return replace(message, text=f"/{message.text.lstrip()}")

    def _beside(self, message: Message, room: Room) -> Iterable[Effect]:
        for look in self._registry.besides:
            yield from look(message, room) or ()

    def _meant(self, message: Message, room: Room) -> Iterable[Effect]:
        """A command, an answer in a dialogue, or what the watchers make of it."""
        line = self._line(message, room)
        if line is not None and not message.edited:
            return self._command(line, message, room)
        if (
            room.group is None
            and not message.edited
            and not self._mistyped(message.text)
            and (answer := self._dialogue(message, room)) is not None
        ):
            return answer
        if (line := self._plain_line(message, room)) is not None:
            return self._command(line, message, room)
        for look in self._registry.watchers:
            if (effects := look(message, room)) is not None:
                return effects
        return self._left_over(message, room)

    def _mistyped(self, text: str) -> bool:
        """True for /hepl, which answers no question."""
        typed = unknown_command(text)
        return typed is not None and closest_command(typed, self._registry.spellings) is not None

    def _line(self, message: Message, room: Room, *, plain: bool = False) -> CommandLine | None:
        name = self._bot_names.get(room.platform)
        called = name() if name else None
        return read_command(message.text, self._registry.spellings, bot_name=called, slash_optional=plain)

    def _plain_line(self, message: Message, room: Room) -> CommandLine | None:
        """A command without its slash; whoever is in a dialogue has answered that before."""
        if room.platform not in self._plain or room.group is not None or message.edited:
            return None
        return self._line(message, room, plain=True)

    def _command(self, line: CommandLine, message: Message, room: Room) -> Iterable[Effect]:
        spec = self._registry.commands[line.name]
        if message.sender.kind is not SenderKind.PERSON:
            return self._unmask(message, room)
        goes_on = room.group is not None or opens_the_door(line)
        ended = {} if goes_on else self._leave_dialogue(line, room)
        command = Command(line.name, line.rest, message, line.typed, ended)
        if spec.classroom and room.classroom is None:
            return self._choose_classroom(spec, command, room)
        return self.run(spec, command, room)

    def _leave_dialogue(self, line: CommandLine, room: Room) -> dict[str, Json]:
        """A command ends the dialogue, and does not belong to the class that the dialogue was about.

        One that leads to a draft waits on, unless the same thing is begun anew.
        """
        running = presses.dialogue(room.db, room.who.chat, room.now)
        ended = dict(running.data) if running else {}
        if running is None or running.purpose.startswith(f"{line.name}."):
            presses.end_dialogue(room.db, room.who.chat)
        elif running.purpose not in self._registry.outliving:
            presses.begin_dialogue(room.db, room.who.chat, presses.INTERRUPTED, {}, None, room.now)
        account = room.db.get(Account, room.who.account)
        several = len(identity.classrooms_of(room.db, room.who.person)) > 1
        if several and account is not None and room.classroom is not None:
            room.classroom = None
            room.forget_roster()
            become(room, account)
        return ended

    def run(self, spec: CommandSpec, command: Command, room: Room) -> Iterable[Effect]:
        """Run a command, if this person may use it here."""
        if not spec.who.admits(room.who):
            name = "common.for_families" if spec.who == Who.GUARDIAN else "common.not_for_you"
            return self._refuse(room, name, command)
        if spec.where is Where.GROUP and room.group is None:
            return [room.tell(room.say.private("common.only_in_group", command=command.typed))]
        if spec.where is Where.PRIVATE and room.group is not None:
            return self._refuse(room, "common.only_in_private", command)
        return spec.run(command, room)

    def _refuse(self, room: Room, name: str, command: Command) -> list[Effect]:
        say = room.say_to(room.who.person)
        if room.group is None or room.door_open:
            return [room.tell(say.private(name, command=f"/{command.typed}"))]
        return [room.pointer()]

    def _left_over(self, message: Message, room: Room) -> Iterable[Effect]:
        if room.group is not None or message.edited or room.actor is None:
            return []
        say = room.say
        typed = unknown_command(message.text)
        if typed is None:
            name = "common.not_understood"
            if presses.was_interrupted(room.db, room.who.chat, room.now):
                presses.end_dialogue(room.db, room.who.chat)
                name = "common.interrupted"
            return [room.tell(say.private(name))]
        near = closest_command(typed, self._registry.spellings)
        return [room.tell(say.private("common.unknown_command", typed=typed, near=near))]

    def _dialogue(self, message: Message, room: Room) -> Iterable[Effect] | None:
        running = presses.dialogue(room.db, room.who.chat, room.now)
        if running is None or (run := self._registry.dialogues.get(running.purpose)) is None:
            return None
        data = dict(running.data)
        presses.end_dialogue(room.db, room.who.chat)
        return run(Said(message.text, data, message), room)

    # --- which classroom, which administrator ---------------------------------------------------

    def _choose_classroom(self, spec: CommandSpec, command: Command, room: Room) -> Iterable[Effect]:
        if room.group is not None:
            return [room.post(room.say_class.group("common.group_not_set_up"))]
        theirs = identity.classrooms_of(room.db, room.who.person)
        allowed = [c for c in theirs if spec.who.admits(self._as(room, c))] or theirs
        named = [c for c in allowed if self._names_somebody(room, c, command.text)]
        if len(allowed) == 1 or len(named) == 1:
            self._enter((named or allowed)[0].id, room)
            return self.run(spec, command, room)
        if not allowed:
            return [room.tell(room.say.private("common.no_classroom"))]
        buttons = [self._choice(room, c, command) for c in allowed]
        return [room.tell(room.say.private("common.which_classroom"), *buttons)]

    def _choice(self, room: Room, classroom: Classroom, command: Command) -> Button:
        return Button(
            room.say.label("common.classroom", name=classroom.name),
            CHOOSE,
            {"classroom": classroom.id, "text": command.message.text, "ref": command.message.ref},
            person=room.who.person,
            hours=24,  # what waits here may be criticism: not longer than it is needed
        )

    def _names_somebody(self, room: Room, classroom: Classroom, text: str) -> bool:
        head = self._inside(room, classroom).roster.names_at_head(text)
        return bool(head.students or head.ambiguous)

    def _as(self, room: Room, classroom: Classroom) -> Actor:
        account = room.db.get(Account, room.who.account)
        if account is None:
            raise LookupError("the actor has no account")
        return actor_in(room, account, classroom)

    def _inside(self, room: Room, classroom: Classroom) -> Room:
        return room.inside(classroom, self._as(room, classroom))

    def _unmask(self, message: Message, room: Room) -> Iterable[Effect]:
        """Who an anonymous administrator is shows only in a press; what was typed waits in the button."""
        if message.sender.kind is not SenderKind.ANONYMOUS_ADMIN:
            return []
        say = room.say_class
        args = {"text": message.text, "ref": message.ref}
        button = Button(say.label("common.it_was_me"), UNMASK, {**args}, hours=1)
        return [room.post(say.group("common.who_was_that"), button, reply_to=message.ref)]

    # --- presses --------------------------------------------------------------------------------

    def pressed(self, event: Pressed, room: Room) -> Iterable[Effect]:
        """Run a button's handler after looking at its authority anew; every press is answered."""
        row = presses.find_button(room.db, event.token)
        refusal = self._refusal(row, room)
        if row is None or refusal:
            return [room.toast(event.callback, room.say_to(room.who.person).label(refusal or "toast.gone"))]
        if row.once or (row.purpose == UNMASK and self._was_theirs(row, event, room)):
            row.used_at = room.now
        effects = list(self._run_button(row, event, room))
        if not any(isinstance(e, Toast) for e in effects):
            place = room.group or room.private
            assert place is not None
            effects.insert(0, Toast(place, event.callback, asked_at=room.now))
        return effects

    def _refusal(self, row: ButtonRow | None, room: Room) -> str | None:
        place = room.group.chat if room.group else room.who.chat
        if row is None:
            return "toast.gone"
        if row.chat_id is not None and row.chat_id != place:
            return "toast.not_yours"
        if row.classroom_id is not None and (room.classroom is None or room.classroom.id != row.classroom_id):
            self._enter(row.classroom_id, room)
        if row.person_id is not None and row.person_id != room.who.person:
            return "toast.not_yours"
        if row.roles and not room.who.roles & {Role(r) for r in row.roles}:
            return "toast.not_yours"
        if row.used_at is not None:
            return "toast.done_already"
        return "toast.expired" if row.expires_at <= room.now else None

    def _enter(self, classroom: int, room: Room) -> None:
        found = room.db.get(Classroom, classroom)
        if found is not None:
            inner = self._inside(room, found)
            room.classroom, room.actor = inner.classroom, inner.actor
            room.forget_roster()

    def _run_button(self, row: ButtonRow, event: Pressed, room: Room) -> Iterable[Effect]:
        press = Press(dict(row.args), row.handle or "", event.callback, event.ref)
        if row.purpose in (CHOOSE, UNMASK):
            return self._again(press, event, room)
        return self._registry.buttons[row.purpose](press, room)

    def _was_theirs(self, row: ButtonRow, event: Pressed, room: Room) -> bool:
        """Whether a masked command is done with: what anybody may type waits on for the one who did."""
        line = self._line(_waiting(row.args, event, room), room)
        spec = self._registry.commands[line.name] if line else None
        return spec is not None and spec.who is not Who.ANYONE and spec.who.admits(room.who)

    def _again(self, press: Press, event: Pressed, room: Room) -> Iterable[Effect]:
        """Run the command that waited in a button, now that the class or the person is known."""
        chosen = press.args.get("classroom")
        if isinstance(chosen, int):
            self._enter(chosen, room)
        message = _waiting(press.args, event, room)
        for look in self._registry.first:
            if (effects := look(message, room)) is not None:
                return effects
        line = self._line(message, room) or self._plain_line(message, room)
        if line is None:
            return []
        spec = self._registry.commands[line.name]
        return self.run(spec, Command(line.name, line.rest, message, line.typed), room)

    # --- the rest -------------------------------------------------------------------------------

    def happened(self, event: Event, room: Room) -> Iterable[Effect]:
        """Tell every feature that asked for this kind of happening."""
        for kind, run in self._registry.happenings:
            if isinstance(event, kind):
                yield from run(event, room)

    def apology(self, event: Event | None, room: Room) -> list[Effect]:
        """A short word to the person whose message or press failed; no word of what they wrote."""
        if room.actor is None or not isinstance(event, Message | Pressed):
            return []
        say = room.say_to(room.actor.person)
        if isinstance(event, Pressed):
            return [room.toast(event.callback, say.label("toast.sorry"), alert=True)]
        if room.group is None:
            return [room.tell(say.private("common.sorry"))]
        is_command = self._line(event, room) is not None
        return [room.tell(say.private("common.sorry"))] if is_command and room.door_open else []


def _waiting(args: Mapping[str, Json], event: Pressed, room: Room) -> Message:
    """What was typed and waits in a button, as a message of whoever pressed it."""
    return Message(event.origin, event.sender, str(args.get("ref")), str(args.get("text")), room.now)
