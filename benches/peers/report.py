"""Makes the figures' part of BENCHMARKS.md, and docs/benchmarks.svg, of build/results.json."""
import json
import re
import statistics
from math import log10
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COUNTS = ROOT / "benches/counts.json"
PAGE, CHART = ROOT / "BENCHMARKS.md", ROOT / "docs/benchmarks.svg"
BEGIN = "<!-- What follows is written by benches/peers/run.sh. -->"
END = "<!-- What is above was written by benches/peers/run.sh. -->"
OURS, LIMITS = "ereje", ("hand-written", "hand-written, indexed", "hand-written, own reader")
# What stands for our command among files, and is no peer.
COMMAND = "ereje batch"
AIMS = {"a": "≤ 50 ns, then 20", "b": "≤ 450 ns in any order, then 200", "c": "≤ 400 ns, then 300",
        "c2": "≥ 1.8 × on an idle machine", "d": "≤ 8 MiB", "e": "≤ 100 ns", "e10": "≤ 2 ×", "load": "< 20 ms"}


def median(samples):
    return statistics.median(samples)


def figure(x):
    """Three digits, and no more than one after the point."""
    if x >= 100:
        x = float(f"{x:.3g}")
        return f"{x:,.0f}"
    return f"{x:.1f}"


def spread(samples):
    return f"{figure(median(samples))} ({figure(min(samples))}–{figure(max(samples))})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] + ["--:"] * (len(head) - 1)) + " |"]
    lines += ["| " + " | ".join(str(c) for c in r) + " |" for r in rows]
    return "\n".join(lines)


def best(values):
    """The quickest peer: no limit, and not us."""
    name = min((n for n in values if n not in LIMITS and not n.startswith(OURS) and "Parquet" not in n), key=values.get)
    return f"{name} {figure(values[name])}"


class Figures:
    def __init__(self, results):
        single, bulk = results["single"], results["bulk"]
        self.single = {k: {n: median(v) for n, v in single[k].items()} for k in ("a", "b", "shuffled")}
        self.scale = {n: {int(k): median(x[0] for x in v) for k, v in by.items()} for n, by in results["scale"].items()}
        self.build = {n: median(x[1] for x in by["1000"]) for n, by in results["scale"].items()}
        self.bulk = {}
        for key, samples in bulk["bulk"].items():
            name, threads, rows = re.fullmatch(r"\('(.*)', (\d), (\d+)\)", key).groups()
            rows = int(rows)
            self.bulk[name, int(threads)] = {
                "rows": rows, "wall": [x[0] * 1e9 / rows for x in samples],
                "cpu": median(x[1] * 1e9 / rows for x in samples), "peak": max(x[2] for x in samples)}
        self.rss = {n: float(mib) for n, _, mib in bulk["rss"]}

    def cpu(self, threads):
        return {n: v["cpu"] for (n, t), v in self.bulk.items() if t == threads}

    def wall(self, name, threads):
        return median(self.bulk[name, threads]["wall"])


def summary(f):
    a, b, c, at = f.single["a"], f.single["b"], f.cpu(1), {n: v[1000] for n, v in f.scale.items()}
    times = lambda name: f.scale[name][1000] / f.scale[name][10]  # noqa: E731
    gain = lambda name: f"{f.wall(name, 1) / f.wall(name, 2):.2f} ×"  # noqa: E731
    slowest = max(f.single["b"][OURS], f.single["shuffled"][OURS])
    return table(
        ("", "the best peer", "the limit: hand-written Rust", "aim", "**Ereje**"),
        [
            ("(a) facts already parsed → decision, ns", best(a), figure(a["hand-written"]), AIMS["a"],
             f"**{figure(a[OURS])}**"),
            ("(b) JSON text → JSON text, ns", best(b),
             f"{figure(b['hand-written'])} with serde_json typed; {figure(b['hand-written, own reader'])} with a reader "
             "for these keys in this order", AIMS["b"],
             f"**{figure(b[OURS])}**; keys shuffled {figure(f.single['shuffled'][OURS])}"),
            ("(c) NDJSON file → decisions file, 1 thread, CPU ns a row", best(c), figure(c["hand-written, own reader"]),
             AIMS["c"], f"**{figure(c[COMMAND])}**"),
            ("wall time, 2 threads for 1", "", gain("hand-written, own reader"), AIMS["c2"], f"**{gain(COMMAND)}**"),
            ("(d) peak memory as a stream, MiB", best(f.rss), figure(f.rss["hand-written"]), AIMS["d"],
             f"**{figure(f.rss[COMMAND])}**"),
            ("(e) under 1,000 regional norms, ns", best(at), figure(at["hand-written, indexed"]), AIMS["e"],
             f"**{figure(at[OURS])}**"),
            ("its time at 1,000 for that at 10", f"zen {times('zen'):.2f} ×" if "zen" in f.scale else "",
             f"{times('hand-written, indexed'):.2f} ×", AIMS["e10"], f"**{times(OURS):.2f} ×**"),
            ("loading 1,000 norms, ms", f"zen {figure(f.build['zen'])}" if "zen" in f.build else "", "", AIMS["load"],
             f"**{figure(f.build[OURS])}**"),
        ])


