"""Inputs evened out before quantisation, so that one scale for a whole text loses little.

In front of most products a few channels are many times as large as the rest, and one scale for all leaves the rest
few of its 255 steps. Each channel is divided by a factor, and the weights behind it are multiplied by it: the
spread moves into the weights, which have a scale for every output (Xiao et al., "SmoothQuant: Accurate and
Efficient Post-Training Quantization for Large Language Models", 2023). Factors are powers of two, so that no number
is rounded, and small differences between machines change none of them.

Behind an activation function single tokens stand out as well. There each token is divided by its largest number, and
the product multiplied by it again: a scale for every token.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from embeddings.onnx_encoder import INPUT, open_session

if TYPE_CHECKING:
    import onnx

FloatArray = npt.NDArray[np.float32]

#: How much of a channel's spread goes into the weights, between 0 (none) and 1 (all): of most inputs, and of those
#: whose tokens have scales of their own.
_STRENGTH: Final = 0.75
_STRENGTH_BEHIND_ACTIVATION: Final = 0.5
_TINY: Final = 1e-5
#: Nodes that multiply by weights, which are their second input, shape (channels, outputs).
_PRODUCTS: Final = ("MatMul", "Attention")
_ACTIVATIONS: Final = ("BiasGelu", "Gelu", "FastGelu")


def smooth(path: Path, examples: Iterable[FloatArray]) -> None:
    """Rewrite a graph so that it gives the same, from inputs of its products that are evened out.

    Args:
        path: a fused graph in float32, as :mod:`embeddings.network` writes it.
        examples: inputs of the graph, each of shape (1, tokens, d), at least one.

    Raises:
        OSError: the disk refused.
    """
    import onnx

    graph = onnx.load(str(path))
    spreads = _spreads(graph, path.with_suffix(".spreads.onnx"), examples)
    weights = {tensor.name: tensor for tensor in graph.graph.initializer}
    activated = {node.output[0] for node in graph.graph.node if node.op_type in _ACTIVATIONS}
    for product in list(_products(graph)):
        tensor, source = weights[product.input[1]], product.input[0]
        values = onnx.numpy_helper.to_array(tensor)
        strength = _STRENGTH_BEHIND_ACTIVATION if source in activated else _STRENGTH
        factors = factors_for(spreads[source], values, strength)
        tensor.CopyFrom(onnx.numpy_helper.from_array(values * factors[:, None], tensor.name))
        _divide_channels(graph, product, factors)
        if source in activated:
            _divide_tokens(graph, product)
    onnx.save(graph, str(path))


def factors_for(spread: FloatArray, weights: FloatArray, strength: float) -> FloatArray:
    """What to divide channels by: powers of two, shape (channels,), about as many above 1 as below.

    Args:
        spread: the largest input of each channel, shape (channels,).
        weights: shape (channels, outputs).
        strength: how much of the spread goes into the weights, from 0 to 1.
    """
    reach = np.maximum(np.abs(weights).max(axis=1), _TINY)
    wanted = np.maximum(spread, _TINY) ** strength / reach ** (1 - strength)
    factors: FloatArray = np.exp2(np.rint(np.log2(wanted / np.median(wanted)))).astype(np.float32)
    return factors


def _products(graph: "onnx.ModelProto") -> Iterator[Any]:
    weights = {tensor.name for tensor in graph.graph.initializer}
    for node in graph.graph.node:
        if node.op_type in _PRODUCTS and node.input[1] in weights:
            yield node


def _spreads(
    graph: "onnx.ModelProto", scratch: Path, examples: Iterable[FloatArray]
) -> dict[str, FloatArray]:
    """The largest input of each channel over all examples, by the name of the input."""
    import onnx

    names = list(dict.fromkeys(product.input[0] for product in _products(graph)))
    telling = onnx.ModelProto()
    telling.CopyFrom(graph)
    del telling.graph.output[:]
    telling.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    onnx.save(telling, str(scratch))
    session = open_session(scratch)
    largest: dict[str, FloatArray] = {}
    for example in examples:
        for name, values in zip(names, session.run(None, {INPUT: example}), strict=True):
            seen = np.abs(values).max(axis=(0, 1))
            largest[name] = np.maximum(largest.get(name, seen), seen)
    return largest


def _divide_channels(graph: "onnx.ModelProto", product: Any, factors: FloatArray) -> None:
    """Divide what a product reads by factors, shape (channels,)."""
    import onnx

    name = f"{product.name}/channels"
    graph.graph.initializer.append(onnx.numpy_helper.from_array(1 / factors, name))
    division = onnx.helper.make_node("Mul", [product.input[0], name], [f"{name}/output"], name=name)
    _insert(graph, product, [division], [])
    product.input[0] = division.output[0]


def _divide_tokens(graph: "onnx.ModelProto", product: Any) -> None:
    """Divide each token that a product reads by its largest number, and multiply what it gives by that again."""
    from onnx.helper import make_node

    name, source, target = f"{product.name}/tokens", product.input[0], product.output[0]
    sizes, scales, even, result = (f"{name}/{part}" for part in ("sizes", "scales", "even", "result"))
    before = [
        make_node("Abs", [source], [sizes], name=sizes),
        make_node("ReduceMax", [sizes], [scales], name=scales, axes=[-1], keepdims=1),
        make_node("Div", [source, scales], [even], name=even),
    ]
    _insert(graph, product, before, [make_node("Mul", [result, scales], [target], name=result)])
    product.input[0], product.output[0] = even, result


def _insert(graph: "onnx.ModelProto", product: Any, before: list[Any], behind: list[Any]) -> None:
    place = list(graph.graph.node).index(product)
    for node in reversed(behind):
        graph.graph.node.insert(place + 1, node)
    for node in reversed(before):
        graph.graph.node.insert(place, node)
