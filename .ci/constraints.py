"""Print the versions of uv.lock as constraints for pip, for where uv cannot be had."""

import tomllib
from collections import Counter
from pathlib import Path

locked = tomllib.loads(Path("uv.lock").read_text("utf-8"))["package"]
times = Counter(package["name"] for package in locked)
for package in locked:
    # A package of several versions has one per Python or system: pip finds out by itself which.
    if times[package["name"]] == 1 and "registry" in package["source"]:
        print(f"{package['name']}=={package['version']}")  # noqa: T201
