"""How a stand-in says no."""

from __future__ import annotations


class RefusedError(Exception):
    """The server says no."""

    def __init__(self, code: int, message: str = "refused") -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
