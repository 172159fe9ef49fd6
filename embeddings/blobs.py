"""Bytes by key in one file that is added to in place: what can be made again, kept between runs."""

import os
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

#: Seconds that one process waits for another to finish writing.
_PATIENCE: Final = 30.0
#: Keys asked for in one statement; SQLite allows 999 in its oldest versions.
_AT_ONCE: Final = 500
_CHECK: Final = 4
#: The part of an SQLite error code that tells its kind, and the kinds that no new file would mend.
_PRIMARY: Final = 0xFF
_REFUSALS: Final = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}


class BlobCache:
    """A table of an SQLite file (https://sqlite.org/fileformat.html), shared between threads and processes.

    A file that is damaged counts as empty and is replaced, a value that is damaged as missing: every value
    carries its CRC-32. Nothing is opened before it is needed, and nothing stays open.
    """

    def __init__(self, path: Path, table: str) -> None:
        self.path = path
        self._table = table

    def __len__(self) -> int:
        return len(self.keys())

    def keys(self) -> set[bytes]:
        """The keys there are, of damaged values too."""
        rows = self._read(f"SELECT key FROM {self._table}", ())
        return {key for (key,) in rows}

    def get_many(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that have one."""
        found: dict[bytes, bytes] = {}
        for part in _parts(keys):
            marks = ",".join("?" * len(part))
            rows = self._read(f"SELECT key, value FROM {self._table} WHERE key IN ({marks})", part)
            found.update((key, value) for key, value in rows)
        return {key: value[_CHECK:] for key, value in found.items() if _whole(value)}

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values under their keys, all of them or none.

        Raises:
            OSError: the disk refused; what was there still is.
        """
        rows = [(key, zlib.crc32(value).to_bytes(_CHECK, "big") + value) for key, value in values.items()]
        self._write(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", rows)

    def remove(self, keys: Collection[bytes]) -> None:
        """Forget some keys, overwriting their bytes.

        Raises:
            OSError: the disk refused.
        """
        self._write(f"DELETE FROM {self._table} WHERE key = ?", [(key,) for key in keys])

    def _read(self, statement: str, values: Collection[bytes]) -> list[tuple[bytes, ...]]:
        if not self.path.exists():
            return []
        try:
            with self._opened() as database:
                rows = database.execute(statement, tuple(values)).fetchall()
                return [tuple(map(_bytes, row)) for row in rows]
        except (sqlite3.Error, TypeError, ValueError):
            return []

    def _write(self, statement: str, rows: Sequence[tuple[bytes, ...]]) -> None:
        if not rows:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._run(statement, rows)
        except (sqlite3.Error, ValueError) as error:
            if self._refused(error):
                raise OSError(str(error)) from error
            self.path.unlink(missing_ok=True)
            try:
                self._run(statement, rows)
            except sqlite3.Error as again:
                raise OSError(str(again)) from again

    def _refused(self, error: Exception) -> bool:
        """Whether the disk, or another process, refused; anything else is the file's own damage."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _PRIMARY
        if code == sqlite3.SQLITE_READONLY:
            # A damaged header claims that too.
            return not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK))
        return code in _REFUSALS

    def _run(self, statement: str, rows: Sequence[tuple[bytes, ...]]) -> None:
        with self._opened() as database, database:
            database.executemany(statement, rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as database:
            # What is deleted may have been deleted because nobody may read it any more.
            database.execute("PRAGMA secure_delete = ON")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(
                f"CREATE TABLE IF NOT EXISTS {self._table} (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
            yield database


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("a damaged file holds something else than bytes")
    return value


def _parts(keys: Collection[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _whole(value: bytes) -> bool:
    return len(value) >= _CHECK and zlib.crc32(value[_CHECK:]).to_bytes(_CHECK, "big") == value[:_CHECK]
