#!/usr/bin/env python3
"""Annealed importance sampling of a 784-500 machine as one writes it by hand in torch, on one thread.

Forward runs of 100 chains; one product from visible to hidden units serves the weight and the Gibbs step. Prints
`ais_784_500 <tab> torch <tab> value <tab> ms/temperature`, for tests/benchmarks/compare --peers.
"""

import time

import torch
from torch.nn.functional import softplus

torch.set_num_threads(1)
torch.manual_seed(0)
VISIBLE, HIDDEN, CHAINS = 784, 500, 100
W = torch.randn(VISIBLE, HIDDEN) * 0.05
W_T = W.t().contiguous()
b, c = torch.full((VISIBLE,), -1.9), torch.zeros(HIDDEN)
base = torch.full((VISIBLE,), -1.5)


@torch.no_grad()
def anneal(temperatures):
    betas = torch.linspace(0, 1, temperatures + 1).tolist()
    v = (torch.rand(CHAINS, VISIBLE) < torch.sigmoid(base)).float()
    log_weights = torch.zeros(CHAINS, dtype=torch.float64)
    for low, high in zip(betas, betas[1:]):
        a = torch.addmm(c, v, W)
        hidden = (softplus(high * a) - softplus(low * a)).sum(1)
        log_weights += ((high - low) * (v @ (b - base)) + hidden).double()
        h = (torch.rand_like(a) < torch.sigmoid(high * a)).float()
        x = torch.addmm(base + high * (b - base), h, W_T, alpha=high)
        v = (torch.rand_like(x) < torch.sigmoid(x)).float()
    return log_weights


anneal(10)
best, begun = float("inf"), time.perf_counter()
while time.perf_counter() - begun < 6:
    before = time.perf_counter()
    anneal(50)
    best = min(best, (time.perf_counter() - before) / 50)
print(f"ais_784_500\ttorch\t{best * 1e3:.4g}\tms/temperature")
