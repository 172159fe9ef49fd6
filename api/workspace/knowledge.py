"""The knowledge of a build: what comes with the program, the user's own on top, copied into the build.

A build answers with the knowledge it was made with, whatever is edited afterwards.
"""

from __future__ import annotations

from pathlib import Path

from kg.knowledge import DATA as FIELD
from kg.knowledge import Knowledge

QUESTIONS = Path(__file__).parents[1] / "data"
"""How people ask; the knowledge of the field is in ``kg/data``."""


def shipped() -> Knowledge:
    """All knowledge that comes with the program: that of the field, and that of questions."""
    return Knowledge((FIELD, QUESTIONS))


def copy_knowledge(knowledge: Knowledge, folder: Path) -> None:
    """Write the files of some knowledge, as they were read, into ``folder``: one numbered folder a layer."""
    for number in range(len(knowledge.folders)):
        (folder / str(number)).mkdir(parents=True)
    for file in knowledge.sources:
        (folder / str(file.layer) / file.path.name).write_bytes(file.data)


def copied_knowledge(folder: Path) -> Knowledge:
    """The knowledge that :func:`copy_knowledge` put into ``folder``."""
    return Knowledge(tuple(sorted(folder.iterdir(), key=lambda kept: int(kept.name))))