def sections(results):
    f, single, scale, machine = Figures(results), results["single"], results["scale"], results["machine"]
    yield summary(f)
    yield "![The same figures on logarithmic scales](docs/benchmarks.svg)"
    yield (f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}, {machine['system']}; "
           f"{machine['rustc']}; Python {machine['python']}; Node {machine['node'].lstrip('v')}. "
           f"Taken on {machine['date']}, {machine['rounds']} interleaved rounds, {machine['rows']:,} rows. {versions()}")
    yield "### (a), (b) One decision\n\nCPU ns, median (range)."
    yield table(("", "(a) parsed facts", "(b) text to text", "(b) keys shuffled"),
                [(n, *(spread(single[k][n]) for k in ("a", "b", "shuffled"))) for n in single["a"]])
    yield "### (c) A file of many\n\nWhole processes, file to file; start-up and the input's pages are in the figures."
    yield table(("", "threads", "rows", "wall ns a row", "CPU ns a row", "peak MiB"),
                [(n, t, f"{v['rows']:,}", spread(v["wall"]), figure(v["cpu"]), figure(v["peak"]))
                 for (n, t), v in f.bulk.items()])
    yield "### (d) Peak memory as a stream\n\nFrom stdin to stdout."
    yield table(("", "rows", "MiB"), results["bulk"]["rss"])
    yield ("### (e) Many norms\n\nCPU ns a decision that rests on a norm, median (range); `load` is the time until the "
           "first decision can be asked for.")
    yield table(("", "10", "100", "1,000", "1,000 for 10", "load 1,000, ms"),
                [(n, *(spread([x[0] for x in v[k]]) for k in ("10", "100", "1000")),
                  f"{f.scale[n][1000] / f.scale[n][10]:.2f} ×", figure(f.build[n])) for n, v in scale.items()])
    if COUNTS.exists():
        yield ("### Instructions\n\nAn item, as callgrind counts them, by the names in `benches/counts.rs`. Writing a line is "
               "`decide_text` without `read` and `decide_parsed`.")
        counts = json.loads(COUNTS.read_text())["instructions"]
        yield table(("", "instructions"), [(f"`{n}`", f"{x:,}") for n, x in counts.items()])
    yield "### Limits of the machine\n\nns a record, median (range); what the parts cost by themselves."
    yield table(("", "ns", "GB/s"), [(n, spread([x[0] for x in v]), f"{median(x[1] for x in v):.2f}")
                                    for n, v in results["limits"].items()])
    yield "### Equal answers\n\nDecisions that are not the oracle's."
    yield table(("", "cases", "other decisions"), results["check"])
    if "million" in results:
        yield "Every line of `ereje batch` is, byte for byte, the one that the oracle writes:"
        yield table(("oracle", "keys", "threads", "rows", "seed", "other decisions"), results["million"])


