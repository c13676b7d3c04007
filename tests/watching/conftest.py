"""The class of the scenarios, looked at from outside."""

from tests.scenario.conftest import world

__all__ = ["world"]
