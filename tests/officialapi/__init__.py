"""A strict stand-in for the Official Account's server: an account, its followers' phones, and faults."""

from tests.officialapi.account import Account, Shown
from tests.officialapi.server import OfficialServer

__all__ = ["Account", "OfficialServer", "Shown"]
