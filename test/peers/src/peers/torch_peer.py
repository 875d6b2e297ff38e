"""PyTorch, eager, as a host: `python3 torch_peer.py '{"threads": 1}'`, with `"device": "cuda"` on a GPU.

Speaks the language of host.ts: requests are lines of JSON on stdin, answers lines of JSON on
descriptor 3, arrays are files of little-endian f32 (in) and f64 (out).
"""

import json
import os
import platform
import resource
import sys
import time

import numpy as np
import torch

SIGMA = 0.5
COEFFICIENTS = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 0.9]
PARAMETERS = ["w1", "b1", "w2", "b2", "w3", "b3"]
answers = os.fdopen(3, "w", buffering=1)


def load(layout, device):
    """Named tensors of a file of arrays, on a device."""
    numbers = np.fromfile(layout["path"], dtype="<f4")
    arrays, at = {}, 0
    for array in layout["arrays"]:
        size = int(np.prod(array["shape"]))
        data = numbers[at : at + size].reshape(array["shape"]).copy()
        arrays[array["name"]] = torch.from_numpy(data).to(device)
        at += size
    return arrays


def chain(name, x):
    if name == "transcendental":
        return torch.tanh(x) * torch.sigmoid(x) + torch.exp(x * x * -1)
    y = x * COEFFICIENTS[0] + COEFFICIENTS[1]
    for c in COEFFICIENTS[2:]:
        y = y * x + c
    return y


def layers(params, x):
    """Activations of the hidden layers, and the output."""
    w1, b1, w2, b2, w3, b3 = params
    h1 = torch.tanh(torch.addmm(b1, x, w1))
    h2 = torch.tanh(torch.addmm(b2, h1, w2))
    return h1, h2, torch.addmm(b3, h2, w3)


def half_square(y):
    return 0.5 * y.square().sum(-1)


def backprop(y, x, y_bar):
    """The vector-Jacobian product, differentiable once more."""
    return torch.autograd.grad(y, x, y_bar, create_graph=True)[0]


def per_sample(task, params, x, delta, v):
    objective = task["objective"]
    if objective == "denoising":
        return half_square(layers(params, x + delta)[2] + delta / SIGMA**2)
    if objective == "implicit by contraction":
        h1, h2, y = layers(params, x)
        contraction = params[2] * (params[4] @ params[0]).T
        return (((1 - h1 * h1) @ contraction) * (1 - h2 * h2)).sum(-1) + half_square(y)
    x = x.detach().requires_grad_()
    y = layers(params, x)[2]
    if objective == "sliced":
        curvature = sum((backprop(y, x, u) * u).sum(-1) for u in v)
        projected = sum(0.5 * (u * y).sum(-1).square() for u in v)
        return (curvature + projected) / len(v)
    trace = 0  # implicit by d JVPs: reverse mode has d backprops instead
    for i in range(x.shape[1]):
        trace = trace + backprop(y[:, i].sum(), x, None)[:, i]
    return trace + half_square(y)


def program(task, arrays):
    """A function without arguments that returns the results as a list."""
    if task["kind"] == "matmul":
        return lambda: [arrays["a"] @ arrays["b"]]
    if task["kind"] == "chain":
        return lambda: [chain(task["chain"], arrays["x"])]
    params = [arrays[name].requires_grad_() for name in PARAMETERS]
    x, delta, v = arrays["x"], arrays["delta"], arrays["v"]
    if task["objective"] == "forward":

        def forward():
            with torch.no_grad():
                return [layers(params, x)[2]]

        return forward

    def step():
        value = per_sample(task, params, x, delta, v).mean()
        return [value, *torch.autograd.grad(value, params)]

    return step


def to_host(run):
    """The same, until its results are in the host's memory: a GPU works on after a call returns."""
    return lambda: [result.detach().cpu() for result in run()]


def respond(request, state):
    action = request["do"]
    if action == "prepare":
        arrays = load(request["inputs"], state["device"])
        start = time.perf_counter()
        state["run"] = to_host(program(request["task"], arrays))
        state["results"] = state["run"]()
        return {"first": 1e3 * (time.perf_counter() - start)}
    if action == "time":
        run = state["run"]
        start = time.perf_counter()
        for _ in range(request["repetitions"]):
            state["results"] = run()
        return {"ms": 1e3 * (time.perf_counter() - start)}
    if action == "read":
        results = [r.numpy().astype("<f8").ravel() for r in state["results"]]
        np.concatenate(results).tofile(request["path"])
        return {"lengths": [len(r) for r in results]}
    if action == "memory":
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[1])
        return {"rss": pages * resource.getpagesize(), "heap": 0}
    if action == "release":
        state.pop("run", None)
        state.pop("results", None)
        return {}
    return {"stats": None, "gflops": None}


def blas():
    """Which BLAS is loaded: without a fast one PyTorch is fifty times slower."""
    with open("/proc/self/maps") as file:
        libraries = file.read()
    known = {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS"}
    found = [name for part, name in known.items() if f"lib{part}" in libraries]
    return found[0] if found else "reference BLAS"


def main():
    options = json.loads(sys.argv[1])
    threads, device = options["threads"], options.get("device", "cpu")
    torch.set_num_threads(threads)
    on_host = f"{blas()}, {threads} thread{'s'[: threads > 1]}"
    name = f"PyTorch {torch.__version__}, eager, {on_host if device == 'cpu' else device}"
    print(json.dumps({"name": name, "runtime": f"Python {platform.python_version()}"}), file=answers)
    state = {"device": device}
    for line in sys.stdin:
        try:
            answer = respond(json.loads(line), state)
        except Exception as error:  # the parent says which task failed, and goes on
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


main()
