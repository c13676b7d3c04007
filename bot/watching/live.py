"""Reads a running Homeroom from outside: what `homeroom doctor --live` shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, ValidationError

from classroom.errors import ConfigError
from classroom.events import Json

SECONDS = 8.0
MOST = 4 << 20


class _Ready(BaseModel):
    ready: bool
    checks: dict[str, dict[str, Json]]


@dataclass(frozen=True, slots=True)
class LiveReport:
    """How a running Homeroom says it is. `trouble` where it could not be asked at all."""

    ready: bool
    checks: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    trouble: str = ""


def live_report(url: str) -> LiveReport:
    """Ask the Homeroom at `url` (http://127.0.0.1:8080); ConfigError where that is no address of one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{url!r} is not an address: write http://127.0.0.1:8080")
    base = f"{parts.scheme}://{parts.netloc}"
    try:
        ready = _Ready.model_validate_json(_get(f"{base}/readyz"))
        metrics = _figures(_get(f"{base}/metrics").decode())
    except (OSError, HTTPException) as error:
        why = error.reason if isinstance(error, URLError) else error
        return LiveReport(
            ready=False, trouble=f"{base} does not answer ({why}); is [web] observe = true there?"
        )
    except (ValidationError, ValueError):
        return LiveReport(ready=False, trouble=f"{base} answers, but not as Homeroom does")
    return LiveReport(ready.ready, ready.checks, metrics)


def _get(address: str) -> bytes:
    try:
        with urlopen(Request(address), timeout=SECONDS) as answer:  # noqa: S310 - the scheme was looked at
            return bytes(answer.read(MOST))
    except HTTPError as error:
        if error.code != 503:  # not ready, and says why
            raise
        return error.read(MOST)


def _figures(text: str) -> dict[str, float]:
    """Every sample as name{label=value,…} → number."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found
