"""A sentence-transformers BERT as an ONNX graph: from the rows of its word table to one unit vector a text."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from embeddings.onnx_encoder import INPUT

_OUTPUT: Final = "vectors"
_OPSET: Final = 17
_ATTENTION: Final = "workplan-plain"
#: How far the spread of a channel goes into the weights, between 0 (not at all) and 1 (all of it).
_SMOOTHING: Final = 0.75
_TINY: Final = 1e-5


def trace(model: Any, texts: Iterable[str], path: Path) -> None:
    """Write the graph of a model in float32, its attention and normalisation fused.

    Input ``words``: float32, shape (texts, tokens, d), rows of the word table, without padding. Output:
    float32, shape (texts, d), rows of length 1.

    Args:
        model: a ``SentenceTransformer`` of a ``BertModel`` and mean pooling. It is changed, and gives the same
            vectors afterwards.
        texts: what :func:`smooth` looks at.
        path: the file to write.
    """
    import torch

    bert = model[0].auto_model.eval()
    _attend_plainly(bert)
    smooth(model, bert, texts)
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


def smooth(model: Any, bert: Any, texts: Iterable[str]) -> None:
    """Even out the channels in front of the second feed-forward product of each layer, as SmoothQuant does.

    A few channels there are twenty times as large as the rest, and one scale for all leaves the rest few steps.
    They are divided by a factor, and the weights behind them multiplied by it (Xiao et al., "SmoothQuant:
    Accurate and Efficient Post-Training Quantization for Large Language Models", 2023). Factors are powers of
    two, so that no number is rounded and small differences of machines change none of them.
    """
    spreads = _spreads(model, {layer.output.dense: None for layer in bert.encoder.layer}, texts)
    for layer in bert.encoder.layer:
        layer.output.dense = _smoothed(layer.output.dense, spreads[layer.output.dense])


def _spreads(model: Any, products: Mapping[Any, Any], texts: Iterable[str]) -> dict[Any, Any]:
    """The largest input of each channel over some texts, by product."""
    import torch

    largest = {product: torch.zeros(product.in_features) for product in products}

    def note(product: Any, inputs: Any) -> None:
        seen = inputs[0].detach().abs().flatten(end_dim=-2).amax(dim=0)
        largest[product] = torch.maximum(largest[product], seen)

    hooks = [product.register_forward_pre_hook(note) for product in products]
    for text in texts:
        model.encode([text], prompt="", show_progress_bar=False)
    for hook in hooks:
        hook.remove()
    return largest


def _smoothed(product: Any, spread: Any) -> Any:
    """A product that divides its input by factors and has them in its weights."""
    import torch

    weights = product.weight.detach()
    reach = weights.abs().amax(dim=0).clamp(min=_TINY)
    factors = spread.clamp(min=_TINY) ** _SMOOTHING / reach ** (1 - _SMOOTHING)
    factors = 2 ** torch.round(torch.log2(factors / factors.median()))

    class Smoothed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inverse = torch.nn.Parameter(1 / factors)
            self.weight = torch.nn.Parameter(weights * factors)
            self.bias = product.bias

        def forward(self, rows: Any) -> Any:
            return torch.nn.functional.linear(rows * self.inverse, self.weight, self.bias)

    return Smoothed()


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
