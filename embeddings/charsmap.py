"""A character map in the form that ``tokenizers.normalizers.Precompiled`` reads.

The form is SentencePiece's: a u32 byte length, a double-array trie of u32 units over the
UTF-8 bytes of the keys, then the replacements, each ended by a zero byte. A unit is either

* inner: bits 0-7 the byte that leads here, bit 8 whether a key ends here, bits 10-30 the
  distance to its children (``child = own ^ distance ^ byte``), or
* a value: bit 31 set, bits 0-30 the replacement's offset; it is the child under byte 0.

Source: the darts-clone library and the ``spm_precompiled`` crate of ``tokenizers``.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_HAS_VALUE = 1 << 8
_IS_VALUE = 1 << 31
_DISTANCE_SHIFT = 10
_MAX_UNITS = 1 << 21
_PAGE = 256


@dataclass
class _Node:
    children: dict[int, "_Node"] = field(default_factory=dict)
    value: int | None = None


def compile_charsmap(table: Mapping[str, str]) -> bytes:
    """Compile ``table`` (text to its replacement) to SentencePiece's binary form.

    Raises:
        ValueError: a key is empty, or a key or replacement holds U+0000, which the form uses
            as its end mark; or there are too many keys.
    """
    root = _Node()
    blob = bytearray()
    for key, replacement in sorted(table.items()):
        if not key or "\0" in key + replacement:
            raise ValueError(f"can't be compiled: {key!r} -> {replacement!r}")
        _insert(root, key.encode(), len(blob))
        blob += replacement.encode() + b"\0"
    units = _lay_out(root)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(blob)


def _insert(root: _Node, key: bytes, value: int) -> None:
    node = root
    for byte in key:
        node = node.children.setdefault(byte, _Node())
    node.value = value


def _lay_out(root: _Node) -> list[int]:
    """Units for a trie. No two nodes may share a base, or one could be taken for the other.

    A node with children gets a page of its own, which wastes space and saves the search for
    a gap; nodes without children, by far the most, need one unit each.
    """
    units = [0] * _PAGE
    leaf_bases = _singles(units)
    pending = [(0, 0, root)]
    while pending:
        position, label, node = pending.pop()
        base = _new_page(units) if node.children else next(leaf_bases)
        has_value = 0 if node.value is None else _HAS_VALUE
        units[position] = (position ^ base) << _DISTANCE_SHIFT | has_value | label
        if node.value is not None:
            units[base] = _IS_VALUE | node.value
        pending.extend((base ^ byte, byte, child) for byte, child in node.children.items())
    return units


def _new_page(units: list[int]) -> int:
    # Whole pages also keep ``base ^ byte`` inside the array, where readers don't check it.
    if len(units) + _PAGE > _MAX_UNITS:
        raise ValueError("too many keys")
    units.extend([0] * _PAGE)
    return len(units) - _PAGE


def _singles(units: list[int]) -> Iterator[int]:
    while True:
        page = _new_page(units)
        yield from range(page, page + _PAGE)
