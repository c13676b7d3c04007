"""The class of the scenarios, as those see it who should not."""

from tests.scenario.conftest import world

__all__ = ["world"]
