"""Ask whether a version of uv.lock has a known vulnerability; where nobody can be asked, say so and pass."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = Path(".venv/audit")


def main() -> int:
    """0: none known, or nobody could be asked; 1: some are known, each in a line."""
    tool = _tool()
    if tool is None:
        return _unasked("pip-audit cannot be installed from here")
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "requirements.txt"
        versions = subprocess.run(
            [sys.executable, ".ci/constraints.py"], capture_output=True, text=True, check=True
        )
        locked.write_text(versions.stdout, "utf-8")
        options = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        asked = subprocess.run([tool, "-r", locked, *options], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _unasked("the data on vulnerabilities cannot be reached from here")
    told = [package for package in found if "skip_reason" not in package]
    if not told:
        return _unasked("no package could be looked up: the list of vulnerabilities is out of reach")
    known = [(package, hole) for package in told for hole in package["vulns"]]
    for package, hole in known:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        _say(f"{package['name']} {package['version']}: {hole['id']}, mended in {fixed}")
    _say(f"audit: {len(told)} of {len(found)} packages looked up, {len(known)} known vulnerabilities")
    return 1 if known else 0


def _tool() -> Path | None:
    made = subprocess.run([sys.executable, "-m", "venv", TOOL], capture_output=True, check=False)  # noqa: S603
    pip = [TOOL / "bin/python", "-m", "pip", "install", "--quiet", "pip-audit"]
    if made.returncode or subprocess.run(pip, capture_output=True, check=False).returncode:  # noqa: S603
        return None
    return TOOL / "bin/pip-audit"


def _unasked(why: str) -> int:
    _say(f"audit: NOT done: {why}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
