"""Second half of scripts/scale: prints what the real ranks did as a Markdown table, simulates 1 to 4096 workers, prints
that as a table too, and draws it as an SVG that can be read on light and on dark ground.

usage: scale.py STEPLADDER FOLDER PICTURE.svg    FOLDER/ranks-N: runs on N ranks
"""
import json
import math
import os
import shutil
import statistics
import subprocess
import sys

MODES = {"asha": "asynchronous", "successive_halving": "synchronous"}
WORKERS = (1, 4, 16, 64, 256, 1024, 4096)
SEEDS = (1, 2, 3)
MAX_STEPS = 2700
# A step takes a second; what a trial takes from rung to rung is multiplied by 1 + |normal|, so stragglers are many.
EXPERIMENT = f"""[schedule]
min_steps = 100
max_steps = {MAX_STEPS}
trials = 65536
audit_fraction = 0
confirmation_seeds = 0
[space]
policy = "constant"
"""


def decisions_of(journal):
    """Decisions a second, and the waits of workers from a report to the assignment that answered it."""
    assigned = {}  # lease -> whether it answers the worker's own report at once
    holder = {}  # lease -> worker
    waits, times = [], []
    with open(journal) as lines:
        next(lines)
        for text in lines:
            entry = json.loads(text)
            worker = holder.get(entry.get("lease"))
            if entry["event"] == "reported" and assigned.get(entry["lease"]):
                waits.append(entry["effort"]["waiting"])
            for command in entry["commands"]:
                if "assign" not in command:
                    continue
                given = command["assign"]
                holder[given["lease"]] = given["worker"]
                assigned[given["lease"]] = given["worker"] == worker
                times.append(entry["at"])
    return len(times) / (times[-1] - times[0]), sorted(waits)


