"""One operation of ours in this process: cold from the start of the process, then warm; and its memory.

``python -m bench.performance.operation FOLDER OPERATION STARTED``: the arguments come as JSON by stdin, ``STARTED``
is the machine's monotonic clock when the process was asked for.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from bench.performance.memory import held_by


def main() -> None:
    folder, name, started = sys.argv[1:]
    arguments = json.load(sys.stdin)
    from api import open_workspace

    operation = getattr(open_workspace(folder), name)
    operation(arguments[0])
    told: dict[str, Any] = {"cold": time.monotonic() - float(started), "memory": held_by([os.getpid()])}
    told["warm"] = []
    for argument in arguments[1:]:
        before = time.perf_counter()
        operation(argument)
        told["warm"].append(time.perf_counter() - before)
    told["warm_memory"] = held_by([os.getpid()])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
