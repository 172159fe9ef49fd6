"""The processor that this process runs on: its cores, and what decides how it multiplies small integers."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CPUS: Final = Path("/sys/devices/system/cpu")
_CPUINFO: Final = Path("/proc/cpuinfo")
# What ONNX Runtime asks a processor for before it chooses its kernels for integers.
_X86: Final = {
    "avx2",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512_vnni",
    "avx_vnni",
    "avx_vnni_int8",
    "amx_int8",
}
_ARM: Final = {"asimd", "asimddp", "i8mm", "sve", "sve2", "sme"}


def physical_cores() -> int:
    """How many physical cores this process may use, at least 1; two threads of a core count as one."""
    affinity = getattr(os, "sched_getaffinity", None)
    allowed = affinity(0) if affinity is not None else range(os.cpu_count() or 1)
    return max(1, len({_core(number) for number in allowed}))


def processor_features(cpuinfo: Path = _CPUINFO) -> list[str]:
    """The kind of processor and, where the system tells them, its instructions for integers; sorted.

    Two machines with equal features compute equal products of small integers.
    """
    try:
        told = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return sorted({platform.machine(), platform.processor()} - {""})
    return sorted({platform.machine(), *(_flags(told.splitlines()) & (_X86 | _ARM))})


def _core(number: int) -> str:
    """A text that is the same for the threads of one core."""
    try:
        return (_CPUS / f"cpu{number}" / "topology" / "thread_siblings_list").read_text().strip()
    except OSError:
        return str(number)


def _flags(lines: Iterable[str]) -> set[str]:
    """The words behind the first ``flags`` (x86) or ``Features`` (Arm)."""
    for line in lines:
        name, _, words = line.partition(":")
        if name.strip().lower() in ("flags", "features"):
            return set(words.split())
    return set()
