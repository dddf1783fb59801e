"""The peer of `benches/training.rs`: the same network in PyTorch. `python benches/training.py [THREADS]`"""

import sys
import time

import torch
from torch import nn

BATCH = 128


def network(channels, side):
    small = side // 4
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * small * small, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def throughput(channels, side):
    torch.manual_seed(1)
    x = torch.rand(BATCH, channels, side, side)
    labels = torch.arange(BATCH) % 10
    net = network(channels, side)
    optimizer = torch.optim.Adam(net.parameters())
    best = float("inf")
    for _ in range(6):
        start = time.perf_counter()
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), labels).backward()
            optimizer.step()
        best = min(best, (time.perf_counter() - start) / 5)
    return BATCH / best


for threads in [int(sys.argv[1])] if len(sys.argv) > 1 else [1, 2]:
    torch.set_num_threads(threads)
    for channels, side in [(1, 28), (3, 32)]:
        images = throughput(channels, side)
        print(f"{channels}×{side}×{side}, {threads} threads: {images:.0f} images/s", flush=True)
