"""Folders that are either whole or refused.

A sealed folder is filled aside, in a sibling folder, gets a manifest with the checksum of
every file as its last file, and is renamed into place. A reader believes only a folder whose
manifest is intact and whose files match it.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from embeddings.errors import IndexMismatch
from embeddings.files import sync

MANIFEST = "manifest.json"
STAMPS = "stamps.json"
"""When the files of a folder were last changed, as they were when they were sealed; not sealed itself."""
_SMALL = 1 << 20
"""Files of more bytes are read again only where they have been touched since they were sealed."""


FileFacts = dict[str, Any]
"""What is known of a file that was sealed: its ``size`` in bytes, and its ``sha256``."""


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

    A file of up to 1 MB is read, and a larger one that was touched since it was sealed, or copied (about a second
    a gigabyte): so that a folder is opened in the same time whatever its size.

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
        stamps = read_stamps(folder)
        whole = whole and all(is_sealed(folder, n, f, stamps) for n, f in manifest["files"].items())
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
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    manifest: dict[str, Any] = {"kind": kind, "meta": dict(meta), "files": facts_of(folder, names)}
    for name in names:
        sync(folder / name)
    manifest["seal"] = _seal_of(manifest)
    target = folder / MANIFEST
    target.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    write_stamps(folder, names)
    sync(target)
    sync(folder)


def facts_of(folder: Path, names: Iterable[str]) -> dict[str, FileFacts]:
    """What a manifest says of some files: their size in bytes and their SHA-256."""
    return {
        name: {"size": (folder / name).stat().st_size, "sha256": file_sha256(folder / name)} for name in names
    }


def write_stamps(folder: Path, names: Iterable[str]) -> None:
    """Note when large files were last changed, in nanoseconds: they are as they should be just now."""
    stats = ((name, (folder / name).stat()) for name in names)
    stamps = {name: stat.st_mtime_ns for name, stat in stats if stat.st_size > _SMALL}
    if stamps:
        (folder / STAMPS).write_text(json.dumps(stamps), encoding="utf-8")


def read_stamps(folder: Path) -> Mapping[str, int]:
    """What :func:`write_stamps` noted; nothing where that is damaged."""
    try:
        stamps = json.loads((folder / STAMPS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def is_sealed(folder: Path, name: str, facts: FileFacts, stamps: Mapping[str, int]) -> bool:
    """Whether a file is as a manifest says.

    Raises:
        OSError: it is missing or cannot be read.
    """
    stat = (folder / name).stat()
    # The size first: it settles the common case, a truncated file, without reading it.
    if stat.st_size != facts["size"]:
        return False
    if stat.st_size > _SMALL and stamps.get(name) == stat.st_mtime_ns:
        return True
    return bool(file_sha256(folder / name) == facts["sha256"])


def _seal_of(manifest: Mapping[str, Any]) -> str:
    canonical = json.dumps(manifest, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _move_into_place(aside: Path, folder: Path) -> None:
    old = _sibling(folder)
    if folder.exists():
        folder.rename(old)
    aside.rename(folder)
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
