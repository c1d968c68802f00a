"""Calls a server with NVIDIA's tritonclient as its users do, and checks every answer.

    python tritonclient.py <host:port of REST> <host:port of gRPC>

The server has the models `types` (each datatype comes back as it was sent) and
`arithmetic` (sum and difference of `a` and `b`), both in version 1.0.0. Prints
how many answers were checked.
"""
import sys
import threading

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.http as http
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

REST, GRPC = sys.argv[1:3]
THREADS = 8
ROUNDS = 40

TYPES = {
    "bool": np.array([True, False, True]),
    "uint8": np.array([0, 127, 255], np.uint8),
    "uint16": np.array([0, 258, 65535], np.uint16),
    "uint32": np.array([0, 1, 2**32 - 1], np.uint32),
    "uint64": np.array([0, 2**53 + 1, 2**64 - 1], np.uint64),
    "int8": np.array([-128, -1, 127], np.int8),
    "int16": np.array([-32768, -2, 32767], np.int16),
    "int32": np.array([-(2**31), -2, 2**31 - 1], np.int32),
    "int64": np.array([-(2**63), 2**53 + 1, 2**63 - 1], np.int64),
    "fp16": np.array([1.0, -0.0, 65504.0], np.float16),
    "fp32": np.array([0.1, -0.0, 3.4e38], np.float32),
    "fp64": np.array([0.1, 5e-324, -1.7e308], np.float64),
    "bytes": np.array(["ü🦊".encode(), b"", b"a\nb"], np.object_),
}
SPECIAL = {"fp16", "fp32", "fp64"}

checked = 0


def same(got, wanted):
    global checked
    assert got.dtype == wanted.dtype, (got.dtype, wanted.dtype)
    if wanted.dtype == np.object_:
        assert got.tolist() == wanted.tolist(), (got, wanted)
    else:
        assert got.tobytes() == wanted.tobytes(), (got, wanted)
    checked += 1


def tensor(library, name, array, **options):
    result = library.InferInput(name, array.shape, np_to_triton_dtype(array.dtype))
    result.set_data_from_numpy(array, **options)
    return result


def every_type(library, client, types, inputs, outputs=None):
    answer = client.infer("types", inputs, outputs=outputs, request_id="mine")
    for name, array in types.items():
        same(answer.as_numpy(f"{name}_out"), array)


def add(library, client, a, b, **options):
    answer = client.infer(
        "arithmetic", [tensor(library, "a", a), tensor(library, "b", b)], **options
    )
    same(answer.as_numpy("sum"), a + b)
    same(answer.as_numpy("difference"), a - b)


def refused(call, words):
    global checked
    try:
        call()
    except InferenceServerException as error:
        assert words in error.message(), error.message()
        checked += 1
        return
    raise AssertionError(f"was not refused: {words}")


def check(library, client):
    """What both clients do."""
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready("types") and client.is_model_ready("types", "1.0.0")
    with_nan = {
        name: np.append(array, np.array([np.nan, np.inf, -np.inf], array.dtype))
        if name in SPECIAL
        else np.append(array, array)
        for name, array in TYPES.items()
    }
    for types in (TYPES, with_nan):
        inputs = [tensor(library, name, array) for name, array in types.items()]
        every_type(library, client, types, inputs)
    outputs = [library.InferRequestedOutput("fp64_out")]
    inputs = [tensor(library, name, array) for name, array in TYPES.items()]
    answer = client.infer("types", inputs, outputs=outputs)
    same(answer.as_numpy("fp64_out"), TYPES["fp64"])
    assert answer.as_numpy("int8_out") is None

    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    for version in ("", "1", "1.0.0"):
        add(library, client, a, a * 2, model_version=version)
    large = np.random.default_rng(1).random((50_000, 3), np.float32)
    add(library, client, large, large * 3)
    refused(lambda: add(library, client, a, a[:, :2]), "does not fit the model's")
    refused(lambda: add(library, client, a, a, model_version="7"), "no live API version")
    refused(lambda: client.infer("unknown", inputs), "is not deployed")


def concurrently(library, make_client):
    """Many threads, each with values of its own in each request."""
    failures = []

    def work(thread):
        try:
            client = make_client()
            for round_ in range(ROUNDS):
                rows = 1 + (thread + round_) % 5
                a = np.full((rows, 3), thread * 1000 + round_, np.float32)
                add(library, client, a, a * 2)
            client.close()
        except Exception as error:  # It is told in the main thread.
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def asynchronously(client):
    """Many requests under way on the connections of one client."""
    arrays = [np.full((1, 3), n, np.float32) for n in range(100)]
    requests = [
        client.async_infer("arithmetic", [tensor(http, "a", a), tensor(http, "b", a)])
        for a in arrays
    ]
    for request, a in zip(requests, arrays):
        same(request.get_result().as_numpy("sum"), a * 2)


rest = http.InferenceServerClient(REST, concurrency=8)
check(http, rest)
assert "binary_tensor_data" in rest.get_server_metadata()["extensions"]
assert rest.get_model_metadata("types")["inputs"][0]["datatype"] == "BOOL"
json_types = {name: array for name, array in TYPES.items() if name != "fp16"}
inputs = [tensor(http, name, array, binary_data=False) for name, array in json_types.items()]
inputs.append(tensor(http, "fp16", TYPES["fp16"]))
outputs = [
    http.InferRequestedOutput(f"{name}_out", binary_data=False) for name in json_types
]
without_bytes = {name: array for name, array in json_types.items() if name != "bytes"}
every_type(http, rest, without_bytes, inputs, outputs)
for algorithm in ("gzip", "deflate"):
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    add(http, rest, a, a, request_compression_algorithm=algorithm)
asynchronously(rest)
concurrently(http, lambda: http.InferenceServerClient(REST))
rest.close()

remote = grpc.InferenceServerClient(GRPC)
check(grpc, remote)
assert remote.get_server_metadata().name == "ml-platform-inference-server"
assert remote.get_model_metadata("types").inputs[0].datatype == "BOOL"
remote.close()
concurrently(grpc, lambda: grpc.InferenceServerClient(GRPC))

print(checked)
