"""Knowledge of the field: TOML and SKOS files that a user can edit, read once and passed along.

The files live in ``kg/data``. A folder of the user's own may hold files of the same names, which
*add* to them: lists are joined, tables merged, and an entry of the user's wins over one of ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.errors import KnowledgeFileError

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """A file of knowledge as it was when it was read; ``layer`` is the place of its folder, ours first."""

    layer: int
    path: Path
    data: bytes
    digest: str
    """SHA-256 of the data, in hexadecimal."""

    @staticmethod
    def read(layer: int, path: Path) -> KnowledgeFile:
        """Read a file. Raises :class:`kg.errors.KnowledgeFileError`."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise KnowledgeFileError(
                f"知识文件“{path}”无法读取（{error.strerror}），请检查该文件。"
            ) from None
        return KnowledgeFile(layer, path, data, sha256(data).hexdigest())


@dataclass(frozen=True)
class Knowledge:
    """The folders to read, ours first. All files are read together when one is first asked for."""

    folders: tuple[Path, ...] = (DATA,)

    def with_folder(self, folder: Path) -> Knowledge:
        """The same knowledge with a user's folder on top."""
        return Knowledge((*self.folders, folder))

    @cached_property
    def sources(self) -> tuple[KnowledgeFile, ...]:
        """Every TOML and Turtle file, ours first, each folder's in order of name.

        What is edited later changes nothing here: one piece of knowledge never answers in two ways.
        """
        paths = (
            (layer, path)
            for layer, folder in enumerate(self.folders)
            for path in sorted([*folder.glob("*.toml"), *folder.glob("*.ttl")])
            # Editors leave hidden files beside the one that is being edited.
            if not path.name.startswith(".")
        )
        return tuple(KnowledgeFile.read(layer, path) for layer, path in paths)

    def files(self, pattern: str) -> list[KnowledgeFile]:
        """The files whose names match ``pattern``, in the order of ``sources``."""
        return [file for file in self.sources if fnmatchcase(file.path.name, pattern)]

    def digest(self, *patterns: str) -> str:
        """SHA-256 in hexadecimal over the files that match one of some patterns; all files where none are given."""
        parts = [
            f"{file.layer} {file.path.name} {file.digest}"
            for file in self.sources
            if not patterns or any(fnmatchcase(file.path.name, pattern) for pattern in patterns)
        ]
        return sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """How plans are laid out and dated: ``plan.toml``."""
        return self.table("plan.toml")

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """How names are built: ``names.toml``."""
        return self.table("names.toml")

    @cached_property
    def quantities(self) -> Mapping[str, Any]:
        """How targets are written: ``quantities.toml``."""
        return self.table("quantities.toml")

    @cached_property
    def gazetteer(self) -> Mapping[str, Any]:
        """Known names by type, and their aliases: ``gazetteer.toml``."""
        return self.table("gazetteer.toml")

    @cached_property
    def relations(self) -> Mapping[str, Any]:
        """How facts are worded: ``relations.toml``."""
        return self.table("relations.toml")

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """What things are called: ``types``, ``measures`` and ``certainties`` of ``labels.toml``.

        ``relations`` are those of ``relations.toml``, where they stand beside the rules.
        """
        return {**self.table("labels.toml"), "relations": self.relations["labels"]}

    @cached_property
    def impact(self) -> Mapping[str, Any]:
        """How a slip spreads: ``impact.toml``."""
        return self.table("impact.toml")

    @cached_property
    def thesaurus(self) -> Mapping[str, Any]:
        """Everyday words and what plans write for them: ``thesaurus.toml``."""
        return self.table("thesaurus.toml")

    def table(self, name: str) -> Mapping[str, Any]:
        """The file of that name from every folder, merged; empty where none has it.

        Raises :class:`kg.errors.KnowledgeFileError`.
        """
        merged: dict[str, Any] = {}
        for file in self.files(name):
            try:
                merged = _merge(merged, _read_toml(file))
            except TypeError as error:
                raise KnowledgeFileError(
                    f"知识文件“{file.path}”的 {error} 应是方括号中的列表，请改正后重试。"
                ) from None
        return merged


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of ``words`` as they are written, the longest first; to be put in a group."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _read_toml(file: KnowledgeFile) -> dict[str, Any]:
    try:
        return tomllib.loads(file.data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KnowledgeFileError(f"知识文件“{file.path}”无法解析（{error}），请改正后重试。") from None


def _merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """``theirs`` on top of ``ours``. Raises :class:`TypeError` naming a key of another kind than ours."""
    merged = dict(ours)
    lists = bool(ours) and all(isinstance(value, list) for value in ours.values())
    for key, value in theirs.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            merged[key] = [*known, *(entry for entry in value if entry not in known)]
        elif (lists and not isinstance(value, list)) or isinstance(known, (dict, list)):
            raise TypeError(key)
        else:
            merged[key] = value
    return merged
