"""Runs step servers (step_server.py and `stepladder bench --serve`) side by side and prints how long a step takes.

Each round gives every contender about SLICE seconds, so that whatever else the machine does meets all of them. Times
are CPU seconds of the process, in medians over the rounds; ratios are medians of the ratios within a round."""
import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

SLICE = 0.03
NETS = {
    "784-1024-305-75-10, batch 128": "--inputs 784 --hidden 1024,305,75 --classes 10 --batch 128 --dropout 0.2",
    "784-64-10, batch 32": "--inputs 784 --hidden 64 --classes 10 --batch 32 --dropout 0.2",
}
OPTIMIZERS = ["adam", "momentum", "sgd"]
BF16 = ["--precision", "bf16"]

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Without these the C library maps and unmaps torch's larger tensors at every step.
TUNED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
         "MALLOC_TOP_PAD_": str(1 << 26)}


class Contender:
    """A step server, pinned to one core."""

    def __init__(self, command, core, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, bufsize=1,
                                        env={**os.environ, **ONE_THREAD, **(environment or {})})
        os.sched_setaffinity(self.process.pid, {core})
        self.steps = 1
        self.ask()
        self.is_there = self.process.stdout.readline() != ""  # the processor may not have bf16
        if self.is_there:
            self.steps = 5
            self.steps = max(1, round(SLICE / self.ask().answer()[0]))
        self.rounds = []

    def ask(self):
        print(self.steps, file=self.process.stdin)
        return self

    def answer(self):
        """Seconds of one step, and what else the server measured."""
        seconds, *more = [float(number) for number in self.process.stdout.readline().split()]
        return [seconds / self.steps, *more]

    def take_turn(self):
        if self.is_there:
            self.rounds.append(self.ask().answer())

    def seconds(self):
        return [numbers[0] for numbers in self.rounds]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def cell(contender, ours):
    """Milliseconds of a step; ours with per cent of the multiply-add rate, others with how many times ours it is."""
    if not contender.is_there:
        return "-"
    milliseconds = f"{1000 * median(contender.seconds()):.3g} ms"
    if contender is ours:
        return f"{milliseconds}, {median(numbers[1] for numbers in ours.rounds):.0f} %"
    if not ours.is_there:
        return milliseconds
    return f"{milliseconds}, {median(a / b for a, b in zip(contender.seconds(), ours.seconds())):.2f}x"


def compare(program, net, optimizer, cores, rounds):
    """One row's cells, and what share of its speed alone each of two keeps that train at once."""
    options = [*NETS[net].split(), "--optimizer", optimizer]
    server = Path(__file__).parent / "step_server.py"
    ours = [program, "bench", "--serve", *options]
    torch = [sys.executable, server, "torch", *options]
    core = cores[0]
    fp32 = Contender(ours, core)
    bf16 = Contender([*ours, *BF16], core)
    contenders = [  # and ours that each is measured by
        (fp32, fp32),
        (bf16, bf16),
        (Contender(torch, core, TUNED), fp32),
        (Contender(torch, core), fp32),
        (Contender([*torch, *BF16], core, TUNED), bf16),
        (Contender([sys.executable, server, "scikit-learn", *options], core), fp32),
    ]
    neighbour = Contender(ours, cores[-1])
    kept = []
    for _ in range(rounds):
        for contender, _ in contenders:
            contender.take_turn()
        alone = [numbers[0] for numbers in (fp32.ask().answer(), neighbour.ask().answer())]
        together = [numbers[0] for numbers in map(Contender.answer, [fp32.ask(), neighbour.ask()])]
        kept.append([a / b for a, b in zip(alone, together)])
    cells = [cell(contender, base) for contender, base in contenders]
    for contender in [neighbour, *(contender for contender, _ in contenders)]:
        contender.end()
    return cells, min(map(median, zip(*kept)))


COLUMNS = ["net, dropout 0.2", "optimizer", "fp32", "bf16", "PyTorch, tuned", "PyTorch", "PyTorch bf16, tuned",
           "scikit-learn, no dropout", "two at once keep"]


def main():
    parser = argparse.ArgumentParser(prog="scripts/compare-peers")
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    print("|", " | ".join(COLUMNS), "|\n|" + " --- |" * len(COLUMNS))
    for net in NETS:
        for optimizer in OPTIMIZERS:
            cells, kept = compare(options.program, net, optimizer, cores, options.rounds)
            print("|", " | ".join([net, optimizer, *cells, f"{100 * kept:.0f} %" if len(cores) > 1 else "-"]), "|",
                  flush=True)


main()
