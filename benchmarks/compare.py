"""Lets the engine, PyTorch and oneDNN take turns on every shape, and prints a table. Called by compare.sh.

Each program waits in a process of its own for its next question, so that whatever else happens on the machine hits all alike.
The best run counts. Operations are counted as those of the direct sums for all three, which their times are compared by: a convolution
in Winograd's form multiplies a quarter of that, so it can be above the peak. A measurement for which other processes left too few
processors is repeated; where they did every time, the table says so (too often, since what they take while a program prepares its
numbers counts). Every shape has a verdict, and the last line says whether the requirements hold: faster than PyTorch on every shape,
within 10 % of oneDNN on average. Ends with 1 where one is missed.
"""
import datetime
import math
import os
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ARTIFACTS = os.path.join(FOLDER, "..", "artifacts")
COMMANDS = {
    "ours": ["dotnet", os.path.join(ARTIFACTS, "bin/Supir.Benchmarks/release/Supir.Benchmarks.dll"), "serve"],
    "torch": [sys.executable, os.path.join(FOLDER, "torch_shapes.py")],
    "oneDNN": [os.path.join(ARTIFACTS, "benchmarks/onednn")],
}
SECONDS = 0.3  # of a measurement
ATTEMPTS = 2
TOLERATED = 0.1  # processors that others may take from a measurement
LEAST_OF_ONEDNN = 0.9
PROCESSORS = len(os.sched_getaffinity(0))
TICK = 1 / os.sysconf("SC_CLK_TCK")
IDLE_FIELDS = (3, 4)  # of /proc/stat: idle, waiting for a disk
FIELDS = 8  # of /proc/stat that add up to the whole; stolen by other machines is the last


class Program:
    """One of the three, waiting for questions about a number of threads."""

    def __init__(self, command, threads):
        # PyTorch's own setting does not reach the BLAS below it, which reads the environment when it starts.
        limits = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        self.threads = threads
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | limits)

    def ask(self, shape):
        """Seconds of the best run, or None where the program has no such operation; and the processors that others took from it."""
        busy, own, begin = busy_seconds(), self.own_seconds(), time.monotonic()
        print(self.threads, SECONDS, shape, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"{' '.join(self.process.args)} ended with {self.process.wait()} at '{shape}'")
        others = (busy_seconds() - busy - (self.own_seconds() - own)) / (time.monotonic() - begin)
        return (None if answer == "none" else float(answer)), max(0.0, others + self.threads - PROCESSORS)

    def own_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK


def busy_seconds():
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1 : 1 + FIELDS]]
    return sum(value for place, value in enumerate(fields) if place not in IDLE_FIELDS) * TICK


def gigaflops(shape):
    if shape == "peak":
        return 1.0
    kind, a, b, c = shape.split()[0], *map(int, shape.split()[1:])
    return {"linear": 2 * a * b * c, "conv": 18 * a * a * b * c, "attention": 4 * a * a * b * c}[kind] / 1e9


def measure(programs, shapes, counts, rounds):
    """GFLOP/s by (program, threads, shape), and the set of those that never had their processors to themselves."""
    best, taken, has_none = {}, {}, set()
    for turn in range(rounds):
        for shape in shapes:
            for threads in counts:
                questions = [("ours", "peak")] + [(name, shape) for name in COMMANDS]
                for name, what in questions[turn % len(questions) :] + questions[: turn % len(questions)]:
                    cell = (name, threads, what)
                    for _ in range(ATTEMPTS if cell not in has_none else 0):
                        seconds, lost = programs[name, threads].ask(what)
                        if seconds is None:
                            has_none.add(cell)
                            break
                        best[cell] = max(best.get(cell, 0.0), gigaflops(what) / seconds)
                        taken[cell] = min(taken.get(cell, math.inf), lost)
                        if lost <= TOLERATED:
                            break
            print(f"round {turn + 1} of {rounds}: {shape}", file=sys.stderr, flush=True)
    return best, {cell for cell, lost in taken.items() if lost > TOLERATED}


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def show(best, crowded, shapes, counts):
    """Prints the table and whether the requirements hold."""

    def cell(name, threads, shape):
        rate = best.get((name, threads, shape))
        return "–" if rate is None else f"{rate:.1f}{'*' if (name, threads, shape) in crowded else ''}"

    print("| threads | shape | ours, GFLOP/s | of peak | PyTorch | oneDNN | ours / PyTorch | ours / oneDNN | |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---|")
    ratios = {"torch": {}, "oneDNN": {}}
    for threads in counts:
        peak = best["ours", threads, "peak"]
        print(f"| {threads} | peak | {cell('ours', threads, 'peak')} | 100 % | | | | | |")
        for shape in shapes:
            rate = best["ours", threads, shape]
            columns = []
            for peer in ratios:
                other = best.get((peer, threads, shape))
                if other is not None:
                    ratios[peer][threads, shape] = rate / other
                columns.append("–" if other is None else f"{rate / other:.2f}")
            rates = " | ".join(cell(peer, threads, shape) for peer in ratios)
            verdict = "faster" if ratios["torch"][threads, shape] > 1 else "**slower**"
            print(f"| {threads} | {shape} | {cell('ours', threads, shape)} | {rate / peak:.0%} | {rates} | {' | '.join(columns)} | {verdict} |")
    for threads in counts:
        means = [mean([ratio for key, ratio in ratios[peer].items() if key[0] == threads]) for peer in ratios]
        print(f"| {threads} | geometric mean | | | | | {' | '.join('–' if math.isnan(value) else f'{value:.2f}' for value in means)} | |")
    if crowded:
        print("\n\\* other processes took part of the processors in every attempt.")

    slower = [f"{shape} on {threads}" for (threads, shape), ratio in ratios["torch"].items() if ratio <= 1]
    of_onednn = mean(list(ratios["oneDNN"].values()))
    said = f"no: {', '.join(slower)}" if slower else f"yes, all {len(ratios['torch'])}"
    print(f"\nFaster than PyTorch on every shape: {said}.")
    holds = not slower
    if ratios["oneDNN"]:
        print(f"Of oneDNN's speed, on average: {of_onednn:.2f}; wanted: {LEAST_OF_ONEDNN} or more.")
        holds = holds and of_onednn >= LEAST_OF_ONEDNN
    print("All requirements hold." if holds else "NOT all requirements hold.")
    return holds


def main():
    rounds, word = int(sys.argv[1]), sys.argv[2]
    with open(os.path.join(FOLDER, "shapes.txt")) as file:
        shapes = [line.strip() for line in file if line.strip() and not line.startswith("#") and word in line]
    counts = [1, PROCESSORS] if PROCESSORS > 1 else [1]
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown processor")
    print(f"{datetime.date.today()}, {model}, {PROCESSORS} processors, best of {rounds} rounds\n", flush=True)
    programs = {(name, threads): Program(command, threads) for name, command in COMMANDS.items() for threads in counts}
    best, crowded = measure(programs, shapes, counts, rounds)
    for program in programs.values():
        program.process.stdin.close()
        program.process.wait()
    sys.exit(0 if show(best, crowded, shapes, counts) else 1)


main()
