"""Finds the browser that the machine has."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium found (Debian: apt install chromium; elsewhere set HOMEROOM_CHROMIUM to its path)"


def find() -> str | None:
    """Give the path of a Chromium, if there is any."""
    return os.environ.get("HOMEROOM_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
