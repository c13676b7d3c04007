"""A strict stand-in for WeCom's server: real HTTP on loopback, a corp, its members' phones, and faults."""

from tests.wecomapi.corp import Corp, Shown
from tests.wecomapi.server import WeComServer

__all__ = ["Corp", "Shown", "WeComServer"]
