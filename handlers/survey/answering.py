"""A family answers: in private, a question at a time, with a way back, and after any pause where it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Effect
from classroom.text import PrivateStr
from handlers import open_now
from handlers.aside import own
from handlers.concern_people import cleaned
from handlers.feature import Feature, Opened, Press, Said
from handlers.room import Room
from handlers.survey import later, showing
from handlers.survey.showing import DOOR, Card
from storage import guardians, households, identity, queue, surveys
from storage.survey_answers import TEXT, Answers
from storage.survey_traces import MARK
from storage.surveys import OPEN
from storage.tables import Survey

feature = Feature("survey_answering")
LONGEST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Turn:
    """The one who answers, and what: the household's answers to one survey."""

    answers: Answers
    home: int

    @property
    def survey(self) -> Survey:
        """What is answered."""
        return self.answers.survey


@feature.code(DOOR)
def came_in(_opened: Opened, room: Room) -> Iterable[Effect]:
    """The button under the group's post leads here."""
    return show_all(room)


def show_all(room: Room) -> list[Effect]:
    """Each open survey; who has no child here is told how to claim one."""
    homes = households.of_class(room.db, room.here.id)
    home = homes.of_person(room.who.person)
    if home is None:
        links = guardians.links_of_person(room.db, room.who.person)
        waits = any(link.classroom_id == room.here.id for link in links)
        return [room.tell(own(room).private("survey.claim_first", classroom=room.here.name, waits=waits))]
    running = [s for s in surveys.of_class(room.db, room.here.id, OPEN) if showing.is_open(s, room)]
    if not running:
        others = open_now.others(room, "survey")
        return [room.tell(own(room).private("survey.nothing_open", classroom=room.here.name, others=others))]
    return [_told(_intro(Turn(showing.answers_of(s, room, homes), home), room), s, room) for s in running]


def _intro(turn: Turn, room: Room) -> Card:
    return showing.intro(turn.answers, turn.home, room.who.person, room)


def card_handle(survey: Survey, person: int, event: int | None) -> str:
    """Our name for a card; every card of a survey begins alike, so that its traces can be erased."""
    return f"{survey.handle}/card/{person}/{event}"


def _told(card: Card, survey: Survey, room: Room) -> Effect:
    name = card_handle(survey, room.who.person, room.event_id)
    return room.tell(card.text, *card.buttons, handle=name)


# --- buttons --------------------------------------------------------------------------------------


def _turn(press: Press, room: Room) -> Turn | list[Effect]:
    """The survey that a button is about, locked, and the actor's household; else what to say."""
    wanted = press.args.get("survey")
    survey = surveys.locked(room.db, wanted) if isinstance(wanted, int) else None
    answers = showing.answers_of(survey, room) if survey is not None else None
    home = answers.homes.of_person(room.who.person) if answers is not None else None
    if survey is None or answers is None or home is None or survey.classroom_id != room.here.id:
        return [_alert(press, room, "survey.gone")]
    if not showing.is_open(survey, room):
        closed = showing.intro(answers, home, room.who.person, room)
        return [_alert(press, room, "survey.closed"), room.edit(press.handle, closed.text)]
    return Turn(answers, home)


def _question(press: Press, turn: Turn) -> int:
    found = press.args.get("question")
    return found if isinstance(found, int) and 0 <= found < len(turn.answers.questions) else 0


def _alert(press: Press, room: Room, name: str) -> Effect:
    return room.toast(press.callback, own(room).label(name), alert=True)


def _show(press: Press, turn: Turn, index: int, room: Room) -> list[Effect]:
    """The question of this number in the place of the one before; behind the last the thanks."""
    card = _at(turn, index, press.handle, room)
    return [room.edit(press.handle, card.text, *card.buttons), *_finished(turn, index, room)]


def _at(turn: Turn, index: int, handle: str, room: Room) -> Card:
    room.expect_nothing()
    person = room.who.person
    if index >= len(turn.answers.questions):
        return showing.end_card(turn.answers, person, room)
    if turn.answers.questions[index].kind == TEXT:
        room.expect("survey.words", {"survey": turn.survey.id, "question": index, "handle": handle})
    return showing.question_card(turn.answers, turn.home, index, person, room)


