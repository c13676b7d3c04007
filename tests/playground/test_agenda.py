"""Whatever may happen by itself has words of its own beside the clock."""

import pytest

from bot.registry import Registry
from handlers.features import FEATURES
from templates.render import LANGUAGES, Say


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agenda_names_everything_that_falls_due(language: str) -> None:
    say = Say(language)
    kinds = [kind.replace(".", "_") for kind in Registry(FEATURES).dues]
    assert [kind for kind in kinds if not say.knows(f"playground.agenda_{kind}")] == []
