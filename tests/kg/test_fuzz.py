"""Mutated plans, as ``python -m bench fuzz`` makes them: a few of them at every run."""

from __future__ import annotations

import pytest

from bench import fuzz
from tests.profiles import examples


@pytest.mark.thorough
def test_mutated_documents_are_read_or_refused_and_no_span_lies() -> None:
    count = examples(45, 1000)
    *failures, summary = fuzz.run(count)
    assert failures == []
    read = int(summary.split(":")[1].split()[0])
    assert read >= count / 3, "mutations that leave nothing to read test nothing"
