"""`homeroom health`: is the bot alive, asked of the bot itself or read off what waits for it."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.config import Settings, WebSection

SECONDS = 4.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where a server listens


def trouble(settings: Settings) -> str:
    """What is the matter; empty if nothing."""
    return _asked(settings.web) if settings.web.observe else _waiting(settings)


def _asked(web: WebSection) -> str:
    host = EVERYWHERE.get(web.host, web.host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{web.port}/healthz"
    try:
        with urlopen(address, timeout=SECONDS) as reply:
            reply.read()
    except HTTPError as error:
        return f"{address} answers {error.code}"
    except (URLError, HTTPException, OSError) as error:
        return f"{address} does not answer ({type(error).__name__})"
    return ""


def _waiting(settings: Settings) -> str:
    from bot.app import utc_now  # noqa: PLC0415 - asking the bot needs no database
    from bot.doctor.database import road  # noqa: PLC0415
    from bot.ports import Level  # noqa: PLC0415
    from storage.reading import open_to_read, sqlite_file  # noqa: PLC0415

    file = sqlite_file(settings.storage.url)
    if file is not None and not file.is_file():
        return f"{file}: there is no such database; `homeroom run` makes it at its first start"
    database = open_to_read(settings.storage.url, settings.storage.key_file)
    try:
        with database.transaction() as records:
            found = list(road(records, utc_now()))
    finally:
        database.close()
    return "; ".join(finding.what for finding in found if finding.level is not Level.OK)
