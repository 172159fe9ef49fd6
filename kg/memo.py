"""What a stage made of a document, kept while its inputs stay the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

T = TypeVar("T")


class Memo:
    """One result for each stage and document: the latest, with the inputs that it was made from."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[tuple[object, ...], object]] = {}

    def keep(self, stage: str, document: str, inputs: tuple[object, ...], make: Callable[[], T]) -> T:
        """The result of a stage for a document, made anew where an input is another than before.

        Inputs are compared by identity first: records that are passed along unchanged cost nothing.
        """
        known = self._kept.get((stage, document))
        if known is None or not _same(known[0], inputs):
            known = self._kept[stage, document] = inputs, make()
        return known[1]  # type: ignore[return-value]

    def forget_all_but(self, documents: Collection[str]) -> None:
        """Let go of what was made of any other document."""
        self._kept = {key: value for key, value in self._kept.items() if key[1] in documents}


def _same(known: tuple[object, ...], inputs: tuple[object, ...]) -> bool:
    return all(a is b or a == b for a, b in zip(known, inputs, strict=True))
