"""How far two ways to encode agree, on a fixed set of Chinese texts (``data/check.json``)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.prompts import passage_prompt, query_prompt

FloatArray = npt.NDArray[np.float32]

_TEXTS: Final = Path(__file__).parent / "data" / "check.json"
#: The cosine that the least similar pair of vectors must reach.
LOWEST: Final = 0.995
_NEAREST: Final = 10


class Compared(Protocol):
    """A way to encode: the prompts of its model, and vectors of texts."""

    @property
    def prompts(self) -> Mapping[str, str]: ...
    def vectors(self, texts: Sequence[str], prompt: str, /) -> FloatArray: ...


@dataclass(frozen=True)
class CheckTexts:
    """The fixed set."""

    passages: list[str]
    questions: list[str]


@dataclass(frozen=True)
class Agreement:
    """How near vectors are to the reference's.

    ``lowest`` and ``mean`` are cosines over all texts; ``overlap`` is the mean share, from 0 to 1, of the ten
    passages nearest to a question that are the same ten.
    """

    lowest: float
    mean: float
    overlap: float

    @property
    def enough(self) -> bool:
        """Whether the vectors may stand for the reference's."""
        return self.lowest >= LOWEST


@cache
def check_texts() -> CheckTexts:
    """The texts of ``data/check.json``."""
    told = json.loads(_TEXTS.read_text(encoding="utf-8"))
    return CheckTexts(told["passages"], told["questions"])


def vectors_of(compared: Compared) -> FloatArray:
    """Vectors of all passages, then of all questions of the fixed set, shape (passages + questions, d)."""
    texts, prompts = check_texts(), compared.prompts
    passages = compared.vectors(texts.passages, passage_prompt(prompts))
    return np.concatenate([passages, compared.vectors(texts.questions, query_prompt(prompts))])


def agreement(ours: FloatArray, reference: FloatArray) -> Agreement:
    """Compare two results of :func:`vectors_of`. What is no vector of numbers agrees with nothing."""
    if ours.shape != reference.shape or not np.isfinite(ours).all():
        return Agreement(-1.0, -1.0, 0.0)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(reference, axis=1)
    cosines = np.einsum("nd,nd->n", ours, reference) / np.maximum(lengths, np.finfo(np.float32).tiny)
    shared = [
        len(set(a) & set(b)) / _NEAREST for a, b in zip(_nearest(ours), _nearest(reference), strict=True)
    ]
    return Agreement(float(cosines.min()), float(cosines.mean()), float(np.mean(shared)))


def _nearest(vectors: FloatArray) -> list[list[int]]:
    """For every question the places of the passages nearest to it."""
    count = len(check_texts().passages)
    order = np.argsort(-(vectors[count:] @ vectors[:count].T), axis=1, kind="stable")
    nearest: list[list[int]] = order[:, :_NEAREST].tolist()
    return nearest
