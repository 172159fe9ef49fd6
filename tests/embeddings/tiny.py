"""A complete weights file of a few kilobytes, written field by field from the layout."""

import struct
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, TYPES = 32, 1, 2, 64, 20, 64, 2
PIECES = (
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "推进",
    "推",
    "进",
    "建设",
    "a",
    "▁a",
    "1",
    "<mask>",
)
SCORES = (0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -5.0, -5.0, -3.0, -4.0, -3.5, -4.0, 0.0)
NORMALISATION = {"\t": " ", "\u3000": " ", "\x01": "", "①": "1", "Ａ": "a"}


def pack_q4(scale: float, nibbles: npt.NDArray[np.uint8]) -> bytes:
    """One block: 32 four-bit numbers and their float16 scale."""
    low, high = nibbles[:16], nibbles[16:]
    return struct.pack("<e", scale) + bytes((low | high << 4).astype(np.uint8))


def tiny_file(normalisation: Mapping[str, str] = NORMALISATION, drop: str = "", seed: int = 7) -> bytes:
    head = b"E5S1" + struct.pack("<I", 1)
    shape = (HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, TYPES)
    head += struct.pack("<7ifi", *shape, 1e-12, 32)
    head += _tokenizer() + _map(normalisation)
    tensors = {name: body for name, body in _tensors(seed).items() if name != drop}
    directory_size = 4 + sum(2 + len(name) + 21 for name in tensors)
    offset = len(head) + directory_size
    head += struct.pack("<i", len(tensors))
    for name, (dtype, count, raw) in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", dtype, count, offset, len(raw))
        offset += len(raw)
    return head + b"".join(raw for _, _, raw in tensors.values())


def _tokenizer() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0] + [len(piece) for piece in encoded])
    blob = b"".join(encoded)
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return head + offsets.astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes() + blob


def _map(normalisation: Mapping[str, str]) -> bytes:
    body = b"".join(
        struct.pack(f"<IB{len(new)}I", ord(old), len(new), *map(ord, new))
        for old, new in normalisation.items()
    )
    return struct.pack("<iI", len(normalisation), len(body)) + body


def _tensors(seed: int) -> dict[str, tuple[int, int, bytes]]:
    random = np.random.default_rng(seed)

    def floats(count: int) -> tuple[int, int, bytes]:
        return 0, count, random.normal(0, 0.3, count).astype("<f4").tobytes()

    def q4(count: int) -> tuple[int, int, bytes]:
        blocks = random.integers(0, 16, (count // 32, 32), dtype=np.uint8)
        return 1, count, b"".join(pack_q4(0.05, block) for block in blocks)

    tensors = {
        "emb.word": q4(VOCABULARY * HIDDEN),
        "emb.pos": floats(POSITIONS * HIDDEN),
        "emb.type": floats(TYPES * HIDDEN),
        "emb.ln.w": floats(HIDDEN),
        "emb.ln.b": floats(HIDDEN),
    }
    outputs = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": FEED_FORWARD}
    for name, out in (outputs | {"fo": HIDDEN}).items():
        inputs = FEED_FORWARD if name == "fo" else HIDDEN
        tensors[f"l0.{name}.w"] = q4(out * inputs)
        tensors[f"l0.{name}.b"] = floats(out)
    for name in ("aln", "oln"):
        tensors[f"l0.{name}.w"] = floats(HIDDEN)
        tensors[f"l0.{name}.b"] = floats(HIDDEN)
    return tensors
