#!/usr/bin/env python3
"""Trains a classifier of scikit-learn's digits with PyTorch, and writes it for examples/from_pytorch.cpp.

  examples/data/digits.py        writes beside itself: digits.safetensors and digits.npz, the weights, and
                                 digits_outputs.safetensors, what the network makes of 60 images that it did not learn

Needs torch, safetensors, numpy and scikit-learn. Images are 8 x 8 pixels from -1 to 1.
"""

import pathlib

import numpy
import sklearn.datasets
import torch
from safetensors.torch import save_file

torch.manual_seed(1)
digits = sklearn.datasets.load_digits()
images = torch.tensor(digits.images / 8 - 1, dtype=torch.float32)[:, None]
labels = torch.tensor(digits.target)
order = torch.randperm(len(labels))
train, test = order[:-60], order[-60:]

network = torch.nn.Sequential(
    torch.nn.Conv2d(1, 8, 3), torch.nn.SiLU(),
    torch.nn.Conv2d(8, 16, 3, stride=2), torch.nn.SiLU(),
    torch.nn.Flatten(), torch.nn.Linear(64, 10))
optimizer = torch.optim.Adam(network.parameters(), 3e-3)
for iteration in range(1500):
    batch = train[torch.randint(len(train), (64,))]
    loss = torch.nn.functional.cross_entropy(network(images[batch]), labels[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

shown = images[test].clone().requires_grad_()
logits = network(shown)
(-torch.logsumexp(logits, 1)).sum().backward()
print("accuracy", (logits.argmax(1) == labels[test]).float().mean().item())

folder = pathlib.Path(__file__).parent
save_file(network.state_dict(), folder / "digits.safetensors")
numpy.savez(folder / "digits.npz", **{name: tensor.numpy() for name, tensor in network.state_dict().items()})
save_file({"images": shown.detach().reshape(60, 64), "logits": logits.detach(),  # one channel: rows of pixels
           "gradients": shown.grad.reshape(60, 64), "labels": labels[test]}, folder / "digits_outputs.safetensors")
