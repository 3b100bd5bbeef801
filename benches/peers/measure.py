"""Checks every peer against the oracles, measures them in interleaved rounds and
prints tables; run.sh calls it. Results also go to build/results.json, from which
report.py makes the page.

    measure.py [check] [single] [scale] [limits] [bulk] [million]   (all when none is named)
    measure.py million ROWS [SEED]       `ereje batch` against both oracles, on so many rows
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"
BIN = Path(os.environ.get("PEERS_BIN", BUILD / "target/release"))
PYTHON = str(BUILD / "venv/bin/python")
ROWS = int(os.environ.get("ROWS", 1_000_000))
ROUNDS = int(os.environ.get("ROUNDS", 5))
PY, NODE = HERE / "py", BUILD / "node/json_rules_peer.mjs"
EREJE, POLICY = BIN / "ereje", HERE.parent / "residence"
GNU_TIME = Path("/usr/bin/time").exists()
INTERPRETER = {"REGORUS": "interpreter"}

# name: (command, environment)
RUST = {
    "ereje": (["ereje-peer"], {}),
    "hand-written": (["oracle"], {}),
    "hand-written, own reader": (["fast"], {}),
    "regorus (VM)": (["regorus"], {}),
    "regorus (interpreter)": (["regorus"], INTERPRETER),
    "cedar": (["cedar"], {}),
    "zen": (["zen"], {}),
    "cel": (["cel"], {}),
    "lemma": (["lemma"], {}),
}
# A new engine, plugged in from outside: ENGINE="name=command that reads NDJSON facts on
# stdin and writes NDJSON decisions on stdout".
ENGINE = os.environ.get("ENGINE", "").partition("=")
for skipped in os.environ.get("SKIP", "").split():  # Rust peers not built here
    RUST = {k: v for k, v in RUST.items() if v[0] != [skipped]}
# Only these are measured again, ONLY="ereje; ereje batch"; what is known of the others stays.
ONLY = {name.strip() for name in os.environ.get("ONLY", "").split(";") if name.strip()}
SLOW = {"regorus (VM)", "regorus (interpreter)", "cedar", "zen", "cel", "lemma"}


def run(command, env=None, stdin=None, stdout=subprocess.PIPE):
    """Output, wall s, CPU s and peak MiB of one process.

    Under GNU time where it is there: a process this one starts itself would count this
    one's memory at the fork as its own peak.
    """
    wrap = ["/usr/bin/time", "-f", "%M", "-o", BUILD / "peak"] if GNU_TIME else []
    begin = time.perf_counter()
    p = subprocess.Popen([str(c) for c in [*wrap, *command]], env={**os.environ, **(env or {})},
                         stdin=open(stdin) if stdin else None, stdout=stdout,
                         stderr=open(BUILD / "said", "wb"))
    out = p.stdout.read() if p.stdout else b""
    _, status, used = os.wait4(p.pid, 0)
    wall = time.perf_counter() - begin
    p.returncode = status
    if status:
        raise SystemExit(f"{command} failed:\n{(BUILD / 'said').read_text()}")
    peak = int((BUILD / "peak").read_text()) if GNU_TIME else used.ru_maxrss
    return out.decode(), wall, used.ru_utime + used.ru_stime, peak / 1024


def wanted(names):
    return [name for name in names if not ONLY or name in ONLY]


def rust(name):
    command, env = RUST[name]
    return [str(BIN / command[0])], env


def batch(source, target, threads):
    """The command `ereje batch`; `-` is a stream."""
    return [EREJE, "batch", "-p", POLICY, source, "-o", target, "--threads", threads]


def facts(rows, seed=20251111, *order):
    path = BUILD / "-".join(["facts", str(rows), *([str(seed)] if seed != 20251111 else []), *order, ".ndjson"])
    path = path.with_name(path.name.replace("-.", "."))
    if not path.exists():
        with open(path, "w") as out:
            run([BIN / "gen", rows, seed, *order], stdout=out)
    return path


def parquet(rows):
    path = BUILD / f"{rows}-facts.parquet"
    if not path.exists():
        run([PYTHON, PY / "duckdb_peer.py", facts(rows), path, 2])
    return path


def median(samples):
    return statistics.median(samples), min(samples), max(samples)


def table(title, head, rows):
    print(f"\n### {title}\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for r in rows:
        print("| " + " | ".join(str(c) for c in r) + " |", flush=True)


def spread(samples, digits=0):
    m, low, high = median(samples)
    return f"{m:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def streams():
    """Every peer as a command from NDJSON on stdin to NDJSON on stdout."""
    yield from ((name, *rust(name)) for name in RUST)
    yield "ereje batch", batch("-", "-", 1), {}
    yield "ereje batch, 2 threads", batch("-", "-", 2), {}
    yield "Python oracle", [PYTHON, PY / "oracle.py"], {}
    yield "json-rules-engine", ["node", NODE], {}
    for name in ("openfisca", "duckdb", "polars"):
        yield name, [PYTHON, PY / f"{name}_peer.py"], {}
    if ENGINE[0]:
        yield ENGINE[0], ENGINE[2].split(), {}


def check():
    source, want = facts(100_000), BUILD / "want.ndjson"
    with open(want, "w") as out:
        run([PYTHON, PY / "oracle.py"], stdin=source, stdout=out)
    agree = run([BIN / "oracle"], stdin=source)[0] == want.read_text()
    rows, want10 = [("Rust oracle = Python oracle", "100000", "0" if agree else "DIFFER")], BUILD / "want10.ndjson"
    want10.write_text("".join(want.read_text().splitlines(True)[:10_000]))
    for name, command, env in streams():
        if not wanted([name]):
            continue
        got = BUILD / "got.ndjson"
        with open(got, "w") as out:
            run(command, env, stdin=facts(10_000), stdout=out)
        answer = json.loads(subprocess.run([PYTHON, PY / "check.py", want10, got],
                                           stdout=subprocess.PIPE, text=True).stdout)
        rows.append((name, answer["cases"], answer["wrong"]))
    table("Agreement with the oracle", ("peer", "cases", "wrong"), rows)
    return rows


def single():
    a, b, shuffled = {}, {}, {}
    orders = [(facts(10_000), b), (facts(10_000, 20251111, "shuffled"), shuffled)]
    for _ in range(ROUNDS):
        for source, text in orders:
            for name in wanted(RUST):
                command, env = rust(name)
                rows = 2_000 if name in SLOW else 10_000
                r = json.loads(run([*command, "bench", source, rows], env)[0])
                if text is b:
                    a.setdefault(name, []).append(r["a_ns"])
                text.setdefault(name, []).append(r["b_ns"])
            for name in wanted(["json-rules-engine (wall)"]):
                r = json.loads(run(["node", NODE, "bench", source, 500])[0])
                if text is b:
                    a.setdefault(name, []).append(r["a_ns"])
                text.setdefault(name, []).append(r["b_ns"])
    table("(a) parsed facts, (b) JSON text to JSON text: CPU ns per decision, median (range)",
          ("peer", "a", "b", "b, keys shuffled"),
          [(n, *(spread(x[n], 1) for x in (a, b, shuffled))) for n in a])
    if not wanted(["openfisca"]):
        return {"a": a, "b": b, "shuffled": shuffled}
    r = [json.loads(run([PYTHON, PY / "openfisca_peer.py", "bench", facts(n)])[0])["a_ns"]
         for n in (1_000, 100_000, ROWS)]
    table("OpenFisca, arrays in memory: wall ns per decision", ("1,000 rows", "100,000", f"{ROWS:,}"),
          [[f"{x:,.0f}" for x in r]])
    return {"a": a, "b": b, "shuffled": shuffled, "openfisca": r}


def scale():
    got = {}
    for _ in range(max(3, ROUNDS - 2)):
        for n in (10, 100, 1000):
            for name in wanted(RUST):
                if name == "hand-written, own reader":
                    continue
                command, env = rust(name)
                rows = 10_000 if name not in SLOW else 300 if n < 1000 else 60
                args = [*command, "scale", facts(100_000), rows, n]
                variants = [(name, env)]
                if name == "hand-written":
                    variants.append((name + ", indexed", {"HAND": "indexed"}))
                for label, e in variants:
                    r = json.loads(run(args, e)[0])
                    assert r["wrong"] == 0, label
                    got.setdefault(label, {}).setdefault(n, []).append((r["ns"], r["build_ms"]))
    table("(e) CPU ns per decision under N override rules, median (range); build time at 1000",
          ("peer", "10", "100", "1000", "build ms"),
          [(p, *(spread([x[0] for x in v[n]], 1) for n in (10, 100, 1000)),
            f"{statistics.median(x[1] for x in v[1000]):,.1f}") for p, v in got.items()])
    return got


def bulk():
    out, jobs = BUILD / "out.ndjson", []  # jobs: name, threads, rows, command of rows, env, stdin
    for name in RUST:
        command, env = rust(name)
        for threads in (1, 2):
            jobs.append((name, threads, 200_000 if name in SLOW else ROWS, lambda n, c=command, t=threads:
                         [*c, "bulk", facts(n), out, t], env, False))
    for threads in (1, 2):
        jobs.append(("ereje batch", threads, ROWS, lambda n, t=threads: batch(facts(n), out, t), {}, False))
    for name in ("duckdb", "polars"):
        program = PY / f"{name}_peer.py"
        for threads in (1, 2):
            jobs.append((name, threads, ROWS, lambda n, p=program, t=threads:
                         [PYTHON, p, facts(n), out, t], {}, False))
            jobs.append((name + ", Parquet to Parquet", threads, ROWS, lambda n, p=program, t=threads:
                         [PYTHON, p, parquet(n), BUILD / "out.parquet", t], {}, False))
    jobs.append(("openfisca", 1, ROWS, lambda n:
                 [PYTHON, PY / "openfisca_peer.py", facts(n), out], {}, False))
    jobs.append(("Python oracle", 1, 200_000, lambda n: [PYTHON, PY / "oracle.py"], {}, True))
    jobs.append(("json-rules-engine", 1, 20_000, lambda n: ["node", NODE], {}, True))
    if ENGINE[0]:
        jobs.append((ENGINE[0] + " (stream)", 1, ROWS, lambda n: ENGINE[2].split(), {}, True))

    jobs = [job for job in jobs if wanted([job[0]])]

    def one(n, command, env, stdin):
        with open(out if stdin else os.devnull, "w") as sink:
            return run(command(n), env, facts(n) if stdin else None, sink)[1:]

    got, start = {}, {}
    for _ in range(3):
        for name, threads, n, *how in jobs:
            start.setdefault((name, threads), []).append(one(10, *how)[0] * 1e3)
            got.setdefault((name, threads, n), []).append(one(n, *how))
    rows = []
    for (name, threads, n), v in got.items():
        wall, cpu = ([x[i] * 1e9 / n for x in v] for i in (0, 1))
        begin = statistics.median(start[name, threads])
        rows.append((name, threads, f"{n:,}", spread(wall), f"{statistics.median(cpu):,.0f}",
                     f"{begin:,.0f}", f"{statistics.median(wall) - begin * 1e6 / n:,.0f}",
                     f"{max(x[2] for x in v):,.0f}"))
    table("(c) bulk, file to file, whole process", ("peer", "threads", "rows", "wall ns per row",
          "CPU ns per row", "start-up ms (10 rows)", "wall ns per row less start-up",
          "peak MiB (Rust peers: with the mapped input)"), rows)
    rows = []
    for name, command, env in streams():
        if not wanted([name]):
            continue
        n = 1_000 if name in ("json-rules-engine", *SLOW) else 100_000
        with open(out, "w") as sink:
            rows.append((name, f"{n:,}", f"{run(command, env, facts(n), sink)[3]:,.1f}"))
    table("(d) peak RSS as a stream, stdin to stdout", ("peer", "rows", "MiB"), rows)
    return {"bulk": {f"{k}": v for k, v in got.items()}, "rss": rows}


def limits():
    got = {}
    for _ in range(3):
        for line in run([BIN / "limits", facts(100_000), 10_000])[0].splitlines():
            r = json.loads(line)
            if "name" in r:
                got.setdefault(r["name"], []).append((r["ns"], r["gb_s"]))
    table("Limits", ("what", "ns per record, median (range)", "GB/s"),
          [(k, spread([x[0] for x in v], 2), f"{statistics.median(x[1] for x in v):.2f}")
           for k, v in got.items()])
    return got


def million(rows=ROWS, seed=2):
    """Every decision of the command, with keys in order and shuffled, on one thread and
    on two, byte for byte what each oracle writes."""
    rows, seed, got = int(rows), int(seed), BUILD / "got.ndjson"
    oracles = {"Rust oracle": [BIN / "oracle"], "Python oracle": [PYTHON, PY / "oracle.py"]}
    want = {name: BUILD / f"want-{name[0]}.ndjson" for name in oracles}
    for name, command in oracles.items():
        with open(want[name], "w") as out:
            run(command, stdin=facts(rows, seed), stdout=out)
    lines = []
    for order in ([], ["shuffled"]):
        for threads in (1, 2):
            run(batch(facts(rows, seed, *order), got, threads))
            for name, path in want.items():
                with open(path) as a, open(got) as b:
                    wrong = sum(x != y for x, y in zip(a, b, strict=True))
                lines.append((name, " ".join(order) or "in order", threads, f"{rows:,}", seed, wrong))
    table("`ereje batch` against the oracles", ("oracle", "keys", "threads", "rows", "seed", "other decisions"), lines)
    for path in [got, *want.values(), facts(rows, seed), facts(rows, seed, "shuffled")]:
        path.unlink()
    return lines


def machine():
    """Where and with what the figures were taken."""
    def said(*command):
        if not shutil.which(command[0]):
            return ""
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=HERE).stdout.strip()
    cpu = [line.partition(": ")[2] for line in open("/proc/cpuinfo") if line.startswith("model name")] \
        if Path("/proc/cpuinfo").exists() else []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": cpu[0].strip() if cpu else platform.processor(), "cores": os.cpu_count(),
            "memory": f"{memory:.0f} GiB", "system": f"{platform.system()} {platform.release().partition('-')[0]}",
            "rustc": said("rustc", "--version"), "python": platform.python_version(),
            "node": said("node", "--version"), "commit": said("git", "rev-parse", "--short=10", "HEAD"),
            "date": time.strftime("%Y-%m-%d", time.gmtime()), "rows": ROWS, "rounds": ROUNDS}


def merged(before, now):
    """What was measured now over what was known before, by name."""
    if isinstance(before, dict) and isinstance(now, dict):
        return {k: merged(before.get(k), now[k]) if k in now else before[k] for k in {**before, **now}}
    if isinstance(before, list) and now and isinstance(now[0], list) and isinstance(now[0][0], str):
        again = {row[0]: row for row in now}
        return [again.pop(row[0], row) for row in before] + list(again.values())
    return now


if __name__ == "__main__":
    path = BUILD / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    results["machine"] = machine()
    if sys.argv[1:2] == ["million"]:
        parts = {"million": sys.argv[2:]}
    else:
        parts = {part: [] for part in sys.argv[1:] or ["check", "single", "scale", "limits", "bulk", "million"]}
    for part, arguments in parts.items():
        now = json.loads(json.dumps(globals()[part](*arguments)))
        results[part] = merged(results.get(part), now) if ONLY else now
        path.write_text(json.dumps(results, indent=1))
