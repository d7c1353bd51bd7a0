from __future__ import annotations

import io

from rich.console import Console

from agents.embedded import shown
from deploy.local.jars import Fetched


def test_without_a_terminal_a_line_comes_now_and_then() -> None:
    out = io.StringIO()
    with shown(Console(file=out, width=100)) as tell:
        for jars in range(26):
            for part in (1, 2):
                tell(Fetched(jars, 25, jars * 1_000_000 + part))

    assert out.getvalue().splitlines() == [
        "Fetching Apache Kafka (once): 0 of 25 files, 0.0 MB",
        "Fetching Apache Kafka (once): 10 of 25 files, 10.0 MB",
        "Fetching Apache Kafka (once): 20 of 25 files, 20.0 MB",
        "Fetching Apache Kafka (once): 25 of 25 files, 25.0 MB",
    ]


def test_with_all_jars_in_the_cache_nothing_is_shown() -> None:
    for is_terminal in (False, True):
        out = io.StringIO()
        with shown(Console(file=out, force_terminal=is_terminal, width=100)):
            pass
        assert "Kafka" not in out.getvalue()


def test_a_terminal_gets_a_bar() -> None:
    out = io.StringIO()
    with shown(Console(file=out, force_terminal=True, width=100)) as tell:
        tell(Fetched(5, 46, 12_345_678))

    assert "5 of 46 files, 12.3 MB" in out.getvalue()