def _finished(turn: Turn, index: int, room: Room) -> list[Effect]:
    """The end is counted once; a reminder that waits for the morning is not sent any more."""
    if index < len(turn.answers.questions) or turn.home in turn.answers.finished():
        return []
    turn.answers.finish(turn.home, room.who.person, room.now)
    for person in turn.answers.homes.guardians.get(turn.home, ()):
        queue.cancel(room.db, later.nudge_handle(turn.survey, person), room.now)
    return showing.refreshed(turn.survey, room)


@feature.button("survey.begin")
def begin(press: Press, room: Room) -> Iterable[Effect]:
    """Begin, or go on where the family has stopped."""
    turn = _turn(press, room)
    return turn if isinstance(turn, list) else _show(press, turn, turn.answers.first_open(turn.home), room)


@feature.button("survey.again")
def again(press: Press, room: Room) -> Iterable[Effect]:
    """From the first question once more, to change something; what is not touched stays."""
    turn = _turn(press, room)
    return turn if isinstance(turn, list) else _show(press, turn, 0, room)


@feature.button("survey.before")
def before(press: Press, room: Room) -> Iterable[Effect]:
    """One question back."""
    turn = _turn(press, room)
    return turn if isinstance(turn, list) else _show(press, turn, max(0, _question(press, turn) - 1), room)


@feature.button("survey.skip")
def skip(press: Press, room: Room) -> Iterable[Effect]:
    """Past this one; nobody has to answer everything."""
    turn = _turn(press, room)
    return turn if isinstance(turn, list) else _show(press, turn, _question(press, turn) + 1, room)


@feature.button(MARK)
def mark(press: Press, room: Room) -> Iterable[Effect]:
    """An answer by one press, and on to the next. The word is the same whatever was chosen."""
    turn = _turn(press, room)
    if isinstance(turn, list):
        return turn
    index, option = _question(press, turn), press.args.get("option")
    if not isinstance(option, int) or not 0 <= option < turn.answers.questions[index].cells:
        return [_alert(press, room, "survey.gone")]
    turn.answers.choose(turn.home, index, option, room.who.person, room.now)
    noted = room.toast(press.callback, own(room).label("survey.noted"))
    return [noted, *_show(press, turn, index + 1, room)]


# --- words ----------------------------------------------------------------------------------------


@feature.dialogue("survey.words")
def words(said: Said, room: Room) -> Iterable[Effect]:
    """Free words, and on to the next; of an anonymous survey nothing of them is said again."""
    wanted, index, handle = (said.data.get(name) for name in ("survey", "question", "handle"))
    survey = surveys.locked(room.db, wanted) if isinstance(wanted, int) else None
    answers = showing.answers_of(survey, room) if survey is not None else None
    home = answers.homes.of_person(room.who.person) if answers is not None else None
    say = own(room)
    if survey is None or answers is None or home is None or not isinstance(index, int):
        return [room.tell(say.private("survey.over"))]
    if not showing.is_open(survey, room):
        return [room.tell(say.private("survey.too_late", title=survey.title))]
    text = cleaned(said.text)
    if not text or len(text.reveal()) > LONGEST_WORDS:
        room.expect("survey.words", {**said.data})
        why = "long" if text else "empty"
        return [room.tell(say.private("survey.words_please", why=why, limit=LONGEST_WORDS))]
    return _written(Turn(answers, home), index, text, str(handle or ""), room)


def _written(turn: Turn, index: int, text: PrivateStr, handle: str, room: Room) -> list[Effect]:
    turn.answers.write(turn.home, index, text, room.who.person, room.now)
    name = card_handle(turn.survey, room.who.person, room.event_id)
    card = _at(turn, index + 1, name, room)
    noted = own(room).private("survey.words_noted", number=index + 1, anonymous=turn.survey.anonymous)
    return [
        *([room.edit(handle, noted)] if _stands(handle, room) else []),
        room.tell(card.text, *card.buttons, handle=name),
        *_finished(turn, index + 1, room),
    ]


def _stands(handle: str, room: Room) -> bool:
    address = identity.private_address(room.db, room.who.person)
    return bool(handle and address and queue.told_at(room.db, handle, address.chat))
