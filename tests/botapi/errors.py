"""How the server says no."""

from __future__ import annotations

from tests.botapi.jsons import Json


class RefusedError(Exception):
    """An answer with ok = false."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def json(self) -> Json:
        """The body as Telegram writes it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(what: str, **parameters: object) -> RefusedError:
    """400."""
    return RefusedError(400, f"Bad Request: {what}", parameters)


def forbidden(what: str) -> RefusedError:
    """403."""
    return RefusedError(403, f"Forbidden: {what}")


def conflict(what: str) -> RefusedError:
    """409."""
    return RefusedError(409, f"Conflict: {what}")


def too_many(seconds: int) -> RefusedError:
    """429."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
