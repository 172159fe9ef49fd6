"""The curator's decisions on disk: ``decisions.jsonl``, one line a decision or an undoing.

Like the sources they are the truth: written durably before any build is made of them, never
rewritten, so that who decided what and when can always be seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from api.errors import WorkspaceError
from api.workspace.store import write_durably
from kg.curation import Curation, Decision, in_force
from kg.errors import NotFound

_DECISION = TypeAdapter(Decision)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history: a decision, or the undoing of the one with id ``undoes``."""

    decision: Decision | None
    undoes: str | None = None
    who: str = ""
    when: str = ""


class Decisions:
    """The history of one workspace."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def history(self) -> tuple[Entry, ...]:
        """All lines, oldest first. Raises :class:`WorkspaceError` where the file is damaged."""
        try:
            # Not splitlines(), which cuts at U+2028 too, and a name may hold that.
            lines = self._path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"人工决定文件“{self._path}”无法读取（{error}），请从备份恢复。") from None
        try:
            return tuple(_entry(json.loads(line)) for line in lines if line.strip())
        except (ValueError, ValidationError, KeyError):
            raise WorkspaceError(f"人工决定文件“{self._path}”已损坏，请从备份恢复。") from None

    def curation(self) -> Curation:
        """The decisions in force."""
        return Curation(in_force([(e.decision, e.undoes) for e in self.history()]))

    def digest(self) -> str:
        """Changes with what is in force; empty where nothing is."""
        decisions = [asdict(d) | {"id": "", "who": "", "when": ""} for d in self.curation().decisions]
        return sha256(json.dumps(decisions).encode()).hexdigest() if decisions else ""

    def decided(self, decision: Decision) -> Decision:
        """A new decision stamped with an id and the time; not yet written."""
        return replace(decision, id=uuid4().hex[:12], when=_now())

    def undoing(self, id_: str, who: str) -> Entry:
        """An entry that undoes a decision. Raises :class:`NotFound` where none such is in force."""
        known = [d.id for d in self.curation().decisions]
        if id_ not in known:
            raise NotFound(f"没有编号为“{id_}”的有效决定，可用 kg decisions 查看。", tuple(known))
        return Entry(None, id_, who, _now())

    def write(self, entries: Sequence[Entry]) -> None:
        """Make ``entries`` the history; used to append, and to take back what could not be applied."""
        lines = [json.dumps(_line(entry), ensure_ascii=False) for entry in entries]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self._path, "".join(f"{line}\n" for line in lines).encode())


def _entry(data: dict[str, Any]) -> Entry:
    if "undoes" in data:
        return Entry(None, str(data["undoes"]), str(data["who"]), str(data["when"]))
    return Entry(_DECISION.validate_python(data))


def _line(entry: Entry) -> dict[str, Any]:
    if entry.decision is None:
        return {"undoes": entry.undoes, "who": entry.who, "when": entry.when}
    return asdict(entry.decision)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
