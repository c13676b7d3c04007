"""`homeroom key rotate`: everything sealed with a new key."""

from __future__ import annotations

from bot.app import utc_now
from bot.config import Settings
from storage.rotation import Rotated, rotate


def change_key(settings: Settings) -> Rotated:
    """Seal everything anew; HomeroomError says in one line why not, and then nothing is changed."""
    return rotate(settings.storage.url, settings.storage.key_file, utc_now())


def told(done: Rotated) -> str:
    """What whoever runs it has to know now."""
    return (
        f"{done.values:,} values are sealed with a new key; the old one opens nothing here any more.\n"
        f"Copy the new key file to where you keep it, apart from the backups.\n"
        f"The old key is kept in {done.old_key}: only backups made before now need it. "
        "Make a new backup, then delete both the older ones and it."
    )
