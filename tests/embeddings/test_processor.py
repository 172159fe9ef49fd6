import os
from pathlib import Path

import pytest

from embeddings import processor
from embeddings.processor import physical_cores, processor_features

INTEL = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_vnni sse\n\nprocessor\t: 1\nflags\t\t: fpu\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp crc32\n"


@pytest.mark.parametrize(
    ("told", "found"),
    [(INTEL, {"avx2", "avx512f", "avx512_vnni"}), (ARM, {"asimd", "asimddp"}), ("", set())],
)
def test_what_decides_is_found(tmp_path: Path, told: str, found: set[str]) -> None:
    (tmp_path / "cpuinfo").write_text(told)
    features = processor_features(tmp_path / "cpuinfo")
    assert found < set(features)
    assert len(features) == len(found) + 1  # and the architecture
    assert features == sorted(features)


def test_a_system_that_tells_nothing_still_has_a_kind(tmp_path: Path) -> None:
    assert processor_features(tmp_path / "nothing")


def test_two_threads_of_a_core_count_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        topology = tmp_path / f"cpu{number}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(siblings + "\n")
    monkeypatch.setattr(processor, "_CPUS", tmp_path)
    for allowed, cores in (({0, 1, 2, 3}, 2), ({0, 2}, 1), ({3}, 1), ({0, 7}, 2)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, now=allowed: now, raising=False)
        assert physical_cores() == cores
