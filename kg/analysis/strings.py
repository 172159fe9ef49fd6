"""Many strings in two arrays, which may stay on the disk: by place, and by their own text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

Bounds = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Strings(Sequence[str]):
    """String ``n`` is the UTF-8 of ``data[bounds[n] : bounds[n + 1]]``."""

    bounds: Bounds
    data: Bytes

    @staticmethod
    def of(values: Iterable[str]) -> Strings:
        """Some strings; half a surrogate pair, which no UTF-8 has, is kept."""
        encoded = [value.encode("utf-8", "surrogatepass") for value in values]
        bounds = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(value) for value in encoded], out=bounds[1:])
        return Strings(bounds, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    @staticmethod
    def joined(parts: Sequence[Strings]) -> Strings:
        """The strings of several, one after another."""
        if not parts:
            return Strings.of(())
        sizes = np.concatenate([np.diff(part.bounds) for part in parts])
        bounds = np.zeros(len(sizes) + 1, dtype=np.int64)
        np.cumsum(sizes, out=bounds[1:])
        return Strings(bounds, np.concatenate([part.data for part in parts]))

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[place] for place in range(*at.indices(len(self))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at = at % len(self)
        return self.encoded(at).decode("utf-8", "surrogatepass")

    def encoded(self, at: int) -> bytes:
        """The UTF-8 of a string."""
        return self.data[self.bounds[at] : self.bounds[at + 1]].tobytes()

    def __iter__(self) -> Iterator[str]:
        data = self.data.tobytes()
        for start, end in pairwise(self.bounds.tolist()):
            yield data[start:end].decode("utf-8", "surrogatepass")


@dataclass(frozen=True, eq=False)
class StringPlaces(Mapping[str, int]):
    """The places of strings that all differ, by a hash of their text: as cheap to open as an array.

    ``hashes`` ascend, ``order`` are the places of the strings in that order.
    """

    strings: Strings
    hashes: Hashes
    order: Places

    @staticmethod
    def of(strings: Strings, hashes: Hashes | None = None) -> StringPlaces:
        """The places of some strings, whose :func:`hashes_of` may be given."""
        every = hashes_of(strings) if hashes is None else hashes
        order = np.argsort(every, kind="stable").astype(np.int32)
        return StringPlaces(strings, every[order], order)

    def __getitem__(self, key: str) -> int:
        for place in self._like(key):
            if self.strings[place] == key:
                return place
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.strings)

    def __len__(self) -> int:
        return len(self.strings)

    def find(self, keys: Sequence[str]) -> Places:
        """The places of many strings at once, -1 for those that are not there."""
        found = np.full(len(keys), -1, dtype=np.int32)
        if not len(self) or not keys:
            return found
        wanted = hashes_of(keys)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self) - 1)
        for place in np.flatnonzero(self.hashes[at] == wanted).tolist():
            first = int(self.order[at[place]])
            same = self.strings[first] == keys[place]
            found[place] = first if same else self.get(keys[place], -1)
        return found

    def _like(self, key: str) -> list[int]:
        """The places of all strings of the same hash."""
        (wanted,) = hashes_of((key,))
        start, end = (
            np.searchsorted(self.hashes, wanted, "left"),
            np.searchsorted(self.hashes, wanted, "right"),
        )
        places: list[int] = self.order[start:end].tolist()
        return places


def hashes_of(strings: Iterable[str]) -> Hashes:
    """A hash of 64 bits of every string (BLAKE2b)."""
    digests = (_digest(string.encode("utf-8", "surrogatepass")) for string in strings)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _digest(encoded: bytes) -> bytes:
    return blake2b(encoded, digest_size=8).digest()
