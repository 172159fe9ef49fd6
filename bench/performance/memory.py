"""What processes hold and have used, as Linux tells it: bytes resident, bytes of their own, CPU seconds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
_KILO = 1024
_TICKS = os.sysconf("SC_CLK_TCK")
_FIELDS = {
    "Rss": "resident",
    "Anonymous": "anonymous",
    "Private_Clean": "private",
    "Private_Dirty": "private",
}


def held_by(pids: Iterable[int]) -> dict[str, int]:
    """Bytes of all the processes together.

    ``resident`` is all, ``peak`` the most that ever was, ``private`` what no other process shares, and ``anonymous``
    what is no page of a file: what remains when mapped files are left out.
    """
    total = dict.fromkeys(("resident", "anonymous", "private", "peak"), 0)
    for pid in pids:
        for field, kilobytes in _lines(PROC / str(pid) / "smaps_rollup"):
            if field in _FIELDS:
                total[_FIELDS[field]] += kilobytes * _KILO
        peak = dict(_lines(PROC / str(pid) / "status")).get("VmHWM", 0)
        total["peak"] += peak * _KILO
    return total


def tree_of(pid: int) -> list[int]:
    """A process and all that it has started."""
    parents = {int(folder.name): _parent(folder) for folder in PROC.iterdir() if folder.name.isdecimal()}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """What the processes have used so far, in their own code and in the system's."""
    ticks = 0
    for pid in pids:
        user, system = _stat(PROC / str(pid))[11:13]
        ticks += int(user) + int(system)
    return ticks / _TICKS


def _lines(path: Path) -> Iterable[tuple[str, int]]:
    for line in path.read_text().splitlines():
        field, _, rest = line.partition(":")
        if rest.endswith("kB"):
            yield field, int(rest.split()[0])


def _stat(folder: Path) -> list[str]:
    """The fields behind the name, which may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _parent(folder: Path) -> int:
    try:
        return int(_stat(folder)[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
