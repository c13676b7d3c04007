"""Before anything is set up."""

from tests.world import World


async def test_a_stranger_asks_for_help_in_private(world: World) -> None:
    wang = world.someone("1", "王老师")
    await wang.in_private("/help")
    assert "/help" in wang.last.text


async def test_an_unknown_command_gets_the_closest_known_one(world: World) -> None:
    wang = world.someone("1", "王老师")
    await wang.in_private("/hepl")
    assert "/help" in wang.last.text and "/hepl" in wang.last.text


async def test_an_unknown_command_in_the_group_is_left_alone(world: World) -> None:
    wang = world.someone("1", "王老师")
    await wang.in_group("/weather")
    assert world.posted() == []
