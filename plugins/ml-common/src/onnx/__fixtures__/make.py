"""Makes the small ONNX files beside this script.

Run with: python make.py   (needs the `onnx` package; made with onnx 1.19 or later)
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, external_data_helper, helper, numpy_helper, save

FOLDER = Path(__file__).parent
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]


def value(name, element_type, shape):
    return helper.make_tensor_value_info(name, element_type, shape)


def write(name, nodes, inputs, outputs, initializers=(), ir_version=8):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(
        graph, opset_imports=OPSETS, producer_name="fixtures", ir_version=ir_version
    )
    checker.check_model(model)
    save(model, FOLDER / f"{name}.onnx")
    return model


def linear(name, ir_version=8, weights_are_inputs=False):
    """Four features to a label and three scores, with an open batch."""
    weights = numpy_helper.from_array(
        np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3), "weights"
    )
    inputs = [value("features", TensorProto.FLOAT, ["batch", 4])]
    if weights_are_inputs:
        inputs.append(value("weights", TensorProto.FLOAT, [4, 3]))
    return write(
        name,
        [
            helper.make_node("MatMul", ["features", "weights"], ["raw"]),
            helper.make_node("Softmax", ["raw"], ["scores"], axis=1),
            helper.make_node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
        ],
        inputs,
        [
            value("label", TensorProto.INT64, ["batch"]),
            value("scores", TensorProto.FLOAT, ["batch", 3]),
        ],
        [weights],
        ir_version,
    )


def datatypes():
    """One input and output of each element type that the protocol knows."""
    types = {
        "bool": TensorProto.BOOL,
        "uint8": TensorProto.UINT8,
        "uint16": TensorProto.UINT16,
        "uint32": TensorProto.UINT32,
        "uint64": TensorProto.UINT64,
        "int8": TensorProto.INT8,
        "int16": TensorProto.INT16,
        "int32": TensorProto.INT32,
        "int64": TensorProto.INT64,
        "fp16": TensorProto.FLOAT16,
        "fp32": TensorProto.FLOAT,
        "fp64": TensorProto.DOUBLE,
        "bytes": TensorProto.STRING,
    }
    model = write(
        "datatypes",
        [helper.make_node("Identity", [n], [f"{n}_out"]) for n in types],
        [value(n, t, [1, None, "n"]) for n, t in types.items()],
        [value(f"{n}_out", t, [None, None, None]) for n, t in types.items()],
    )
    # The runtime takes outputs of an open rank, ONNX's own checker does not.
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    save(model, FOLDER / "datatypes.onnx")


def zipmap():
    """What scikit-learn's converter makes by default: scores as a list of maps."""
    scores = helper.make_value_info(
        "probabilities",
        helper.make_sequence_type_proto(
            helper.make_map_type_proto(
                TensorProto.INT64,
                helper.make_tensor_type_proto(TensorProto.FLOAT, []),
            )
        ),
    )
    write(
        "zipmap",
        [
            helper.make_node(
                "ZipMap",
                ["features"],
                ["probabilities"],
                domain="ai.onnx.ml",
                classlabels_int64s=[0, 1, 2],
            )
        ],
        [value("features", TensorProto.FLOAT, ["batch", 3])],
        [scores],
    )


def bfloat16():
    write(
        "bfloat16",
        [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.BFLOAT16)],
        [value("x", TensorProto.FLOAT, [2])],
        [value("y", TensorProto.BFLOAT16, [2])],
    )


def external(model):
    external_data_helper.convert_model_to_external_data(
        model, location="external.weights", size_threshold=0
    )
    save(model, FOLDER / "external.onnx")


(FOLDER / "external.weights").unlink(missing_ok=True)
external(linear("linear"))
linear("linear-ir3", ir_version=3, weights_are_inputs=True)
datatypes()
zipmap()
bfloat16()
