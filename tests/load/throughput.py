"""How fast is `/v1/clean` beside a route that does nothing, of the same server in the same run?

python -m tests.load.throughput [seconds per turn] [turns]
"""

import sys

from tests.load.client import article, drive, ok, post, serving, told_on_request

LEAST = 0.35


def measure(seconds: float, turns: int) -> float:
    """Return how many articles of 4 KB are cleaned while one no-op is answered. The two take turns."""
    text = article(4096)
    counts, cpu = {"noop": 0, "clean": 0}, {"noop": 0.0, "clean": 0.0}
    with serving() as service:
        paths = {"noop": post("/noop", text), "clean": post("/v1/clean", text)}
        drive(service.port, list(paths.items()), 1)
        for _ in range(turns):
            for label, sent in paths.items():
                before = service.cpu()
                tally = drive(service.port, [(label, sent)], seconds)
                assert not tally.bad(label), tally.bad(label)
                counts[label] += tally.count(label)
                cpu[label] += service.cpu() - before
    ratio = counts["clean"] / counts["noop"]
    rates = ", ".join(f"{label} {count / seconds / turns:.0f}/s" for label, count in counts.items())
    costs = {label: cpu[label] / counts[label] * 1000 for label in counts}
    ok("CPU of the service: " + ", ".join(f"{label} {cost:.2f} ms" for label, cost in costs.items())
       + f", ratio {costs['noop'] / costs['clean']:.2f}")  # fmt: skip
    ok(f"throughput with {len(text)} bytes: {rates}, ratio {ratio:.2f} (at least {LEAST})")
    return ratio


if __name__ == "__main__":
    told_on_request(__doc__)
    asked = [float(number) for number in sys.argv[1:]]
    sys.exit(measure(asked[0] if asked else 5, int(asked[1]) if asked[1:] else 3) < LEAST)
