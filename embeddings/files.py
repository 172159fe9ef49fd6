"""Files that are replaced whole: a reader finds the version before or the version after, never a part."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """A path to write to in a ``with`` block; when the block ends well, what was written becomes ``path``.

    Args:
        path: the file to replace; its folder must exist. An earlier file stands until the end, and for good where
            the block raises.
        durable: have the system write the file, and its folder's list of names, to the disk before going on.

    Raises:
        OSError: the disk refused.
    """
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield aside
        if durable:
            sync(aside)
        os.replace(aside, path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    if durable:
        # The file is replaced: a file system that cannot sync a folder does not make that undone.
        with suppress(OSError):
            sync(path.parent)


def sync(path: Path) -> None:
    """Have the system write a file, or a folder's list of names, to the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
