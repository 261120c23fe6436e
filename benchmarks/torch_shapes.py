"""PyTorch on the shapes of shapes.txt, in single precision, answering the questions that MeasurementService.cs describes.

A shape that it can compute in several ways is measured in each of them, and the best one counts.
"""
import sys
import time

import torch
import torch.nn.functional as F


def best_of(run, seconds):
    run()
    best = float("inf")
    begin = time.perf_counter()
    while True:
        start = time.perf_counter()
        run()
        end = time.perf_counter()
        best = min(best, end - start)
        if end - begin >= seconds:
            return best


def ways_of_linear(rows, inputs, outputs):
    x, weights = torch.rand(rows, inputs) - 0.5, torch.rand(outputs, inputs) - 0.5
    # Tensors brought into oneDNN's layout by hand (to_mkldnn) would run the very product that onednn.cpp measures.
    yield lambda: F.linear(x, weights)


def ways_of_conv(side, inputs, outputs):
    x, weights = torch.rand(1, inputs, side, side) - 0.5, torch.rand(outputs, inputs, 3, 3) - 0.5
    yield lambda: F.conv2d(x, weights, padding=1)
    x_last, weights_last = x.contiguous(memory_format=torch.channels_last), weights.contiguous(memory_format=torch.channels_last)
    yield lambda: F.conv2d(x_last, weights_last, padding=1)


def ways_of_attention(tokens, heads, depth):
    q, k, v = (torch.rand(1, heads, tokens, depth) - 0.5 for _ in range(3))
    if hasattr(F, "scaled_dot_product_attention"):
        yield lambda: F.scaled_dot_product_attention(q, k, v)
    else:
        # Before PyTorch 2.0: what its users wrote, and what its private predecessor does.
        yield lambda: torch.softmax((q * depth**-0.5) @ k.transpose(-2, -1), -1) @ v


WAYS = {"linear": ways_of_linear, "conv": ways_of_conv, "attention": ways_of_attention}

with torch.inference_mode():
    for question in sys.stdin:
        threads, seconds, kind, *sizes = question.split()
        torch.set_num_threads(int(threads))
        ways = list(WAYS[kind](*map(int, sizes)))
        print(min(best_of(way, float(seconds) / len(ways)) for way in ways), flush=True)
