"""``python -m bench page``: docs/performance.md and its charts, made from the newest result of ``bench performance``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.charts import write_charts
from bench.performance.machine import ROOT
from bench.performance.measuring import RESULTS
from bench.performance.tables import Table, engines_table, growth_table, size_tables, wanted_table

PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images"
_INTRODUCTION = """\
# Performance

Made by `python -m bench page` from `{source}`, a run of `python -m bench performance`; change it there, not here.
What is compared stands in one run on one machine and was measured in turn. A figure is a median, in brackets the
quartiles around it; a ratio is taken pair by pair, question by question or round by round. Compare ratios between
machines, not times.

*This project* encodes and indexes plain texts where it is beside others in building, and otherwise answers from a
workspace of whole plans, with names, facts and certainty. *txtai* searches in its hybrid mode, *script* is
sentence-transformers, a flat FAISS index and rank-bm25; both have the same weights. *Bare* rows are the floor: the
work itself by the fastest engine of these weights that the run found, and nothing around it. The server is
`kg serve` with as many workers as there are cores; what it holds is the sum of all its processes.
"""


def run(result: Path | None = None) -> Iterator[str]:
    """Write the page of a result, the newest where none is given. Raises :class:`SystemExit` where there is none."""
    path = result or max(RESULTS.glob("performance-*.json"), default=None)
    if path is None:
        raise SystemExit("there is no result yet: python -m bench performance makes one")
    told = json.loads(path.read_text(encoding="utf-8"))
    # A run that was broken off has a size that is not whole.
    told["sizes"] = [size for size in told["sizes"] if "operations" in size]
    charts = write_charts(told, IMAGES)
    PAGE.write_text(
        page(told, path.name, {title: image.name for title, image in charts.items()}), encoding="utf-8"
    )
    yield from (str(written.relative_to(ROOT)) for written in (PAGE, *charts.values()))


def page(result: Mapping[str, Any], source: str, charts: Mapping[str, str]) -> str:
    """The Markdown of a result; ``charts`` are the files beside it by their titles."""
    parts = [_INTRODUCTION.format(source=source), _machine(result), _markdown(wanted_table(result))]
    parts += [f"![{title}](images/{name})\n" for title, name in charts.items()]
    parts.append(_markdown(engines_table(result)))
    if len(result["sizes"]) > 1:
        parts.append(_markdown(growth_table(result)))
    parts += [_markdown(table) for size in result["sizes"] for table in size_tables(size)]
    return "\n".join(parts)


def _machine(result: Mapping[str, Any]) -> str:
    facts = result["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    return (
        f"{result['date'][:10]}, commit {facts['commit']}: {facts['processor']}, {facts['cores']} cores, "
        f"{facts['memory_gb']} GB, {facts['system']}, Python {facts['python']}; {packages}. The load of the machine "
        f"was {facts['load_at_start']} when the run began.\n"
    )


def _markdown(table: Table) -> str:
    rows = [table.head, ["---"] * len(table.head), *table.rows]
    lines = [f"## {table.title}", "", *("| " + " | ".join(row) + " |" for row in rows), ""]
    return "\n".join([*lines, table.note, ""] if table.note else lines)
