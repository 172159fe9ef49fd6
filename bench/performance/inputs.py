"""What one size of a run is measured on: plan files, their texts, a workspace, names to ask about."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.performance.contenders import OURS, SCRIPT, TXTAI, installed
from bench.performance.machine import ROOT
from bench.performance.processes import kg, run
from bench.plan_files import PLAN, plan_files

SAMPLE = ROOT / "data" / "xihaian-2021.txt"
RIVALS_UP_TO = 10_000
"""Steps beyond which rivals are not measured: they would take hours, and their growth is known by then."""
_ASKED_ABOUT = ("Company", "Project", "Topic")
_NAMES = 300


@dataclass(frozen=True)
class Options:
    """How much is measured."""

    sizes: Sequence[int] = (319, 10_000, 100_000)
    rounds: int = 3
    questions: int = 120
    seconds: float = 8.0


@dataclass(frozen=True)
class Setup:
    """One size, its inputs on disk."""

    steps: int
    folder: Path
    plans: Sequence[Path]
    options: Options

    @property
    def texts(self) -> Path:
        """The texts of all steps, as JSON."""
        return self.folder / "texts.json"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def rounds(self) -> int:
        """Of what takes minutes at a large size: there one."""
        return self.options.rounds if self.steps <= PLAN else 1

    @property
    def systems(self) -> list[str]:
        """This project and the rivals that are installed and measured at this size."""
        rivals = [name for name in (TXTAI, SCRIPT) if installed(name)]
        return [OURS, *(rivals if self.steps <= RIVALS_UP_TO else [])]

    def saved(self, name: str) -> Path:
        """Where a system loads from."""
        return self.workspace if name == OURS else self.folder / name


def set_up(steps: int, folder: Path, options: Options) -> Setup:
    """Write the files of a size: the sample itself where a plan's worth is wanted, else generated plans."""
    folder.mkdir(parents=True, exist_ok=True)
    if steps == PLAN:
        plans, texts = [Path(shutil.copy(SAMPLE, folder))], sample_texts()
    else:
        plans, texts = [], []
        for plan in plan_files(steps):
            plans.append(plan.write(folder))
            texts += plan.steps
    setup = Setup(steps, folder, plans, options)
    setup.texts.write_text(json.dumps(texts), encoding="utf-8")
    return setup


def sample_texts() -> list[str]:
    """The steps of the sample, as it is read."""
    from kg.knowledge import Knowledge
    from kg.pipeline import plan_of

    plan = plan_of(SAMPLE.read_bytes(), SAMPLE.name, SAMPLE.stem, "0" * 64, Knowledge())
    return [step.text for item in plan.items for step in item.steps]


def names_of(setup: Setup) -> dict[str, str]:
    """Name by id of entities that one would ask about, drawn from the workspace; always the same ones."""
    entities = json.loads(run(kg("entities", "--workspace", str(setup.workspace), "--json")).printed)
    known = sorted((e["id"], e["name"]) for e in entities if e["type"] in _ASKED_ABOUT)
    return dict(random.Random(0).sample(known, min(_NAMES, len(known))))
