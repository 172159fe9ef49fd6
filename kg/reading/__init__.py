"""Format → text and cells. A new format needs a module here and a line in :func:`read_source`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from kg.reading import delimited, flattened
from kg.reading.cells import Cell, LineCounter, Source, trimmed
from kg.reading.decoding import MAX_BYTES, decode, read_bytes

__all__ = ["MAX_BYTES", "Cell", "Source", "read_bytes", "read_source"]

_TABLE_SUFFIXES = {".csv": ",", ".tsv": "\t"}


def read_source(data: bytes, name: str) -> Source:
    """Decode a file and cut it into cells.

    Args:
        data: its bytes, at most :data:`MAX_BYTES` of them where they come from :func:`read_bytes`.
        name: its name; the ending tells tables with delimiters, and messages quote it.

    Returns:
        The text and its cells in order: every visible character lies in exactly one cell, except the delimiters
        and quotes of a table file.

    Raises:
        UnreadableFile: the bytes are empty, binary or of an unknown encoding.
    """
    text = decode(data, name)
    delimiter = _TABLE_SUFFIXES.get(PurePath(name).suffix.lower())
    if delimiter:
        cells: Iterator[Cell] = delimited.read_cells(text, delimiter)
    elif delimited.has_tabbed_rows(text):
        cells = delimited.read_cells(text, "\t")
    elif flattened.has_cells(text):
        cells = flattened.read_cells(text)
    else:
        cells = _lines(text)
    return Source(name, text, tuple(cells))


def _lines(text: str) -> Iterator[Cell]:
    counter, start = LineCounter(text), 0
    for line in text.split("\n"):
        first, last = trimmed(text, start, start + len(line))
        if last > first:
            yield Cell(text[first:last], first, last, counter.at(first), "line")
        start += len(line) + 1
