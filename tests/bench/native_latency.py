"""
Times files in the builds of their runtimes that phones and servers have: float beside int8, by turns, on one thread and
samples of one. Prints JSON: the runtime, milliseconds of an inference in each turn of both files, and of ONNX Runtime its
profile of one inference of the second. Called by latency.ts:

    python native_latency.py onnxruntime|litert CLOCK TURNS SHAPE FLOAT INT8
"""

import json
import os
import sys
import tempfile
import time
from importlib.metadata import version

import numpy as np

runtime, clock, turns, shape, *files = sys.argv[1:]
now = {"processor": time.process_time, "wall": time.perf_counter}[clock]
x = np.random.default_rng(1).uniform(-1, 1, [1, *map(int, shape.split(","))]).astype(np.float32)


def onnx_session(path, profile=None):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def in_onnxruntime(path):
    session = onnx_session(path)
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})


def in_litert(path):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    enters, leaves = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def infer():
        interpreter.set_tensor(enters, x)
        interpreter.invoke()
        return interpreter.get_tensor(leaves)

    return infer


def profile_of(path):
    with tempfile.TemporaryDirectory() as folder:
        session = onnx_session(path, os.path.join(folder, "profile"))
        session.run(None, {session.get_inputs()[0].name: x})
        with open(session.end_profiling()) as profile:
            return profile.read()


def repeats_of(infer):
    """So many inferences that a turn takes 20 ms, after as long a warming up."""
    for _ in range(2):
        began, count = now(), 0
        while now() - began < 0.02:
            infer()
            count += 1
    return count


load = {"onnxruntime": in_onnxruntime, "litert": in_litert}[runtime]
both = [load(path) for path in files]
repeats = [repeats_of(infer) for infer in both]
times = []
for _ in range(int(turns)):
    pair = []
    for infer, count in zip(both, repeats):
        began = now()
        for _ in range(count):
            infer()
        pair.append((now() - began) * 1000 / count)
    times.append(pair)
package = {"onnxruntime": "onnxruntime", "litert": "ai-edge-litert"}[runtime]
found = {"runtime": f"{package} {version(package)}, native", "times": times}
if runtime == "onnxruntime":
    found["profile"] = profile_of(files[1])
print(json.dumps(found))
