"""Nearest ids by BM25, over tokens that the caller chose."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bm25s  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

from embeddings.errors import IndexMismatch
from embeddings.sealed import read_sealed, write_sealed

FloatArray = npt.NDArray[np.float32]

#: How soon a repeated token stops counting, and how much long texts are held back.
K1: Final = 1.5
B: Final = 0.75

_KIND: Final = "lexical index"
_IDS: Final = "ids.json"
_BM25: Final = "bm25"


@dataclass(frozen=True)
class LexicalIndex:
    """Ids beside a BM25 index that knows only positions.

    Make one with :meth:`build` or :meth:`load`. ``backend`` is ``None`` where no text has a
    token. A token is counted as it is given: spelling, case and splitting are the caller's.

    The score of a text is, over the tokens of the query (one that is repeated counts as
    often), ``ln(1 + (N - n + 0.5) / (n + 0.5)) * f / (f + K1 * (1 - B + B * length / mean))``
    with N texts, n of them holding the token, f times in this one. Source: Robertson and
    Zaragoza, "The Probabilistic Relevance Framework", 2009, in Lucene's variant.
    """

    ids: tuple[str, ...]
    backend: Any

    @classmethod
    def build(cls, ids: Sequence[str], token_lists: Sequence[Sequence[str]]) -> "LexicalIndex":
        """Index one list of tokens for each id. Lists may be empty, as may the whole corpus.

        Raises:
            ValueError: the numbers differ, or an id comes twice.
        """
        if len(ids) != len(token_lists):
            raise ValueError(f"{len(ids)} ids don't fit {len(token_lists)} lists of tokens")
        if len(set(ids)) != len(ids):
            raise ValueError("ids must differ")
        return cls(tuple(ids), _index(token_lists))

    def __len__(self) -> int:
        return len(self.ids)

    def holds(self, token: str) -> bool:
        """Whether any text has the token."""
        return self.backend is not None and token in self.backend.vocab_dict

    def scores(self, tokens: Sequence[str]) -> FloatArray:
        """The score, at least 0, of every id: shape (len(self),), in the order of ``ids``.

        Tokens that no text holds contribute nothing.
        """
        known = [] if self.backend is None else self.backend.get_tokens_ids(list(tokens))
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: FloatArray = self.backend.get_scores_from_ids(known)
        return scores

    def save(self, folder: Path) -> None:
        """Write the index to ``folder``, replacing an earlier one whole.

        Raises:
            FileExistsError: ``folder`` holds files that aren't an index.
            OSError: the disk refused.
        """
        write_sealed(folder, _KIND, {"count": len(self)}, self._fill)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what :meth:`save` wrote.

        Raises:
            IndexMismatch: the folder is missing, unfinished or damaged.
        """
        read_sealed(folder, _KIND)
        try:
            ids = tuple(json.loads((folder / _IDS).read_text(encoding="utf-8")))
            saved = folder / _BM25
            backend = bm25s.BM25.load(saved, show_progress=False) if saved.exists() else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexMismatch(f"全文索引 {folder} 已损坏，请重新构建。") from error
        return cls(ids, backend)

    def _fill(self, folder: Path) -> None:
        (folder / _IDS).write_text(json.dumps(self.ids, ensure_ascii=False), encoding="utf-8")
        if self.backend is not None:
            self.backend.save(folder / _BM25, show_progress=False)


def _index(token_lists: Sequence[Sequence[str]]) -> Any:
    # Numbered in order of appearance: bm25s itself would number them in the order of a set,
    # which changes from run to run and with it the saved files.
    vocabulary: dict[str, int] = {}
    numbered = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens] for tokens in token_lists]
    if not vocabulary:
        return None
    backend = bm25s.BM25(method="lucene", k1=K1, b=B)
    # Its own empty token would have a number but no scores, and raise when asked for.
    backend.index((numbered, vocabulary), create_empty_token=False, show_progress=False)
    return backend
