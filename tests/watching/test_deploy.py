"""Alerts, dashboard and docs speak of figures that exist, and of all of them."""

from __future__ import annotations

import json
import re

from bot.watching import Metrics
from tests.architecture.source import ROOT
from tests.world import World

RULES = (ROOT / "deploy/prometheus-rules.yml").read_text(encoding="utf-8")
DASHBOARD = (ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8")
DOCS = (ROOT / "docs/watching.md").read_text(encoding="utf-8")
NAME = re.compile(r"\bhomeroom_[a-z_]+")


async def test_what_is_named_exists_and_what_exists_is_in_the_docs(world: World) -> None:
    text = (await Metrics(world.app).render()).decode()
    known = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE homeroom_")}
    assert set(NAME.findall(RULES)) <= known
    assert set(NAME.findall(DASHBOARD)) <= known
    assert set(NAME.findall(DOCS)) == known


def test_every_alert_says_what_is_the_matter_and_what_to_do() -> None:
    alerts = RULES.split("- alert: ")[1:]
    assert len(alerts) > 8
    for alert in alerts:
        assert re.search(r"^ +expr: .+$", alert, re.M)
        assert re.search(r"severity: (page|ticket|info)", alert)
        assert re.search(r"summary: .+\n +action: .{20,}", alert)


def test_the_dashboard_can_be_imported() -> None:
    board = json.loads(DASHBOARD)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    assert all(panel["targets"] and panel["datasource"]["uid"] == "${source}" for panel in board["panels"])
