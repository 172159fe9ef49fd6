"""A sentence-transformers model as the files that :mod:`embeddings.onnx_encoder` runs, in a chosen precision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from embeddings.agreement import check_texts, vectors_of
from embeddings.network import trace
from embeddings.onnx_encoder import NETWORK, PIECES, SCALES, WORDS, WordTable, open_session
from embeddings.piece_tokenizer import PieceTokenizer, piece_model
from embeddings.prompts import passage_prompt, query_prompt
from embeddings.quiet import quiet
from embeddings.smoothing import smooth
from embeddings.transformer_encoder import load_transformer

FloatArray = npt.NDArray[np.float32]
Precision = Literal["int8", "int7", "float32"]

#: How the weights of the network may be kept, what is fastest first. Without VNNI instructions sums of products
#: of eight-bit numbers can overflow; of seven-bit weights they can't.
PRECISIONS: Final[tuple[Precision, ...]] = ("int8", "int7", "float32")
REFERENCE: Final = "reference.npy"
#: The files of an exported model; a network is written in each precision, the others are the same in all.
FILES: Final = (NETWORK, WORDS, SCALES, PIECES, REFERENCE)
_TRACED: Final = "traced.onnx"
_QUANTISED: Final = "quantised.onnx"
_STEPS: Final = 127
#: Tokens that a model reads which says nothing of it.
_WINDOW: Final = 512


@dataclass(frozen=True)
class Prepared:
    """What all precisions share, in ``folder``; ``reference`` is what the model itself makes of the check's texts.

    ``window`` is the number of tokens that a text is cut at.
    """

    folder: Path
    prompts: Mapping[str, str]
    window: int
    reference: FloatArray


def prepare(model_folder: Path, folder: Path) -> Prepared:
    """Write everything but the network's precision: word table, tokenizer, traced network, reference vectors.

    Args:
        model_folder: a sentence-transformers folder of a ``BertModel`` with mean pooling.
        folder: where to write; it exists.

    Raises:
        ModelError: the model can't be read.
        OSError: the disk refused.
    """
    backend = load_transformer(model_folder, model_folder.name)
    model, prompts = backend.model, dict(backend.prompts)
    reference = vectors_of(backend)
    np.save(folder / REFERENCE, reference)
    (folder / PIECES).write_bytes(piece_model(model.tokenizer.backend_tokenizer.to_str()))
    _write_words(model, folder)
    with quiet():
        trace(model, folder / _TRACED)
    prepared = Prepared(folder, prompts, int(model.max_seq_length or _WINDOW), reference)
    smooth(folder / _TRACED, _examples(prepared))
    return prepared


def write_network(folder: Path, precision: Precision) -> None:
    """Write the network of a prepared folder in some precision, optimised for any processor.

    Raises:
        OSError: the disk refused.
    """
    traced = folder / _TRACED
    if precision != "float32":
        _quantise(traced, folder / _QUANTISED, reduced=precision == "int7")
        traced = folder / _QUANTISED
    open_session(traced, optimised=folder / NETWORK)


def _examples(prepared: Prepared) -> Iterator[FloatArray]:
    """What the network reads of the texts of the check."""
    tokenizer = PieceTokenizer(prepared.folder / PIECES, prepared.window)
    table, texts = WordTable(prepared.folder), check_texts()
    passages = [passage_prompt(prepared.prompts) + text for text in texts.passages]
    questions = [query_prompt(prepared.prompts) + text for text in texts.questions]
    for text in passages + questions:
        yield table.rows(tokenizer.ids(text))


def _quantise(source: Path, target: Path, reduced: bool) -> None:
    """Weights in int8 with a scale for each channel; activations are scaled as they come."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        source,
        target,
        per_channel=True,
        reduce_range=reduced,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _write_words(model: Any, folder: Path) -> None:
    """The word table in int8, a scale for each row."""
    words = model[0].auto_model.get_input_embeddings().weight.detach().numpy()
    scales = np.abs(words).max(axis=1) / _STEPS
    scales[scales == 0] = 1
    np.save(folder / WORDS, np.rint(words / scales[:, None]).astype(np.int8))
    np.save(folder / SCALES, scales.astype(np.float32))
