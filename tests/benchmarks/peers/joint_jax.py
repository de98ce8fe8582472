#!/usr/bin/env python3
"""An iteration of JEM's joint training as one writes it by hand in JAX, jitted as a whole, on one thread.

20 steps x - dE/dx + .01 xi of 64 of 10 000 chains, 5 % of which start anew, the gradient of cross-entropy and contrastive
divergence on 64 images with noise .03, Adam (optax). Prints `joint_step/64 <tab> jax-jit <tab> value <tab> ms/iteration`,
for tests/benchmarks/compare --peers. EBM_CLOCK=cpu counts the processor's time instead of the wall's, for busy machines.
"""

import os
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax
import jax.numpy as jnp
import optax
from jax.nn import log_softmax, logsumexp, silu

clock = time.process_time if os.environ.get("EBM_CLOCK") == "cpu" else time.perf_counter
BATCH, CHAINS, ROWS, STEPS = 64, 10000, 10000, 20
LAYOUT = ("NHWC", "HWIO", "NHWC")


def normal(key, shape, scale):
    return scale * jax.random.normal(jax.random.key(key), shape)


# The last layer is quiet, so that steps of 1 are not too long.
parameters = {
    "kernels": [normal(1, (3, 3, 1, 32), (2 / 9) ** 0.5), normal(2, (3, 3, 32, 64), (2 / 288) ** 0.5)],
    "matrices": [normal(3, (3136, 128), (2 / 3136) ** 0.5), normal(4, (128, 10), 0.1 * (2 / 128) ** 0.5)],
    "biases": [jnp.zeros(n) for n in (32, 64, 128, 10)],
}


def logits(p, x):
    for kernel, bias in zip(p["kernels"], p["biases"]):
        x = jax.lax.conv_general_dilated(x, kernel, (2, 2), ((1, 1), (1, 1)), dimension_numbers=LAYOUT)
        x = silu(x + bias)
    x = silu(x.reshape(len(x), -1) @ p["matrices"][0] + p["biases"][2])
    return x @ p["matrices"][1] + p["biases"][3]


def loss(p, x, labels, samples):
    of_data = logits(p, x)
    entropy = -jnp.take_along_axis(log_softmax(of_data), labels[:, None], 1).mean()
    return entropy - logsumexp(of_data, 1).mean() + logsumexp(logits(p, samples), 1).mean()


optimizer = optax.adam(1e-4)
images = jax.random.uniform(jax.random.key(5), (ROWS, 28, 28, 1))
classes = jnp.arange(ROWS) % 10


def iterate(p, state, buffer, key):
    key, of_rows, of_chains, of_fresh, of_uniforms, of_data, of_steps = jax.random.split(key, 7)
    chosen = jax.random.randint(of_chains, (BATCH,), 0, CHAINS)
    fresh = jax.random.bernoulli(of_fresh, 0.05, (BATCH, 1, 1, 1))
    x = jnp.where(fresh, jax.random.uniform(of_uniforms, (BATCH, 28, 28, 1), minval=-1), buffer[chosen])
    ascent = jax.grad(lambda x: logsumexp(logits(p, x), 1).sum())
    move = lambda x, key: (x + ascent(x) + 0.01 * jax.random.normal(key, x.shape), None)
    x = jax.lax.scan(move, x, jax.random.split(of_steps, STEPS))[0]
    rows = jax.random.randint(of_rows, (BATCH,), 0, ROWS)
    blurred = images[rows] + 0.03 * jax.random.normal(of_data, x.shape)
    step, state = optimizer.update(jax.grad(loss)(p, blurred, classes[rows], x), state)
    return optax.apply_updates(p, step), state, buffer.at[chosen].set(x), key


run = jax.jit(iterate, donate_argnums=(0, 1, 2))
buffer = jax.random.uniform(jax.random.key(6), (CHAINS, 28, 28, 1), minval=-1)
carry = jax.block_until_ready(run(parameters, optimizer.init(parameters), buffer, jax.random.key(0)))
best, begun = float("inf"), clock()
while clock() - begun < 10:
    before = clock()
    carry = jax.block_until_ready(run(*carry))
    best = min(best, clock() - before)
print(f"joint_step/64\tjax-jit\t{best * 1e3:.4g}\tms/iteration")
