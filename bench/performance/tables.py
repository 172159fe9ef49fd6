"""The result of a run as tables: for the terminal and for the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.performance.building import WHOLE
from bench.performance.contenders import OURS
from bench.performance.timing import Spread, exponent, percentile, ratio
from bench.performance.wanted import Result, batch_floor, series, wanted

_MEGA = 1e6


@dataclass(frozen=True)
class Table:
    """A title, a row of headings, rows as wide, and what to know when reading them."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def spread(told: Spread, unit: str = "×") -> str:
    """A median and the quartiles around it: ``4.20× (4.0 to 4.5)``; the median alone where it is one value."""
    median, low, high = (
        f"{v:.2f}" if abs(v) >= 0.1 or not v else f"{v:.2g}" for v in (told.median, told.low, told.high)
    )
    return f"{median}{unit}" if told.count == 1 else f"{median}{unit} ({low} to {high})"


def seconds(values: Sequence[float]) -> str:
    """The same of seconds, in milliseconds where they are few."""
    scale, unit = (1000, " ms") if percentile(values, 50) < 1 else (1, " s")
    return spread(Spread.of([scale * value for value in values]), unit)


def size_tables(size: Result) -> Iterator[Table]:
    """Everything measured at one size."""
    at = f"{size['steps']:,} steps"
    yield _compared(f"Building, {at}", size["building"]["seconds"], (OURS, WHOLE), _building_note(size))
    yield _starting(at, size["starting"])
    yield _asking(at, size["asking"])
    yield _http(at, size["http"])
    yield _memory(at, size)
    yield _operations(at, size["operations"])


def engines_table(result: Result) -> Table:
    """The engines of the weights, the fastest of each column named below."""
    rows = [
        [
            name,
            spread(Spread.of(told["passages"]), ""),
            seconds(told["question"]),
            spread(Spread.of(told["batch"]), ""),
            f"{told['agreement']:.4f}",
        ]
        for name, told in result["engines"].items()
    ]
    head = ("engine", "texts a second", "one question", "questions a second, batches", "least cosine")
    best = ", ".join(f"{what}: {name}" for what, name in result["fastest"].items())
    return Table(
        "Bare encoding of these weights",
        head,
        rows,
        f"Fastest: {best}. Where questions are compared below, the fastest there is the floor.",
    )


def growth_table(result: Result) -> Table:
    """How the time of a question grows from size to size, and the exponent over all that were measured."""
    rows = []
    for name, known in series(result).items():
        steps, medians = list(known), list(known.values())
        if len(steps) > 1:
            times = " ".join(f"{later / before:.2f}×" for before, later in pairwise(medians))
            slopes = (exponent(s, m) for s, m in zip(pairwise(steps), pairwise(medians), strict=True))
            row = [name, " to ".join(f"{size:,}" for size in steps), times]
            rows.append(
                [*row, " ".join(f"{slope:.2f}" for slope in slopes), f"{exponent(steps, medians):.2f}"]
            )
    head = ("", "steps", "time, step by step", "exponents", "exponent over all")
    return Table("Growth of a question's time", head, rows)


def wanted_table(result: Result) -> Table:
    """What is wanted beside what was measured."""
    rows = [
        [
            line.what,
            f"{line.steps:,}" if line.steps else "",
            f"{line.sign} {line.bound:g}{line.unit}",
            spread(line.measured, line.unit),
            line.verdict,
        ]
        for line in wanted(result)
    ]
    return Table(
        "Wanted and measured", ("what", "steps", "wanted", "measured", "reached"), rows, _quiet(result)
    )


def _quiet(result: Result) -> str:
    """Whether the machine was left alone: on few cores other work slows what uses all of them many times over."""
    facts = result["machine"]
    note = f"Load of the machine when the run began: {facts['load_at_start']} on {facts['cores']} cores"
    if facts["load_at_start"] < facts["cores"] / 4:
        return f"{note}."
    return f"{note}: other work was running, and nothing of this run should be quoted."


