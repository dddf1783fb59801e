"""Steps a second of taichi's own example `stable_fluid` (taichi 1.7, 512 x 512, 40 Jacobi sweeps, CPU), without its window.

python3 -m venv peer && peer/bin/pip install taichi numpy
peer/bin/python benches/smoke_peer.py [threads]

Its step carries velocity and three colours semi-Lagrangian, adds a force, and sweeps the pressure 40 times, which does not
converge: the divergence that is left stands beside the time.
"""

import importlib.util
import pathlib
import statistics
import sys
import time

import numpy as np
import taichi as ti

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
sys.argv = sys.argv[:1]
plain_init = ti.init
ti.init = lambda **options: plain_init(**options, cpu_max_num_threads=threads, log_level=ti.WARN)

path = pathlib.Path(ti.__file__).parent / "examples" / "simulation" / "stable_fluid.py"
spec = importlib.util.spec_from_file_location("stable_fluid", path)
fluid = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fluid)
fluid.p_jacobi_iters = 40


def step(n):
    """A force that goes round, as a hand would drag it."""
    angle = n / 20
    hand = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    place = 256 + 100 * hand
    fluid.step(np.array([-hand[1], hand[0], place[0], place[1], 1, 0.6, 0.3, 0], dtype=np.float32))
    ti.sync()


def divergence():
    fluid.divergence(fluid.velocities_pair.cur)
    return fluid.velocity_divs.to_numpy()


for n in range(60):
    step(n)
times = []
for n in range(60, 160):
    start = time.perf_counter()
    step(n)
    times.append(time.perf_counter() - start)
left = np.abs(divergence()).max() / np.abs(fluid.velocities_pair.cur.to_numpy()).max()
best, median = min(times), statistics.median(times)
print(
    f"taichi {ti.__version__[0]}.{ti.__version__[1]}, {threads} thread(s): best {best * 1e3:.2f} ms, median {median * 1e3:.2f} ms"
    f" ({1 / best:.1f} and {1 / median:.1f} steps/s); greatest divergence left {left:.1e} of the greatest speed"
)