def percentile(values, share):
    return values[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def print_decisions(folder):
    print("| ranks on one machine | decisions a second | report to next assignment, median | 99 % |")
    print("| ---: | ---: | ---: | ---: |")
    for ranks in (2, 8, 32):
        rate, waits = decisions_of(os.path.join(folder, f"ranks-{ranks}", "journal.jsonl"))
        median, most = (1e3 * percentile(waits, share) for share in (0.5, 0.99))
        print(f"| {ranks} | {rate:,.0f} | {median:.2f} ms | {most:.2f} ms |")
    print()


def first_full_trial(journal):
    """When the first trial was trained to the end, in virtual seconds."""
    leases = set()
    with open(journal) as lines:
        next(lines)
        for text in lines:
            if not leases and f'"to":{MAX_STEPS}' not in text:
                continue
            entry = json.loads(text)
            if entry.get("lease") in leases and "score" in entry["outcome"]:
                return entry["at"]
            leases |= {c["assign"]["lease"] for c in entry["commands"] if c.get("assign", {}).get("to") == MAX_STEPS}
    raise SystemExit(f"{journal}: no trial was trained to the end")


def simulate(program, folder, mode, workers, seed):
    """(makespan, utilisation, time of the first full trial)"""
    experiment, run = os.path.join(folder, "simulated.toml"), os.path.join(folder, "simulated")
    with open(experiment, "w") as file:
        file.write(EXPERIMENT)
    command = [program, "simulate", experiment, "--workers", str(workers), "--straggling", "1", "--json", "--brief",
               "--run-dir", run, "--set", f"schedule.mode={mode}", "--set", f"seed={seed}"]
    summary = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    first = first_full_trial(os.path.join(run, "journal.jsonl"))
    shutil.rmtree(run)
    return summary["makespan_s"], summary["utilisation"], first


def simulations(program, folder):
    """{mode: [{workers, speedup, busy, first}]}: means over the seeds; the speed-up is over one asynchronous worker."""
    points = {mode: [] for mode in MODES}
    for mode in MODES:
        for workers in WORKERS:
            runs = [simulate(program, folder, mode, workers, seed) for seed in SEEDS]
            makespan, busy, first = (statistics.mean(values) for values in zip(*runs))
            points[mode].append({"workers": workers, "makespan": makespan, "busy": busy, "first": first / 3600})
    alone = points["asha"][0]["makespan"]
    for point in points["asha"] + points["successive_halving"]:
        point["speedup"] = alone / point["makespan"]
    return points


def hours(value):
    return f"{value:,.0f} h" if value >= 10 else f"{value:.1f} h"


def print_simulations(points):
    print("| simulated workers | speed-up: asynchronous | synchronous | busy: asynchronous | synchronous |"
          " first trial trained to the end: asynchronous | synchronous |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for a, s in zip(points["asha"], points["successive_halving"]):
        print(f"| {a['workers']:,} | {a['speedup']:,.0f} | {s['speedup']:,.0f} | {100 * a['busy']:.0f} % |"
              f" {100 * s['busy']:.0f} % | {hours(a['first'])} | {hours(s['first'])} |")
    print()


STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.muted { fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.ideal { stroke: #818b98; stroke-width: 1.5; stroke-dasharray: 3 4; fill: none }
.asha { stroke: #0969da } .asha-fill { fill: #0969da }
.successive_halving { stroke: #bc4c00 } .successive_halving-fill { fill: #bc4c00 }
.line { stroke-width: 2.25; fill: none; stroke-linejoin: round }
.name { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .muted { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .ideal { stroke: #757d87 }
  .asha { stroke: #58a6ff } .asha-fill { fill: #58a6ff }
  .successive_halving { stroke: #f0883e } .successive_halving-fill { fill: #f0883e }
}
"""


class Panel:
    """A plot at (left, top); x is workers on a logarithmic scale, y goes from 0 to 1 after `scale`."""

    def __init__(self, left, top, width, height, scale):
        self.left, self.top, self.width, self.height, self.scale = left, top, width, height, scale
        self.parts = []

    def x(self, workers):
        return self.left + self.width * math.log2(workers) / 12

    def y(self, value):
        return self.top + self.height * (1 - self.scale(value))

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, kind="", anchor="start"):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{text}</text>')

    def axes(self, title, ticks, name_of):
        self.text(self.left, self.top - 18, title, "title")
        for tick in ticks:
            y = self.y(tick)
            self.add(f'<line class="grid" x1="{self.left}" x2="{self.left + self.width}" y1="{y:.1f}" y2="{y:.1f}"/>')
            self.text(self.left - 8, y + 4.5, name_of(tick), "muted", "end")
        for workers in WORKERS:
            self.text(self.x(workers), self.top + self.height + 20, f"{workers:,}", "muted", "middle")
        self.text(self.left + self.width / 2, self.top + self.height + 42, "workers", "muted", "middle")

    def series(self, mode, points, name, offset):
        path = " ".join(f"{self.x(workers):.1f},{self.y(value):.1f}" for workers, value in points)
        self.add(f'<polyline class="line {mode}" points="{path}"/>')
        for workers, value in points:
            self.add(f'<circle class="{mode}-fill" cx="{self.x(workers):.1f}" cy="{self.y(value):.1f}" r="3.5"/>')
        workers, value = points[-1]
        self.text(self.x(workers) + 10, self.y(value) + 4.5 + offset, name, f"name {mode}-fill")


def draw(points, picture):
    left = Panel(62, 52, 300, 250, lambda speedup: math.log2(speedup) / 12)
    left.axes("All trials: times faster than one worker", WORKERS, lambda tick: f"{tick:,}")
    left.add(f'<line class="ideal" x1="{left.x(1)}" y1="{left.y(1)}" x2="{left.x(4096)}" y2="{left.y(4096)}"/>')
    left.text(left.x(4096) + 10, left.y(4096) + 4.5, "ideal", "muted")
    right = Panel(510, 52, 300, 250, lambda value: (math.log10(value) + 1) / 5)
    right.axes("First trial trained to the end, after", (0.1, 1, 10, 100, 1000, 10000), lambda tick: f"{tick:,} h")
    for mode, name in MODES.items():
        last = points[mode][-1]
        left.series(mode, [(p["workers"], p["speedup"]) for p in points[mode]], f"{last['speedup']:,.0f}",
                    -4 if mode == "asha" else 10)
        right.series(mode, [(p["workers"], p["first"]) for p in points[mode]], name, 0)
    with open(picture, "w") as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 930 356" width="930" height="356" role="img">\n')
        file.write("<title>Asynchronous and synchronous successive halving on 1 to 4096 simulated workers</title>\n")
        file.write(f"<style>{STYLE}</style>\n" + "\n".join(left.parts + right.parts) + "\n</svg>\n")


def main():
    program, folder, picture = sys.argv[1:]
    print_decisions(folder)
    points = simulations(program, folder)
    print_simulations(points)
    draw(points, picture)


main()
