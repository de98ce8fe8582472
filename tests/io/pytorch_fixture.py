#!/usr/bin/env python3
"""Writes the weights of a small convolutional network of PyTorch, and what it gives, for tests/io/pytorch_test.cpp.

  tests/io/pytorch_fixture.py        writes pytorch_weights.safetensors and pytorch_outputs.safetensors beside itself

Inputs and their gradients are written with the channels of a pixel side by side, as ebm has them.
"""

import json
import pathlib
import struct

import torch


def write(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        numbers = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(1)
network = torch.nn.Sequential(
    torch.nn.Conv2d(2, 3, 3, stride=2, padding=1), torch.nn.SiLU(),
    torch.nn.Conv2d(3, 4, 2), torch.nn.SiLU(),
    torch.nn.Flatten(), torch.nn.Linear(16, 5))
images = torch.randn(6, 2, 6, 6, requires_grad=True)
logits = network(images)
(-torch.logsumexp(logits, 1)).sum().backward()


def channels_last(values):
    return values.permute(0, 2, 3, 1).reshape(len(values), -1)


folder = pathlib.Path(__file__).parent
write(folder / "pytorch_weights.safetensors", network.state_dict())
write(folder / "pytorch_outputs.safetensors",
      {"images": channels_last(images), "logits": logits, "gradients": channels_last(images.grad)})
