"""Folders that are either whole or refused.

A sealed folder is filled aside, in a sibling folder, gets a manifest with the checksum of
every file as its last file, and is renamed into place. A reader believes only a folder whose
manifest is intact and whose files match it.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from embeddings.errors import IndexMismatch
from embeddings.files import sync

MANIFEST = "manifest.json"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_sealed(folder: Path, kind: str, meta: Mapping[str, Any], fill: Callable[[Path], None]) -> None:
    """Replace ``folder`` with what ``fill`` writes, sealed.

    Args:
        folder: where it will stand. The whole folder belongs to the seal: what an earlier
            seal left there is removed.
        kind: what the folder holds; :func:`read_sealed` asks for the same word.
        meta: JSON-able facts that the reader gets back.
        fill: writes the files into the folder it is given.

    Raises:
        FileExistsError: ``folder`` holds files that no seal wrote.
        OSError: the disk refused.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise FileExistsError(f"{folder} 中有其他文件，请换一个空目录。")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = _sibling(folder)
    aside.mkdir()
    try:
        fill(aside)
        _write_manifest(aside, kind, meta)
        _move_into_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def read_sealed(folder: Path, kind: str) -> dict[str, Any]:
    """Check a sealed folder and give back its ``meta``.

    Every file is read once (about a second a gigabyte): sizes and times alone would let a
    damaged disk or an interrupted copy pass.

    Raises:
        IndexMismatch: there is no such folder, it is of another kind, or something in it
            isn't what was sealed.
    """
    manifest = check_sealed(folder)
    if manifest["kind"] != kind:
        raise IndexMismatch(f"{folder} 的内容不完整或已被改动，请重新构建。")
    meta: dict[str, Any] = manifest["meta"]
    return meta


def check_sealed(folder: Path) -> dict[str, Any]:
    """Check a sealed folder of whatever kind and give back its manifest.

    Raises:
        IndexMismatch: as :func:`read_sealed` does.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        seal = manifest.pop("seal")
        whole = seal == _seal_of(manifest) and {"kind", "meta"} <= manifest.keys()
        whole = whole and all(_matches(folder / n, f) for n, f in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexMismatch(f"{folder} 不存在或已损坏，请重新构建。") from error
    if not whole:
        raise IndexMismatch(f"{folder} 的内容不完整或已被改动，请重新构建。")
    return manifest


def clear_leftovers(folder: Path) -> None:
    """Remove what interrupted writers of ``folder`` left beside it.

    Call it only while no other process can be writing the same folder.
    """
    for leftover in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _sibling(folder: Path) -> Path:
    # The same file system as the target, so that the last step is a rename and not a copy.
    return folder.parent / f".{folder.name}.{uuid.uuid4().hex}"


def _write_manifest(folder: Path, kind: str, meta: Mapping[str, Any]) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest: dict[str, Any] = {
        "kind": kind,
        "meta": dict(meta),
        "files": {
            path.relative_to(folder).as_posix(): {
                "size": path.stat().st_size,
                "sha256": file_sha256(path),
            }
            for path in paths
        },
    }
    for path in paths:
        sync(path)
    manifest["seal"] = _seal_of(manifest)
    target = folder / MANIFEST
    target.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    sync(target)
    sync(folder)


def _seal_of(manifest: Mapping[str, Any]) -> str:
    canonical = json.dumps(manifest, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _matches(path: Path, facts: Mapping[str, Any]) -> bool:
    # The size first: it settles the common case, a truncated file, without reading it.
    if path.stat().st_size != facts["size"]:
        return False
    return bool(file_sha256(path) == facts["sha256"])


def _move_into_place(aside: Path, folder: Path) -> None:
    old = _sibling(folder)
    if folder.exists():
        folder.rename(old)
    aside.rename(folder)
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
