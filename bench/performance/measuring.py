"""A whole run: the engines, every size, then what was wanted; printed as it comes and kept as JSON."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import east_asian_width

from bench.performance.asking import ask
from bench.performance.building import build
from bench.performance.contenders import SCRIPT, TXTAI, installed
from bench.performance.engines_compared import compare_engines, fastest
from bench.performance.inputs import Options, Setup, names_of, set_up
from bench.performance.machine import ROOT, machine
from bench.performance.operations import operate
from bench.performance.questions import made, questions
from bench.performance.serving import serve
from bench.performance.starting import start
from bench.performance.tables import Table, engines_table, growth_table, size_tables, wanted_table

RESULTS = ROOT / "bench" / "results"


def run(options: Options, folder: Path | None = None) -> Iterator[str]:
    """The tables, line by line. ``folder`` keeps plans and workspaces; without it they are deleted at the end."""
    for name in (TXTAI, SCRIPT):
        if not installed(name):
            yield f'{name} is left out: pip install -e ".[rivals]" brings what it needs'
    began = datetime.now(UTC)
    with TemporaryDirectory() as scratch:
        place = folder or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        result: dict[str, Any] = {"date": began.isoformat(timespec="seconds"), "machine": machine()}
        result["engines"] = compare_engines(place, options)
        result["fastest"] = {
            what: fastest(result["engines"], what) for what in ("passages", "question", "batch")
        }
        yield from printed(engines_table(result))
        result["sizes"] = []
        for steps in sorted(options.sizes):
            size: dict[str, Any] = {"steps": steps}
            result["sizes"].append(size)
            for part in _parts(set_up(steps, place / str(steps), options), size, result["fastest"]):
                size.setdefault("load", {})[part] = round(os.getloadavg()[0], 2)
                _keep(result, began)
                print(f"{datetime.now():%H:%M} {steps:,} steps: {part} measured", file=sys.stderr)
            for table in size_tables(size):
                yield from printed(table)
    if len(result["sizes"]) > 1:
        yield from printed(growth_table(result))
    yield from printed(wanted_table(result))
    yield f"kept in {_keep(result, began).relative_to(ROOT)}"


def _parts(setup: Setup, told: dict[str, Any], engines: dict[str, str]) -> Iterator[str]:
    """Measure one thing after the other into ``told``, naming each when it is done."""
    told["plans"] = len(setup.plans)
    told["building"] = build(setup, engines["passages"])
    yield "building"
    names = names_of(setup)
    asked = list(itertools.islice(questions(list(names.values())), setup.options.questions))
    told["starting"] = start(setup, engines["question"], asked[0])
    yield "starting"
    told["asking"] = ask(setup, asked)
    yield "asking"
    told["http"] = serve(setup, made(list(names.values()), 1))
    yield "HTTP"
    told["operations"] = operate(setup, names, asked)
    yield "operations"


def _keep(result: dict[str, Any], began: datetime) -> Path:
    """Write what is known so far: a run of hours may be broken off."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"performance-{began:%Y-%m-%d-%H%M}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def printed(table: Table) -> Iterator[str]:
    """A table in columns of letters of one width."""
    rows = [table.head, *table.rows]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(table.head))]
    yield ""
    yield table.title
    for row in rows:
        cells = [
            cell + pad if at == 0 else pad + cell
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            if (pad := " " * (width - _width(cell))) is not None
        ]
        yield "  ".join(cells).rstrip()
    if table.note:
        yield table.note


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
