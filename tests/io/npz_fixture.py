#!/usr/bin/env python3
"""Writes archives of arrays with NumPy, for tests/io/npz_test.cpp.

  tests/io/npz_fixture.py        writes arrays.npz and arrays_compressed.npz beside itself, and pytorch_weights.npz,
                                 the weights of pytorch_weights.safetensors as numpy.savez writes a state_dict
"""

import json
import pathlib

import numpy

folder = pathlib.Path(__file__).parent
arrays = {
    "singles": numpy.arange(6, dtype=numpy.float32).reshape(2, 3) / 4,
    "by_columns": numpy.asfortranarray(numpy.arange(24, dtype=numpy.float64).reshape(2, 3, 4)),
    "count": numpy.int64(-7),
    "nothing": numpy.zeros((0, 3), numpy.float32),
    "long": numpy.full(300, 0.5, numpy.float32),
}
numpy.savez(folder / "arrays.npz", **arrays)
numpy.savez_compressed(folder / "arrays_compressed.npz", **arrays)

content = (folder / "pytorch_weights.safetensors").read_bytes()
length = int.from_bytes(content[:8], "little")
state = {}
for name, tensor in json.loads(content[8:8 + length]).items():
    if name != "__metadata__":
        begin, end = (8 + length + offset for offset in tensor["data_offsets"])
        state[name] = numpy.frombuffer(content[begin:end], numpy.float32).reshape(tensor["shape"])
numpy.savez(folder / "pytorch_weights.npz", **state)
