"""The encoder of all-MiniLM-L6-v2 as an ONNX graph over the weights in its safetensors file.

In full precision the graph holds no weights: each names its place in that file, which ONNX Runtime maps and repacks. A
linear layer's weight is stored transposed, as Gemm takes it, so rows of all texts pass through as one flat matrix of
tokens. `minilm_int8` builds the same encoder with linear layers in int8.

Shapes: `ids` [texts, tokens] int32, all texts of the same length, so that nothing is padded and no text's numbers
depend on another's; `vectors` [texts, 384] float32 of length 1.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

WIDTH = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
RUNTIME = "com.microsoft"
"""ONNX Runtime's own operators: whole attention in one step, Gelu, int8 products."""


class Graph:
    """Nodes and weights as they are added; every method returns the name of its result."""

    def __init__(self, weights: Path) -> None:
        self.file_name = weights.name
        self.tensors, self.data_start = read_header(weights)
        self.nodes: list[Any] = []
        self.initializers: dict[str, TensorProto] = {}

    def add(self, operator: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        name = name or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, numbers: Any, kind: Any = np.int64) -> str:
        """A few numbers; the same ones are held once."""
        array = np.array(numbers, dtype=kind)
        return self.hold(f"{array.dtype}_{numbers}", array)

    def hold(self, name: str, array: np.ndarray) -> str:
        self.initializers[name] = numpy_helper.from_array(array, name)
        return name

    def weight(self, name: str) -> str:
        """A tensor of the file, by its name there."""
        start, end = self.tensors[name]["data_offsets"]
        tensor = TensorProto(
            name=name,
            data_type=TensorProto.FLOAT,
            dims=self.tensors[name]["shape"],
            data_location=TensorProto.EXTERNAL,
        )
        place = {"location": self.file_name, "offset": self.data_start + start, "length": end - start}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self.initializers[name] = tensor
        return name

    def affine(self, part: str) -> tuple[str, str]:
        return self.weight(f"{part}.weight"), self.weight(f"{part}.bias")

    def linear(self, tokens: str, *parts: str) -> list[str]:
        """The tokens through each of some linear layers."""
        return [self.add("Gemm", tokens, *self.affine(part), transB=1) for part in parts]

    def linear_after_gelu(self, tokens: str, part: str) -> str:
        return self.linear(tokens, part)[0]

    def add_and_normalise(self, part: str, tokens: str, change: str) -> str:
        return self.normalise(part, self.add("Add", change, tokens))

    def normalise(self, part: str, tokens: str) -> str:
        return self.add("LayerNormalization", tokens, *self.affine(part), axis=-1, epsilon=EPSILON)

    def serialise(self) -> bytes:
        inputs = [helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "tokens"])]
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])]
        graph = helper.make_graph(self.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(self.initializers.values()))
        versions = [helper.make_opsetid("", 20), helper.make_opsetid(RUNTIME, 1)]
        model: bytes = helper.make_model(graph, opset_imports=versions, ir_version=10).SerializeToString()
        return model


def encode(graph: Graph) -> bytes:
    """The serialised model. It looks for the weights under their file's name, in a folder that the session is told."""
    sizes = graph.add("Shape", "ids")
    by_text = graph.add("Concat", sizes, graph.constant([WIDTH]), axis=0)
    tokens = graph.add("Reshape", _embed_tokens(graph, sizes), graph.constant([-1, WIDTH]))
    for layer in range(LAYERS):
        tokens = _encode_layer(graph, f"encoder.layer.{layer}", tokens, by_text=by_text)
    mean = graph.add("ReduceMean", graph.add("Reshape", tokens, by_text), graph.constant([1]), keepdims=0)
    graph.add("LpNormalization", mean, name="vectors", axis=-1, p=2)
    return graph.serialise()


def _embed_tokens(graph: Graph, sizes: str) -> str:
    """Word, position and the one token type, added and normalised: [texts, tokens, 384]."""
    zero, one = graph.constant([0]), graph.constant([1])
    words = graph.add("Gather", graph.weight("embeddings.word_embeddings.weight"), "ids")
    width = graph.add("Gather", sizes, one)
    places = graph.add("Slice", graph.weight("embeddings.position_embeddings.weight"), zero, width, zero)
    kind = graph.add("Slice", graph.weight("embeddings.token_type_embeddings.weight"), zero, one, zero)
    return graph.normalise("embeddings.LayerNorm", graph.add("Add", words, graph.add("Add", places, kind)))


def _encode_layer(graph: Graph, layer: str, tokens: str, *, by_text: str) -> str:
    """One transformer layer over flat tokens: attention within each text, then the feed-forward part."""
    parts = (f"{layer}.attention.self.{part}" for part in ("query", "key", "value"))
    by_heads = (graph.add("Reshape", part, by_text) for part in graph.linear(tokens, *parts))
    seen = graph.add("MultiHeadAttention", *by_heads, domain=RUNTIME, num_heads=HEADS)
    seen = graph.add("Reshape", seen, graph.constant([-1, WIDTH]))
    [change] = graph.linear(seen, f"{layer}.attention.output.dense")
    tokens = graph.add_and_normalise(f"{layer}.attention.output.LayerNorm", tokens, change)
    [wide] = graph.linear(tokens, f"{layer}.intermediate.dense")
    wide = graph.add("Gelu", wide, domain=RUNTIME)
    change = graph.linear_after_gelu(wide, f"{layer}.output.dense")
    return graph.add_and_normalise(f"{layer}.output.LayerNorm", tokens, change)


def read_header(weights: Path) -> tuple[dict[str, Any], int]:
    """The tensors that a safetensors file declares, and the offset their data is counted from."""
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(size)), 8 + size
