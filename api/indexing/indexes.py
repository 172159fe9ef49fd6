"""The indexes of a build, dense and lexical, by the view they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.errors import WorkspaceError
from api.indexing.passages import DENSE, LEXICAL
from embeddings.errors import IndexMismatch
from embeddings.lexical import LexicalIndex
from embeddings.vectors import VectorIndex


@dataclass(frozen=True)
class Indexes:
    """Dense and lexical indexes by the view they are of; see :mod:`api.indexing.passages`."""

    dense: Mapping[str, VectorIndex]
    lexical: Mapping[str, LexicalIndex]


def read_indexes(folder: Path, fingerprint: str) -> Indexes:
    """The indexes of a build, refused where another encoder made them."""
    try:
        return Indexes(
            {
                name: VectorIndex.load(folder / f"{name}.dense", expected_fingerprint=fingerprint)
                for name in DENSE
            },
            {name: LexicalIndex.load(folder / f"{name}.lexical") for name in LEXICAL},
        )
    except IndexMismatch as error:
        reason = str(error).rstrip("。")
        raise WorkspaceError(
            f"{reason}；可运行 kg ingest --rebuild 重新生成，或改用生成时的 --model。"
        ) from None
