"""Records ↔ JSON files of a build."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from api.errors import WorkspaceError

T = TypeVar("T")


def write_records(path: Path, records: Sequence[T], kind: type[T]) -> None:
    """One JSON array of records."""
    path.write_bytes(TypeAdapter(list[kind]).dump_json(list(records)))  # type: ignore[valid-type]


def read_records(path: Path, kind: type[T]) -> tuple[T, ...]:
    """The records of a file. Raises :class:`WorkspaceError` where it is missing or damaged."""
    try:
        return tuple(TypeAdapter(list[kind]).validate_json(path.read_bytes()))  # type: ignore[valid-type]
    except (OSError, ValidationError):
        raise WorkspaceError(
            f"工作区的构建文件“{path.name}”缺失或损坏，请运行 kg ingest --rebuild 重新生成。"
        ) from None
