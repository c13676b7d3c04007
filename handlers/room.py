"""The room a handler works in: who, where, when, the class's roster, and the records of this transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from classroom.addresses import PAGE, GroupAddress, PersonAddress
from classroom.effects import AnyButton, EditTold, Effect, Hours, LinkButton, Post, Report, Tell, Toast
from classroom.events import Json, Right
from classroom.people import ALL_TEACHERS, Actor, Role
from classroom.roster import Roster
from classroom.text import Label, PrivateText, PublicText
from scheduler.calendar import NOTHING_SET, Overrides
from scheduler.hours import QuietHours, chosen_hours, read_hours, valid_hours
from storage import classrooms, identity, places, presses, rosters
from storage.database import Records
from storage.tables import Classroom, Person
from templates.render import Say, language_of

if TYPE_CHECKING:
    from handlers.feature import Opened


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds in every classroom that has not said otherwise; from the configuration."""

    language: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    country: str = "CN"
    quiet: str = "21:00-07:00"
    teacher_hours: str = "07:00-20:00"
    name_grace: timedelta = timedelta(days=3)
    name_mute: bool = False
    nudge_after: timedelta | None = timedelta(hours=12)
    second_after: timedelta | None = timedelta(days=1)
    list_after: timedelta | None = timedelta(hours=2)
    poll_nudge_before: timedelta = timedelta(hours=24)
    term_ends: tuple[str, ...] = ("01-31", "07-15")
    even_hand: str = "fri 16:30"
    calendar: Overrides = NOTHING_SET
    lead_days: int = 3
    long_lead_days: int = 7
    holidays_auto: bool = False
    look_at: str = "09:00"
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """What is the same for every event: defaults, links to private chats, digests of codes."""

    defaults: Defaults
    links: Mapping[str, Callable[[str], str]]
    digest: Callable[[str], str]
    commands: tuple[CommandLike, ...] = ()
    codes: Mapping[str, Callable[[Opened, Room], Iterable[Effect]]] = field(default_factory=dict)
    able: Mapping[str, frozenset[Right]] = field(default_factory=dict)
    """What each platform lets a bot do at all, whatever an administrator has allowed."""
    private_only: frozenset[str] = frozenset()
    """Platforms that tell a bot nothing of what is written in a group."""
    makes_groups: frozenset[str] = frozenset()
    """Platforms on which the bot makes a class's group itself."""
    by_hand: frozenset[str] = frozenset()
    """Platforms where a teacher sends by hand what the bot has prepared, and nobody can be told anything."""
    tells: frozenset[str] = frozenset()
    """Platforms on which somebody can be told something alone."""
    links_only: frozenset[str] = frozenset()
    """Platforms without buttons, whose people answer on our page."""
    called_only: frozenset[str] = frozenset()
    """Platforms that tell a bot of what is written in a group only what calls it by @."""
    stays: frozenset[str] = frozenset()
    """Platforms where what was posted in a group cannot be changed any more."""
    knows: frozenset[str] = frozenset()
    """Platforms that can say who a member of a group is."""
    pictures_only: frozenset[str] = frozenset()
    """Platforms on which nobody can send a table."""
    for_everybody: frozenset[str] = frozenset()
    """Platforms by which families may come in whose teacher is on one for members only."""


@dataclass(frozen=True, slots=True)
class CommandLike:
    """What /help and the menus need to know of a command."""

    feature: str
    name: str
    chinese: tuple[str, ...]
    where: str
    admits: Callable[[Actor], bool]
    classroom: bool
    hidden: bool


