"""Answer one question from a saved index and end: what a rival does where we have ``kg search``.

``python -m bench.performance.first_answer NAME FOLDER QUESTION``
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.performance.contenders import contender


def main() -> None:
    name, folder, question = sys.argv[1:]
    one = contender(name)
    one.load(Path(folder))
    print(one.ask(question))


if __name__ == "__main__":
    main()