def versions():
    """What was compared, as it is pinned."""
    cargo = re.findall(r'^([\w-]+) = \{ version = "=([\d.]+)"', (HERE / "rust/Cargo.toml").read_text(), re.M)
    python = re.findall(r"^([\w-]+)==([\d.]+)", (HERE / "py/requirements.txt").read_text(), re.M)
    node = json.loads((HERE / "node/package.json").read_text())["dependencies"].items()
    return "Compared: " + ", ".join(f"{name} {version}" for name, version in [*cargo, *python, *node]) + "."


# ------------------------------------------------------------------------------- the chart

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #57606a }
.name, .title { fill: #1f2328 } .title { font-weight: 600 }
.grid { stroke: #8b949e; stroke-opacity: .3 } .peer { fill: #6e7781 }
.limit { fill: none; stroke: #6e7781; stroke-width: 1.5 } .ours { fill: #c2410c } text.ours { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 } .name, .title { fill: #f0f6fc } .peer { fill: #9198a1 } .limit { stroke: #9198a1 }
  .ours { fill: #fb923c }
}
"""


def chart(f):
    """A panel for each measure, a row for each engine, a dot on a logarithmic scale."""
    merged = lambda names, values: {n: values[v] for n, v in names if v in values}  # noqa: E731
    c = merged([(n, n) for n in f.cpu(1) if n != OURS and "Parquet" not in n], f.cpu(1))
    c[OURS] = c.pop(COMMAND)
    e = {n: v[1000] for n, v in f.scale.items()}
    e["hand-written"] = e.pop("hand-written, indexed")
    panels = [("(a) parsed facts, ns", f.single["a"]), ("(b) text to text, ns", f.single["b"]),
              ("(c) file to file, CPU ns a row", c), ("(e) under 1,000 norms, ns", e)]
    panels = [(title, {n.replace(" (wall)", ""): v for n, v in values.items()}) for title, values in panels]
    names = sorted({n for _, values in panels for n in values},
                   key=lambda n: (n != OURS, n not in LIMITS, min(v.get(n, 1e99) for _, v in panels), n))
    left, width, gap, top, step = 190, 250, 22, 44, 24
    total, bottom = left + (width + gap) * len(panels), top + step * len(names)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {bottom + 34}" role="img" '
           f'aria-label="Time a decision, by engine, on logarithmic scales">', f"<style>{STYLE}</style>"]
    for i, name in enumerate(names):
        kind = "ours" if name == OURS else "name"
        out.append(f'<text class="{kind}" x="{left - 12}" y="{top + step * i + 17}" text-anchor="end">{name}</text>')
    for p, (title, values) in enumerate(panels):
        x0 = left + (width + gap) * p
        low, high = int(log10(min(values.values()))), int(log10(max(values.values()))) + 1
        room = width - 58  # the largest has its figure behind it
        place = lambda v: x0 + (log10(v) - low) / (high - low) * room  # noqa: E731
        out.append(f'<text class="title" x="{x0}" y="20">{title}</text>')
        for power in range(low, high + 1):
            x = place(10**power)
            label = f"{10 ** (power % 3)} {('ns', 'µs', 'ms', 's')[power // 3]}"
            out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{bottom + 4}"/>')
            if power % 2 == low % 2:
                out.append(f'<text x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{label}</text>')
        for i, name in enumerate(names):
            if name not in values:
                continue
            kind = "ours" if name == OURS else "limit" if name in LIMITS else "peer"
            x, y = place(values[name]), top + step * i + 12
            out.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="5"/>')
            word = "ours" if kind == "ours" else ""
            out.append(f'<text class="{word}" x="{x + 10:.1f}" y="{y + 5}">{figure(values[name])}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def main():
    results = json.loads((HERE / "build/results.json").read_text())
    missing = {"check", "single", "scale", "limits", "bulk"} - set(results)
    if missing:
        print(f"\nBENCHMARKS.md stays as it is: {', '.join(sorted(missing))} not measured yet")
        return
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(head + BEGIN + "\n\n" + "\n\n".join(sections(results)) + "\n\n" + END + tail)
    CHART.write_text(chart(Figures(results)))
    print("\nwritten: BENCHMARKS.md, docs/benchmarks.svg")


if __name__ == "__main__":
    main()
