"""A process that is killed at any moment of its work leaves a whole workspace behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.api.support import FACTORY, OTHER, STATIONS, plan, write
from tests.api.test_incremental import files, from_nothing, records, service_over
from tests.conftest import SAMPLE

WORKING = """
import sys
from pathlib import Path
from tests.api.test_incremental import service_over

folder = Path(sys.argv[1])
kg = service_over(folder / "workspace")
texts = sorted(folder.glob("*.txt"))
print("ready", flush=True)
while True:
    for text in texts:
        kg.ingest([text])
        decision = kg.curator.add_alias("海尔", f"海尔{text.stem}", "w")["decision"]["id"]
        kg.curator.undo(decision, "w")
    for document in ("other", "stations"):
        kg.remove(document)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path, seed: int) -> None:
    texts = {"factory": plan(FACTORY), "other": OTHER, "stations": plan(STATIONS)}
    for name, text in texts.items():
        write(tmp_path / f"{name}.txt", text)
    workspace = tmp_path / "workspace"
    service_over(workspace).ingest([tmp_path / "factory.txt"])
    with subprocess.Popen(
        [sys.executable, "-c", WORKING, str(tmp_path)], cwd=SAMPLE.parent.parent, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(random.Random(seed).uniform(0.1, 3))
        os.kill(process.pid, signal.SIGKILL)
    after = service_over(workspace)
    published = records(after)
    # What was decided last may not have been built yet; the next change builds it.
    after.ingest([tmp_path / "factory.txt"])
    assert records(after)["build"] == records(service_over(workspace))["build"]
    fresh = from_nothing(workspace, tmp_path / "fresh")
    assert records(after) == records(fresh)
    assert files(after) == files(fresh)
    assert published["plans"]