def _compared(title: str, told: Mapping[str, Sequence[float]], to: Sequence[str], note: str = "") -> Table:
    """Seconds of each, and each against the first of ``to`` that was measured, pair by pair."""
    base = next(name for name in to if name in told)
    rows = [[name, seconds(values), spread(ratio(values, told[base]))] for name, values in told.items()]
    return Table(title, ("", "time", f"/ {base}"), rows, note)


def _building_note(size: Result) -> str:
    whole = size["building"]["whole"][-1]
    return (
        "The same texts encoded and indexed, models being loaded; the whole build begins with nothing and ends with "
        f"every index. It used {whole['cpu']:.0f} CPU seconds and {whole['peak'] / _MEGA:,.0f} MB at most."
    )


def _starting(at: str, told: Mapping[str, Any]) -> Table:
    table = _compared(
        f"Cold start to the first answer, {at}", {n: one["seconds"] for n, one in told.items()}, (OURS,)
    )
    rows = [
        [*row, seconds(told[row[0]]["cpu"]), f"{max(told[row[0]]['peak']) / _MEGA:,.0f}"]
        for row in table.rows
    ]
    return Table(table.title, (*table.head, "CPU", "peak MB"), rows)


def _asking(at: str, told: Mapping[str, Any]) -> Table:
    table = _compared(f"A question in a running process, {at}", told["seconds"], (OURS,))
    rows = [
        [*row, seconds([percentile(told["seconds"][row[0]], 99)]), f"{told['found'][row[0]]:.1f}"]
        for row in table.rows
    ]
    note = f"{len(told['seconds'][OURS])} questions, the same to all, a few by turns; ratios question by question."
    return Table(table.title, ("", "p50", table.head[2], "p99", "found"), rows, note)


def _http(at: str, told: Mapping[str, Any]) -> Table:
    engine = batch_floor(told)
    bare = told["bare"][engine]
    rows = [
        [
            clients,
            spread(Spread.of(one["rate"]), ""),
            spread(ratio(one["rate"], bare)),
            seconds([one["p50"]]),
            seconds([one["p99"]]),
            seconds([one["server_cpu"]]),
            f"{one['server_cores']:.2f}",
            f"{one['client_cores']:.2f}",
            f"{one['failed']} of {one['count']}",
        ]
        for clients, one in told["clients"].items()
    ]
    head = ("clients", "questions a second", "/ bare encoding", "p50", "p99", "server CPU", "cores: server", "client", "failed")  # fmt: skip
    note = (
        f"Bare encoding in batches by {engine}: {spread(Spread.of(bare), '')} questions a second. "
        f"The server was ready after {told['ready']:.1f} s. Server CPU is that of one question."
    )
    return Table(f"HTTP, {at}", head, rows, note)


def _memory(at: str, size: Result) -> Table:
    building, asking = size["building"]["memory"], size["asking"]["memory"]
    rows = [
        [name, _mega(building.get(name), "peak"), *(_mega(asking.get(name), what) for what in _HELD)]
        for name in dict.fromkeys([*building, *asking])
    ]
    rows.append(["kg serve", "", *(_mega(size["http"]["memory"], what) for what in _HELD)])
    head = ("MB", "peak of building", "resident", "of its own", "beyond mapped files")
    return Table(
        f"Memory, {at}", head, rows, "All but the first column: after the questions, nothing built before."
    )


_HELD = ("resident", "private", "anonymous")


def _mega(held: Mapping[str, int] | None, what: str) -> str:
    return f"{held[what] / _MEGA:,.0f}" if held else ""


def _operations(at: str, told: Mapping[str, Any]) -> Table:
    rows = [
        [name, seconds(one["cold"]), seconds(one["warm"])]
        + [_mega(one[when], what) for when in ("memory", "warm_memory") for what in ("resident", "anonymous")]
        for name, one in told.items()
    ]
    head = (
        "",
        "cold",
        "warm",
        "resident MB",
        "beyond mapped files",
        "resident when warm",
        "beyond mapped files",
    )
    note = "Cold counts from the start of the process; warm are other questions to the same process."
    return Table(f"Operations of this project, {at}", head, rows, note)