@dataclass(slots=True)
class Room:
    """One event's surroundings. `actor` is None for anonymous administrators, channels and the clock.

    `group` is set if it happened in a group; `private` is where the actor can be answered alone.
    """

    db: Records
    now: datetime
    instance: Instance
    classroom: Classroom | None = None
    actor: Actor | None = None
    group: GroupAddress | None = None
    platform: str = ""
    event_id: int | None = None
    on_page: bool = False
    """True where the actor is looking at our own page, which shows the answers."""
    _roster: Roster | None = field(default=None, repr=False)
    _alone: tuple[int, bool] | None = field(default=None, repr=False)

    # --- who and what ---------------------------------------------------------------------------

    @property
    def here(self) -> Classroom:
        """The classroom; only for handlers that dispatch runs inside one."""
        if self.classroom is None:
            raise LookupError("no classroom here")
        return self.classroom

    @property
    def who(self) -> Actor:
        """The actor; only for handlers that dispatch runs for a known person."""
        if self.actor is None:
            raise LookupError("nobody known did this")
        return self.actor

    @property
    def roster(self) -> Roster:
        """The class's roster, opened once per event."""
        if self._roster is None:
            self._roster = rosters.load(self.db, self.here.id) if self.classroom else Roster(())
        return self._roster

    @property
    def alone(self) -> bool:
        """True for a class that has never had a group; looked up once for each class of an event."""
        here = self.here.id
        if self._alone is None or self._alone[0] != here:
            self._alone = here, places.is_alone(self.db, here)
        return self._alone[1]

    def forget_roster(self) -> None:
        """Read the roster anew after it was changed."""
        self._roster = None

    @property
    def zone(self) -> ZoneInfo:
        """The classroom's time zone."""
        return ZoneInfo(self.classroom.timezone if self.classroom else self.instance.defaults.timezone)

    @property
    def today(self) -> datetime:
        """Now, as the classroom's clocks show it."""
        return self.now.astimezone(self.zone)

    # --- speaking -------------------------------------------------------------------------------

    @property
    def say(self) -> Say:
        """Speaks the language of the place: the group's, or in private the actor's."""
        if self.group is None and self.actor is not None:
            return self.say_to(self.actor.person)
        return self.say_class

    @property
    def say_class(self) -> Say:
        """Speaks the classroom's language."""
        return Say(self.classroom.language if self.classroom else self.instance.defaults.language)

    def say_to(self, person: int) -> Say:
        """Speaks a person's own language: their wish, else the classroom's, else their account's."""
        row = self.db.get(Person, person)
        if row is not None and row.language:
            return Say(row.language)
        if self.classroom is not None:
            return Say(self.classroom.language)
        accounts = identity.accounts_of(self.db, person)
        code = accounts[0][0].language if accounts else None
        return Say(language_of(code, self.instance.defaults.language))

    @property
    def private(self) -> PersonAddress | None:
        """The actor's private chat on the platform where this happened; None for nobody known."""
        if self.actor is None:
            return None
        platform = PAGE if self.on_page else self.actor.platform
        return PersonAddress(self.actor.chat, platform, self.actor.native)

    @property
    def door_open(self) -> bool:
        """True if the actor is known to read what is told in private."""
        return self.actor is not None and classrooms.door(self.db, self.actor.chat) == "open"

    def tell(
        self,
        text: PrivateText | PublicText,
        *buttons: AnyButton,
        handle: str | None = None,
        park: bool = False,
        report: Report | None = None,
    ) -> Tell:
        """Answer the actor alone, at once (they are awake: they just did something)."""
        to = self.private
        if to is None:
            raise LookupError("nobody known to answer")
        return Tell(to, text, buttons, handle=handle, park=park, report=report)

    def tell_person(
        self,
        person: int,
        text: PrivateText | PublicText,
        *buttons: AnyButton,
        handle: str | None = None,
        quiet: Hours | None = None,
        park: bool = False,
        report: Report | None = None,
    ) -> list[Effect]:
        """Tell somebody else; nothing if there is no account to write to. `quiet`: see `hours_of`."""
        to = identity.private_address(self.db, person)
        if to is None:
            return []
        return [Tell(to, text, buttons, handle=handle, quiet=quiet, park=park, report=report)]

    def post(
        self,
        text: PublicText,
        *buttons: AnyButton,
        handle: str | None = None,
        reply_to: str | None = None,
    ) -> Post:
        """Say something in the group where this happened."""
        if self.group is None:
            raise LookupError("this did not happen in a group")
        return Post(self.group, text, buttons, handle=handle, reply_to=reply_to)

    def pointer(self, payload: str = "hi") -> Post:
        """In the group, a neutral button that leads to the private conversation."""
        say = self.say_class
        return self.post(
            say.group("common.continue_in_private"),
            LinkButton(say.label("common.open_private"), payload),
        )

    def edit(
        self, handle: str, text: PrivateText | PublicText, *buttons: AnyButton, of: int | None = None
    ) -> EditTold:
        """Change what the actor (or the person `of`) was told under a handle, buttons included."""
        to = self.private if of is None else identity.private_address(self.db, of)
        if to is None:
            raise LookupError("nobody known to answer")
        return EditTold(to, handle, text, buttons)

    def toast(self, callback: str, text: Label, *, alert: bool = False) -> Toast:
        """A short line to the one who pressed a button."""
        place = self.group or self.private
        if place is None:
            raise LookupError("nobody known to answer")
        return Toast(place, callback, text, alert=alert, asked_at=self.now)

    def link(self, payload: str, platform: str | None = None) -> str:
        """The address that opens the private conversation with the bot, carrying `payload`."""
        make = self.instance.links.get(platform or self.platform)
        return make(payload) if make else payload

    @property
    def takes_tables(self) -> bool:
        """True where a table can be sent to the bot."""
        return self.platform not in self.instance.pictures_only

    # --- dialogues ------------------------------------------------------------------------------

    def expect(self, purpose: str, data: dict[str, Json] | None = None) -> None:
        """The actor's next free text in private belongs to the dialogue `purpose`."""
        classroom = self.classroom.id if self.classroom else None
        presses.begin_dialogue(self.db, self.who.chat, purpose, data or {}, classroom, self.now)

    def expect_nothing(self) -> None:
        """The dialogue with the actor is over."""
        presses.end_dialogue(self.db, self.who.chat)

    # --- hours ----------------------------------------------------------------------------------

    @property
    def quiet(self) -> QuietHours | None:
        """The classroom's quiet hours for parents; None if switched off."""
        wish = self.classroom.settings.get("quiet") if self.classroom else None
        return chosen_hours(self.zone, wish if isinstance(wish, str) else None, self.instance.defaults.quiet)

    def answers_on_a_page(self, person: int) -> bool:
        """True for somebody who is told where no button is shown and perhaps no answer is heard."""
        to = identity.private_address(self.db, person)
        return to is not None and to.platform in self.instance.links_only

    def hours_of(self, person: int) -> Hours | None:
        """When this person is not to be disturbed: a teacher's off hours, else the class's quiet ones."""
        window = self.quiet_of(person)
        return Hours(window.start_text, window.end_text, str(window.zone)) if window else None

    def quiet_of(self, person: int) -> QuietHours | None:
        """As `hours_of`, as something that can be asked when it is over.

        A person's own wish is kept as quiet hours, whatever they are in which class.
        """
        row = self.db.get(Person, person)
        if row is not None and row.hours and valid_hours(row.hours):
            return read_hours(row.hours, self.zone)
        if not self.teaches(person):
            return self.quiet
        awake = read_hours(self.instance.defaults.teacher_hours, self.zone)
        return awake.outside() if awake else None

    def read_at(self, person: int) -> datetime | None:
        """When somebody who is written to now will see it; None: now. In the classroom's zone."""
        window = self.quiet_of(person)
        return window.over(self.today) if window and window.holds(self.now) else None

    def teaches(self, person: int) -> bool:
        """True for everybody who teaches in this classroom: their hours are a teacher's."""
        classroom = self.classroom.id if self.classroom else None
        roles = identity.roles_of(self.db, person, classroom, self.today.date())
        return any(Role(r.role) in ALL_TEACHERS for r in roles)

    # --- people of the class --------------------------------------------------------------------

    def teachers(self) -> list[int]:
        """The persons who act as the class's teacher now, the head teacher first."""
        return classrooms.teachers(self.db, self.here.id, self.today.date())

    def inside(self, classroom: Classroom, actor: Actor) -> Room:
        """The same event seen from within a classroom, by the actor as known there."""
        return replace(self, classroom=classroom, actor=actor, _roster=None)
