"""A sentence-transformers BERT as an ONNX graph: from the rows of its word table to one unit vector a text."""

from pathlib import Path
from typing import Any, Final

from embeddings.onnx_encoder import INPUT

_OUTPUT: Final = "vectors"
_OPSET: Final = 17
_ATTENTION: Final = "workplan-plain"


def trace(model: Any, path: Path) -> None:
    """Write the graph of a model in float32, its attention and normalisation fused.

    Input ``words``: float32, shape (texts, tokens, d), rows of the word table, without padding. Output:
    float32, shape (texts, d), rows of length 1.

    Args:
        model: a ``SentenceTransformer`` of a ``BertModel`` and mean pooling; how it attends is set anew.
        path: the file to write.
    """
    import torch

    bert = model[0].auto_model.eval()
    _attend_plainly(bert)
    torch.onnx.export(
        _pooled(bert),
        (torch.zeros(2, 3, bert.config.hidden_size),),
        str(path),
        input_names=[INPUT],
        output_names=[_OUTPUT],
        dynamic_axes={INPUT: {0: "texts", 1: "tokens"}, _OUTPUT: {0: "texts"}},
        opset_version=_OPSET,
        # The exporter by tracing needs no further package, and its attention is known to the optimiser.
        dynamo=False,
    )
    _fuse(path, bert.config)


def _pooled(bert: Any) -> Any:
    """A module from rows of the word table to unit vectors: the model, then the mean over tokens."""
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, words: Any) -> Any:
            states = self.bert(inputs_embeds=words).last_hidden_state
            return torch.nn.functional.normalize(states.mean(dim=1), dim=1)

    return Pooled()


def _attend_plainly(bert: Any) -> None:
    """Have the model write its attention as the optimiser knows it: a quotient, a softmax, no mask."""
    from transformers import AttentionInterface

    AttentionInterface.register(_ATTENTION, _plain_attention)
    bert.set_attn_implementation(_ATTENTION)


def _plain_attention(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **_: Any
) -> tuple[Any, None]:
    """Softmax of the scaled products, times the values; shapes (texts, heads, tokens, size of a head)."""
    scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
    return (scores.softmax(dim=-1) @ value).transpose(1, 2).contiguous(), None


def _fuse(path: Path, config: Any) -> None:
    """Rewrite a graph with attention, normalisation and activation as one node each."""
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # The word table is no part of the graph.
    heads, size = config.num_attention_heads, config.hidden_size
    graph = optimize_model(
        str(path), "bert", num_heads=heads, hidden_size=size, optimization_options=options, opt_level=0
    )
    add_pre_process_metadata(graph.model)  # The quantiser warns of a graph that isn't optimised.
    graph.save_model_to_file(str(path))
