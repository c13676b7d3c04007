"""The key with which everything personal is sealed."""

from __future__ import annotations

import typer

from bot.cli.shared import CONFIG, AsJson, Config, Secrets, Yes, answer, guarded, settings_of

ASKED = "Everything personal is sealed anew with a new key. Homeroom must not run meanwhile. Go on?"


def rotate(
    config: Config = CONFIG, secrets: Secrets = None, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Seal everything with a new key, so that the old one opens nothing any more; stop Homeroom first."""
    if not (yes or as_json or typer.confirm(ASKED)):
        raise typer.Abort
    guarded(lambda: _rotate(config, secrets, as_json))


def _rotate(config: Config, secrets: Secrets, as_json: bool) -> None:
    from bot import keys  # noqa: PLC0415 - --help is quicker without the libraries

    done = keys.change_key(settings_of(config, secrets))
    answer({"values": done.values, "old_key": str(done.old_key)}, keys.told(done), as_json)
