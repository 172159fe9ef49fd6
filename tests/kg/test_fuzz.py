"""Mutated plans, as ``python -m bench fuzz`` makes them: a few of them at every run."""

from __future__ import annotations

from bench import fuzz


def test_mutated_documents_are_read_or_refused_and_no_span_lies() -> None:
    *failures, summary = fuzz.run(150)
    assert failures == []
    read = int(summary.split(":")[1].split()[0])
    assert read >= 50, "mutations that leave nothing to read test nothing"
