"""Which texts say the words of a query, by BM25, over tokens that the caller chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from embeddings.errors import IndexMismatch
from embeddings.postings import Hashes, Ints, Postings, TokenBlock, hashes, merged
from embeddings.sealed import read_sealed, write_sealed

FloatArray = npt.NDArray[np.float32]

#: How soon a repeated token stops counting, and how much long texts are held back.
K1: Final = 1.5
B: Final = 0.75

_KIND: Final = "lexical index"
_ARRAYS: Final = {"tokens": np.uint64, "starts": np.int64, "texts": np.int32, "weights": np.float32}


@dataclass(frozen=True)
class LexicalIndex:
    """What every token is worth to every text that holds it, by token.

    Make one with :meth:`build`, :meth:`of` or :meth:`load`; a loaded one reads from the disk what a query needs, and
    processes share it. A token is counted as it is given: spelling, case and splitting are the caller's. Texts are
    known by their place. Reading is safe from several threads.

    The score of a text is, over the tokens of the query (one that is repeated counts as often), the sum of
    :func:`bm25`. ``tokens`` are hashes in ascending order; what token ``c`` is worth to ``texts[starts[c]:starts[c +
    1]]`` stands at the same places of ``weights``. ``count`` is the number of texts.
    """

    count: int
    tokens: Hashes
    starts: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int32]
    weights: FloatArray

    @classmethod
    def build(cls, token_lists: Sequence[Sequence[str]]) -> Self:
        """Index one list of tokens for each text. Lists may be empty, as may the whole corpus."""
        return cls.of([TokenBlock.of(token_lists)])

    @classmethod
    def of(cls, blocks: Sequence[TokenBlock], rows: Ints | None = None) -> Self:
        """Index the texts of blocks; equal blocks give equal files.

        Args:
            blocks: one after another, as they were made.
            rows: which of their texts comes first, second …, counted through; ``None`` leaves them as they come.
        """
        postings = merged(blocks, rows)
        count = len(postings.lengths)
        return cls(count, postings.tokens, postings.starts, postings.texts, bm25(postings))

    def __len__(self) -> int:
        return self.count

    def holds(self, token: str) -> bool:
        """Whether any text has the token."""
        return bool(self._columns([token])[0] >= 0)

    def holding(self, tokens: Sequence[str]) -> npt.NDArray[np.int32]:
        """The places of the texts that have all the tokens, ascending; all texts where no token is given."""
        columns = self._columns(tokens)
        if not len(columns):
            return np.arange(len(self), dtype=np.int32)
        if (columns < 0).any():
            return np.empty(0, dtype=np.int32)
        rare, *others = sorted((self._holders(int(column)) for column in columns), key=len)
        for holders in others:
            having = np.zeros(len(self), dtype=bool)
            having[holders] = True
            rare = rare[having[rare]]
        return np.sort(rare)

    def scores(self, tokens: Sequence[str], worth: Sequence[float] | None = None) -> FloatArray:
        """The score, at least 0, of every text: shape (len(self),).

        Tokens that no text holds contribute nothing. ``worth``, where it is given, says how much each token counts.
        """
        columns = self._columns(tokens)
        worths = np.ones(len(columns)) if worth is None else np.asarray(worth)
        held = [
            (slice(self.starts[column], self.starts[column + 1]), counts)
            for column, counts in zip(columns.tolist(), worths.tolist(), strict=True)
            if column >= 0
        ]
        if not held:
            return np.zeros(len(self), dtype=np.float32)
        texts = np.concatenate([self.texts[places] for places, _ in held])
        weights = np.concatenate([self.weights[places] * counts for places, counts in held])
        return np.bincount(texts, weights, minlength=len(self)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the index to ``folder``, replacing an earlier one whole.

        Raises:
            FileExistsError: ``folder`` holds files that aren't an index.
            OSError: the disk refused.
        """
        write_sealed(folder, _KIND, {"count": len(self)}, self._fill)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what :meth:`save` wrote.

        Raises:
            IndexMismatch: the folder is missing, unfinished or damaged.
        """
        meta = read_sealed(folder, _KIND)
        try:
            arrays = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
            index = cls(int(meta["count"]), **arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise IndexMismatch(f"全文索引 {folder} 已损坏，请重新构建。") from error
        if not index._consistent():
            raise IndexMismatch(f"全文索引 {folder} 的内容互相矛盾，请重新构建。")
        return index

    def _fill(self, folder: Path) -> None:
        for name, kind in _ARRAYS.items():
            np.save(folder / f"{name}.npy", np.asarray(getattr(self, name), dtype=kind))

    def _consistent(self) -> bool:
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        kinds = all(array.dtype == _ARRAYS[name] and array.ndim == 1 for name, array in arrays.items())
        return (
            kinds
            and len(self.starts) == len(self.tokens) + 1
            and len(self.texts) == len(self.weights) == int(self.starts[-1])
        )

    def _columns(self, tokens: Sequence[str]) -> npt.NDArray[np.int64]:
        """The column of every token, -1 for those that no text holds."""
        wanted = hashes(tokens)
        columns = np.searchsorted(self.tokens, wanted)
        inside = columns < len(self.tokens)
        known = np.zeros(len(wanted), dtype=bool)
        known[inside] = self.tokens[columns[inside]] == wanted[inside]
        return np.where(known, columns, -1)

    def _holders(self, column: int) -> npt.NDArray[np.int32]:
        return self.texts[self.starts[column] : self.starts[column + 1]]


def bm25(postings: Postings) -> FloatArray:
    """What each posting is worth, in the order of the postings.

    ``ln(1 + (N - n + 0.5) / (n + 0.5)) * f / (f + K1 * (1 - B + B * length / mean))`` with N texts, n of them holding
    the token, f times in this one. Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, in
    Lucene's variant, which ``bm25s`` has as ``method="lucene"``.
    """
    holders = np.diff(postings.starts)
    rarity = np.log1p((len(postings.lengths) - holders + 0.5) / (holders + 0.5)).astype(np.float32)
    mean = max(1, int(postings.lengths.sum(dtype=np.int64))) / max(1, len(postings.lengths))
    length = (K1 * (1 - B + B * postings.lengths / mean)).astype(np.float32)
    counts = postings.counts.astype(np.float32)
    weights: FloatArray = np.repeat(rarity, holders) * (counts / (counts + length[postings.texts]))
    return weights


def _mapped(path: Path) -> npt.NDArray[Any]:
    # A plain array over the mapped pages: slices of a memmap cost more than what is sliced.
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array
