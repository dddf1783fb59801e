"""The peers of `untrained metrics`: prdc (with scikit-learn) for precision, recall, density and coverage; NumPy, SciPy
and, if it is installed, torch-fidelity for the Fréchet distance and KID. Both sides get the same two files.

    cargo build --release
    pip install numpy scipy scikit-learn prdc          # torch-fidelity if wanted
    python3 benches/metrics_peer.py [--samples 4000] [--features 256] [--threads 2] [--untrained target/release/untrained]

Prints for each metric the seconds of both sides, their ratio and both values. `untrained` is timed as a whole process,
reading the files included; the peers from arrays in memory, without their imports.
"""

import argparse
import contextlib
import importlib
import io
import json
import os
import pathlib
import subprocess
import tempfile
import time

NEIGHBOURS = ["precision", "recall", "density", "coverage"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--features", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shift", type=float, default=0.05, help="of the candidate's mean, in each feature")
    parser.add_argument("--type", default="float32", choices=["float32", "float64"], help="of the numbers in the files")
    parser.add_argument("--untrained", default=pathlib.Path(__file__).parent.parent / "target/release/untrained")
    parser.add_argument("--no-peer", action="store_true", help="time `untrained` only")
    return parser.parse_args()


def found(name):
    """A module, or none with a message."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed: pip install {name.split('.')[0].replace('_', '-')}; left out")
        return None


def timed(work):
    """The result, and (wall, CPU) seconds of this process and of those it waited for."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    result = work()
    return result, (time.perf_counter() - start, sum(os.times()[:4]) - before)


def covariances(np, real, fake):
    return (real.mean(0), np.cov(real, rowvar=False)), (fake.mean(0), np.cov(fake, rowvar=False))


def frechet_numpy(np, real, fake):
    """By the eigenvalues of the product of the covariances, as torch-fidelity has it."""
    (m1, s1), (m2, s2) = covariances(np, real, fake)
    root = np.sqrt(np.linalg.eigvals(s1 @ s2).astype(complex)).real.sum()
    return ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * root


def frechet_scipy(np, linalg, real, fake):
    """By the matrix square root, as pytorch-fid has it."""
    (m1, s1), (m2, s2) = covariances(np, real, fake)
    root = linalg.sqrtm(s1 @ s2)
    return ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real


def kid_numpy(real, fake):
    """Unbiased, over all pairs."""
    n, m, d = len(real), len(fake), real.shape[1]

    def kernel(a, b):
        k = a @ b.T / d + 1
        return k * k * k

    xx, yy, xy = kernel(real, real), kernel(fake, fake), kernel(real, fake)
    within = (xx.sum() - xx.trace()) / (n * (n - 1)) + (yy.sum() - yy.trace()) / (m * (m - 1))
    return within - 2 * xy.mean()


def peers(np, real, fake):
    """Seconds and values: {"prdc": {"prdc": (seconds, {metric: value})}, …}."""
    answers = {"neighbours": {}, "frechet": {}, "kid": {}}
    prdc = found("prdc")
    if prdc:
        with contextlib.redirect_stdout(io.StringIO()):
            values, seconds = timed(lambda: prdc.compute_prdc(real_features=real, fake_features=fake, nearest_k=5))
        answers["neighbours"]["prdc"] = (seconds, values)
    value, seconds = timed(lambda: frechet_numpy(np, real, fake))
    answers["frechet"]["NumPy"] = (seconds, {"frechet": value})
    linalg = found("scipy.linalg")
    if linalg:
        value, seconds = timed(lambda: frechet_scipy(np, linalg, real, fake))
        answers["frechet"]["SciPy"] = (seconds, {"frechet": value})
    if len(real) <= 20_000:
        value, seconds = timed(lambda: kid_numpy(real, fake))
        answers["kid"]["NumPy, all pairs"] = (seconds, {"kid": value})
    kid = found("torch_fidelity.metric_kid")
    if kid:
        torch = importlib.import_module("torch")
        fid = importlib.import_module("torch_fidelity.metric_fid")
        a, b = torch.from_numpy(real).float(), torch.from_numpy(fake).float()
        value, seconds = timed(lambda: kid.kid_features_to_metric(a, b, verbose=False))
        answers["kid"]["torch-fidelity, 100 subsets of 1000"] = (seconds, {"kid": value["kernel_inception_distance_mean"]})
        value, seconds = timed(lambda: fid.fid_features_to_metric(a, b, verbose=False))
        answers["frechet"]["torch-fidelity"] = (seconds, {"frechet": value["frechet_inception_distance"]})
    return answers


def ours(program, files, metrics, more):
    """Seconds and values."""
    command = [str(program), "metrics", "--reference", files[0], "--candidate", files[1], "--json", *more]
    command += [word for metric in metrics for word in ("--metric", metric)]
    done, seconds = timed(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return seconds, {name: answer["value"] for name, answer in json.loads(done.stdout)["metrics"].items()}


def main():
    args = arguments()
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"]:
        os.environ[name] = str(args.threads)
    np = found("numpy")
    if not np:
        raise SystemExit("numpy makes the samples: nothing can be measured without it")
    random = np.random.default_rng(1)
    size = (args.samples, args.features)
    real = random.standard_normal(size).astype(args.type)
    fake = (random.standard_normal(size) + args.shift).astype(args.type)
    # The peers compute in double precision, as `untrained` does.
    answers = {} if args.no_peer else peers(np, real.astype("float64"), fake.astype("float64"))
    program = pathlib.Path(args.untrained)
    if not program.is_file():
        print(f"{program} is not there: cargo build --release, or --untrained FILE; only the peers are timed")
    print(f"{args.samples} + {args.samples} samples of {args.features} features, {args.threads} threads")
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{name}.npy" for name in ("reference", "candidate")]
        np.save(files[0], real)
        np.save(files[1], fake)
        for name, metrics in [("neighbours", NEIGHBOURS), ("frechet", ["frechet"]), ("kid", ["kid"])]:
            own = {}
            if program.is_file():
                for label, more in [("with intervals", []), ("--no-interval", ["--no-interval"])]:
                    (wall, cpu), values = ours(program, files, metrics, more)
                    own[label] = wall
                    print(f"{name:<11} {'untrained, ' + label:<36} {wall:7.2f} s ({cpu:.2f} CPU)  {values}")
            for peer, ((wall, cpu), values) in answers.get(name, {}).items():
                ratios = ", ".join(f"{label} {mine / wall:.2f}" for label, mine in own.items())
                values = {key: float(value) for key, value in values.items()}
                more = f"; ours / its: {ratios}" if ratios else ""
                print(f"{name:<11} {peer:<36} {wall:7.2f} s ({cpu:.2f} CPU)  {values}{more}")


main()
