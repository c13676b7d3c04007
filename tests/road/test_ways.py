"""One person, several channels: what is told goes to one private door after another, and its fate is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot import tidings
from bot.platforms.web import BOT
from bot.ports import Done, Failure, Fate, Outcome, Refused, TryAgain
from classroom.addresses import ChatKind
from classroom.effects import Tell
from classroom.events import BotBlocked, Origin, Told
from storage import identity, queue
from storage.database import open_database
from storage.tables import Account, Chat, DeliveryRow, Person
from templates.render import Say
from tests.conftest import FreshDatabase
from tests.road.conftest import MakeRoad, RoadWorld
from tests.scenario.conftest import KEY, migrate
from tests.world import User


def told(road: RoadWorld) -> list[tuple[str, str | None]]:
    """What has become of everything that was told anybody."""
    with road.database.transaction() as records:
        rows = records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        return [(row.state, row.outcome) for row in rows if row.kind == "tell"]


def accounts(road: RoadWorld, *natives: str) -> list[User]:
    """The accounts of one person, all with an open door; the first is the one they wrote from last."""
    users = [road.someone(native, "王老师") for native in natives]
    with road.database.transaction() as records:
        found = [identity.meet_account(records, "web", u.sender, road.now()) for u in users]
        for account, user in zip(found, users, strict=True):
            user.private.opened = True
            account.person_id = found[0].person_id
            chat = records.get(Chat, account.chat_id)
            assert chat is not None
            chat.door = "open"
        identity.acted(records, found[0])
    return users


def wishes(road: RoadWorld, user: User) -> None:
    """They have chosen this channel."""
    with road.database.transaction() as records:
        account = identity.meet_account(records, "web", user.sender, road.now())
        person = records.get(Person, account.person_id)
        assert person is not None
        person.channel = account.chat_id


async def hears_later(
    road: RoadWorld, user: User, fate: str, failure: str | None = None, refs: tuple[str, ...] = ()
) -> None:
    """The platform tells what became of all that it took for this conversation."""
    known = tuple(m.ref for m in user.private.messages if m.by == BOT)
    event = Told(Origin("web", user.private.native, ChatKind.PRIVATE), refs or known, fate, failure)
    with road.database.transaction() as records:
        queue.store_events(records, [tidings.to_hear(event, road.now())], road.now())
    await road.settle()


SHUT_AT_ONCE = [
    Failure.BLOCKED,
    Failure.NEVER_STARTED,
    Failure.NOT_SUBSCRIBED,
    Failure.WINDOW_CLOSED,
    Failure.GONE,
    Failure.NOT_FOUND,
    Failure.NOT_ALLOWED,
    Failure.REFUSED,
    Failure.UNSUPPORTED,
]


@pytest.mark.parametrize("failure", SHUT_AT_ONCE)
async def test_what_one_channel_refuses_takes_the_next_one(sqlite_road: MakeRoad, failure: Failure) -> None:
    road = sqlite_road()
    first, second = accounts(road, "1", "2")
    road.platform.fail_next("tell", Refused(failure))
    await first.in_group("/report")
    assert first.heard == "" and "secret" in second.heard
    assert told(road) == [("sent", "accepted")] and road.notes == ["arrived"]


async def test_each_channel_is_tried_once_and_then_it_is_said(road: RoadWorld) -> None:
    first, *_ = accounts(road, "1", "2", "3")
    road.platform.fail_next("tell", *[Refused(Failure.REFUSED, "45002")] * 9)
    await first.in_group("/report")
    assert road.platform.calls.count("tell") == 3
    assert road.notes == ["lost refused"] and told(road) == [("failed", "refused")]


async def test_what_no_other_way_would_cure_is_not_tried_there(road: RoadWorld) -> None:
    first, _ = accounts(road, "1", "2")
    road.platform.fail_next("tell", Refused(Failure.LEAK))
    await first.in_group("/report")
    assert road.platform.calls.count("tell") == 1 and road.notes == ["lost leak"]


async def test_a_line_that_is_dead_for_a_day_is_given_up_for_another(road: RoadWorld) -> None:
    first, second = accounts(road, "1", "2")
    road.platform.fail_next("tell", *[TryAgain("timeout")] * 7)
    await first.in_group("/report")
    for _ in range(6):
        await road.later(hours=5)
    assert "secret" in second.heard and road.notes == ["arrived"]


async def test_who_was_last_on_a_platform_that_runs_no_more_is_told_elsewhere(road: RoadWorld) -> None:
    (here,) = accounts(road, "1")
    with road.database.transaction() as records:
        one = identity.meet_account(records, "web", here.sender, road.now())
        gone = identity.meet_account(records, "another", here.sender, road.now())
        gone.person_id = one.person_id
        chat = records.get(Chat, gone.chat_id)
        assert chat is not None
        chat.door = "open"
        identity.acted(records, gone)
        to = identity.private_address(records, one.person_id)
        assert to is not None and to.platform == "another"
        text = Say("zh_CN").private("start.link_over")
        queue.store_effects(records, [Tell(to, text)], road.now(), event_id=None, classroom_id=None)
    await road.settle()
    assert told(road) == [("sent", "accepted")] and len(here.inbox) == 1


async def test_what_waits_for_a_door_goes_through_the_one_that_is_opened(road: RoadWorld) -> None:
    first, second = accounts(road, "1", "2")
    for user in (first, second):
        user.private.blocked = True
    await first.in_group("/report park")
    assert told(road) == [("parked", "blocked")] and road.notes == []
    second.private.blocked = False
    await second.in_private("你好")
    assert "secret" in second.heard and first.heard == ""
    assert road.notes[-1] == "arrived"


async def test_a_door_that_was_not_subscribed_opens_by_itself(road: RoadWorld) -> None:
    (first,) = accounts(road, "1")
    road.platform.fail_next("tell", Refused(Failure.NOT_SUBSCRIBED))
    await first.in_group("/report park")
    assert told(road) == [("parked", "not_subscribed")]
    road.platform.happened(BotBlocked(road.platform.origin(first.private), first.sender, False))
    with road.database.transaction() as records:
        doors = [c.door for c in records.exec(select(Chat).where(Chat.kind == ChatKind.PRIVATE))]
    assert doors == ["not_subscribed"]
    await first.in_private("订阅了")
    assert "secret" in first.heard


# --- what is told later -----------------------------------------------------------------------------


async def test_taken_is_not_arrived_and_both_are_kept(road: RoadWorld) -> None:
    (first,) = accounts(road, "1")
    await first.in_group("/report")
    assert told(road) == [("sent", "accepted")]
    await hears_later(road, first, Fate.DELIVERED)
    assert told(road) == [("sent", "delivered")]
    await hears_later(road, first, Fate.ACCEPTED)
    assert told(road) == [("sent", "delivered")]


@pytest.mark.parametrize("fate", [Fate.AWAITING_TEACHER, Fate.POSSIBLY_DROPPED, Fate.DELIVERED])
async def test_what_the_platform_says_at_once_is_kept_as_it_is(sqlite_road: MakeRoad, fate: Fate) -> None:
    road = sqlite_road()
    (first,) = accounts(road, "1")
    road.platform.fail_next("tell", Done(("7",), fate=fate))
    await first.in_group("/report")
    assert told(road) == [("sent", fate.value)]


async def test_a_failure_told_later_takes_the_next_channel_once(road: RoadWorld) -> None:
    first, second = accounts(road, "1", "2")
    await first.in_group("/report")
    assert "secret" in first.heard and second.heard == ""
    await hears_later(road, first, "accepted", "blocked")
    assert "secret" in second.heard and told(road) == [("sent", "accepted")]
    await hears_later(road, first, "accepted", "blocked", refs=("1", "2", "3", "4"))
    assert len(second.inbox) == 1
    await hears_later(road, second, "accepted", "window_closed")
    assert told(road) == [("failed", "window_closed")] and road.notes == ["arrived", "lost window_closed"]
    assert road.platform.calls.count("tell") == 2


async def test_a_platform_that_tells_before_we_have_noted_is_heard_all_the_same(road: RoadWorld) -> None:
    (first,) = accounts(road, "1")
    await hears_later(road, first, Fate.DELIVERED, refs=("77",))
    road.platform.fail_next("tell", Done(("77",)))
    await first.in_group("/report")
    assert told(road) == [("sent", "accepted")]
    await road.later(seconds=3)
    assert told(road) == [("sent", "delivered")]


async def test_what_is_told_of_a_message_nobody_knows_ends(road: RoadWorld) -> None:
    (first,) = accounts(road, "1")
    await first.in_private("你好")
    await hears_later(road, first, "accepted", "blocked", refs=("unknown",))
    for _ in range(5):
        await road.later(minutes=5)
    with road.database.transaction() as records:
        assert not queue.any_pending(records)


async def test_a_failure_of_words_that_are_erased_is_noted_and_nothing_is_said_again(road: RoadWorld) -> None:
    first, second = accounts(road, "1", "2")
    await first.in_group("/report")
    with road.database.transaction() as records:
        queue.erase_old_texts(records, road.now() + timedelta(days=30))
    await hears_later(road, first, "accepted", "blocked")
    assert told(road) == [("failed", "blocked")] and second.heard == ""


# --- which comes first ------------------------------------------------------------------------------


async def test_the_preferred_channel_comes_first_then_where_they_were_last(road: RoadWorld) -> None:
    first, second, third = accounts(road, "1", "2", "3")

    def order() -> list[str]:
        with road.database.transaction() as records:
            person = identity.meet_account(records, "web", first.sender, road.now()).person_id
            return [account.native for account, _ in identity.accounts_of(records, person)]

    assert order() == ["1", "2", "3"]
    await second.in_private("你好")
    assert order() == ["2", "1", "3"]
    wishes(road, third)
    assert order() == ["3", "2", "1"]
    road.platform.fail_next("tell", Refused(Failure.WINDOW_CLOSED))
    await third.in_group("/report")
    assert order() == ["2", "1", "3"]
    await third.in_private("你好")
    assert order()[0] == "3"


# --- whatever the channels do ------------------------------------------------------------------------

_OUTCOMES = st.one_of(
    st.sampled_from(list(Failure)).map(Refused),
    st.sampled_from(list(Fate)).map(lambda fate: Done(("9",), fate=fate)),
    st.just(TryAgain("timeout", uncertain=True)),
)
_LATER = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([*Failure])), max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcomes=st.lists(_OUTCOMES, max_size=8), later=_LATER, park=st.booleans())
def test_a_secret_goes_to_this_persons_private_doors_alone_each_once(
    fresh_database: FreshDatabase, outcomes: list[Outcome], later: list[tuple[int, Failure]], park: bool
) -> None:
    database = open_database(fresh_database("sqlite", migrate), KEY, durable=False)
    road = RoadWorld(database)

    async def story() -> None:
        stranger = road.someone("8", "别人")
        stranger.private.opened = True
        mine = accounts(road, "1", "2", "3")
        road.platform.fail_next("tell", *outcomes)
        await mine[0].in_group("/report park" if park else "/report")
        await road.later(days=2)
        for which, failure in later:
            await hears_later(road, mine[which], "accepted", failure.value, refs=("9", "1", "2", "3", "4"))
        road.platform.failing.clear()
        for _ in range(4):
            await road.later(days=1)
        assert not any("secret" in text for text in road.texts()) and stranger.heard == ""
        assert all(len([m for m in user.inbox if "secret" in m.text]) <= 1 for user in mine)
        assert [state for state, _ in told(road)] in ([s] for s in ("sent", "failed", "dead", "parked"))
        refused = [o for o in outcomes if not isinstance(o, TryAgain)]
        assert road.platform.calls.count("tell") <= 3 + len(outcomes) - len(refused)
        with database.transaction() as records:
            chats = set(records.exec(select(Account.chat_id).where(col(Account.native).in_(("1", "2", "3")))))
            tried = records.exec(select(DeliveryRow.chat_id).where(DeliveryRow.kind == "tell")).all()
            assert set(tried) <= chats

    asyncio.run(story())
    database.close()
