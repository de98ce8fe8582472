#!/usr/bin/env python3
"""An iteration of JEM's joint training as one writes it by hand in torch, eager and compiled, on one thread.

20 steps x - dE/dx + .01 xi of 64 of 10 000 chains, 5 % of which start anew, the gradient of cross-entropy and contrastive
divergence on 64 images with noise .03, fused Adam; images in the order of memory that is faster. Prints
`joint_step/64 <tab> torch-eager or torch-compile <tab> value <tab> ms/iteration`, for tests/benchmarks/compare --peers.
EBM_CLOCK=cpu counts the processor's time instead of the wall's, for busy machines.
"""

import os
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy

clock = time.process_time if os.environ.get("EBM_CLOCK") == "cpu" else time.perf_counter
torch.set_num_threads(1)
torch.manual_seed(0)
BATCH, CHAINS, ROWS, STEPS = 64, 10000, 10000, 20
images, classes = torch.rand(ROWS, 1, 28, 28), torch.arange(ROWS) % 10


def time_of(compile, memory_format):
    network = nn.Sequential(
        nn.Conv2d(1, 32, 3, 2, 1), nn.SiLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.SiLU(), nn.Flatten(),
        nn.Linear(3136, 128), nn.SiLU(), nn.Linear(128, 10)).to(memory_format=memory_format)
    with torch.no_grad():
        network[-1].weight *= 0.1  # quiet, so that steps of 1 are not too long
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
    buffer = 2 * torch.rand(CHAINS, 1, 28, 28) - 1

    def score(x):
        return network(x).logsumexp(1)

    def loss(x, labels, samples):
        logits = network(x)
        return cross_entropy(logits, labels) - logits.logsumexp(1).mean() + score(samples).mean()

    ascent = torch.func.grad(lambda x: score(x).sum())

    def move(x, noise):
        return x + ascent(x) + 0.01 * noise

    if compile:
        move, loss = torch.compile(move), torch.compile(loss)

    def iterate():
        chosen = torch.randint(CHAINS, (BATCH,))
        fresh = torch.rand(BATCH, 1, 1, 1) < 0.05
        x = torch.where(fresh, 2 * torch.rand(BATCH, 1, 28, 28) - 1, buffer[chosen]).to(memory_format=memory_format)
        for p in network.parameters():
            p.requires_grad_(False)
        with torch.no_grad():
            for _ in range(STEPS):
                x = move(x, torch.randn_like(x))
        for p in network.parameters():
            p.requires_grad_(True)
        buffer[chosen] = x
        rows = torch.randint(ROWS, (BATCH,))
        blurred = (images[rows] + 0.03 * torch.randn(BATCH, 1, 28, 28)).to(memory_format=memory_format)
        optimizer.zero_grad()
        loss(blurred, classes[rows], x).backward()
        optimizer.step()

    for _ in range(3):
        iterate()
    best, begun = float("inf"), clock()
    while clock() - begun < 10:
        before = clock()
        iterate()
        best = min(best, clock() - before)
    return best


for name, compile in (("torch-eager", False), ("torch-compile", True)):
    best = min(time_of(compile, order) for order in (torch.contiguous_format, torch.channels_last))
    print(f"joint_step/64\t{name}\t{best * 1e3:.4g}\tms/iteration", flush=True)
