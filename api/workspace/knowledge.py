"""The knowledge of a build: what comes with the program, the user's own on top, copied into the build.

A build answers with the knowledge it was made with, whatever is edited afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from kg.knowledge import DATA as FIELD
from kg.knowledge import Knowledge

QUESTIONS = Path(__file__).parents[1] / "data"
"""How people ask; the knowledge of the field is in ``kg/data``."""
_FILES = ("*.toml", "*.ttl")


def shipped() -> Knowledge:
    """All knowledge that comes with the program: that of the field, and that of questions."""
    return Knowledge((FIELD, QUESTIONS))


def copy_knowledge(knowledge: Knowledge, folder: Path) -> None:
    """Copy the files of every folder of some knowledge into ``folder``, one numbered folder each."""
    for number, source in enumerate(knowledge.folders):
        kept = folder / str(number)
        kept.mkdir(parents=True)
        for path in _files(source):
            shutil.copyfile(path, kept / path.name)


def copied_knowledge(folder: Path) -> Knowledge:
    """The knowledge that :func:`copy_knowledge` put into ``folder``."""
    return Knowledge(tuple(sorted(folder.iterdir(), key=lambda kept: int(kept.name))))


def _files(folder: Path) -> Iterator[Path]:
    for pattern in _FILES:
        yield from sorted(folder.glob(pattern))
