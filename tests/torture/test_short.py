"""The short form of `make torture`: some kills, a line that breaks, a platform that does; see RESULTS.md."""

from __future__ import annotations

import pytest

from tests.databases import Kind, PostgresServer
from tests.torture import scenes
from tests.torture.scenes import Scene, Wish
from tests.torture.stage import stage

LITTLE = Wish(kills=2, seconds=2.0, rate=8.0)


@pytest.mark.parametrize(
    ("scene", "kind"),
    [(scenes.kills, "sqlite"), (scenes.platform, "sqlite"), (scenes.cut_off, "postgresql")],
    ids=["kills", "platform", "cut_off"],
)
def test_nothing_is_lost(scene: Scene, kind: Kind) -> None:
    postgres = PostgresServer() if kind == "postgresql" else None
    try:
        with stage(kind, 1, classes=2, lined=postgres is not None, postgres=postgres) as here:
            scene(here, LITTLE)
            assert here.problems == []
    finally:
        if postgres is not None:
            postgres.stop()
