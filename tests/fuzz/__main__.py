"""`make fuzz`: random faults in what each reader is given. Prints the seed, and a line for each reader; 1 if one failed."""

import argparse
import random
import sys
import time

from tests.fuzz.judge import fuzz, keep
from tests.fuzz.readers import READERS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of: {', '.join(READERS)}; all by default")
    parser.add_argument("--inputs", type=int, default=10_000, help="of each reader (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}: the same inputs by --seed {chosen.seed}")
    print(f"{'reader':<22}{'read':>8}{'refused':>9}{'seconds':>9}{'slowest':>9}{'memory':>9}")
    failed = 0
    for reader in chosen.readers or READERS:
        started = time.perf_counter()
        done = fuzz(reader, chosen.inputs, chosen.seed)
        took = time.perf_counter() - started
        counted = f"{done.counts['read']:>8}{done.counts['refused']:>9}{took:>9.0f}{done.slowest:>9.3f}"
        print(f"{reader:<22}{counted}{done.grown / 2**20:>5.0f} MiB", flush=True)
        if done.fault:
            failed += 1
            print(f"  FAILED: {done.fault[1][:300]}\n  kept as {keep(done)}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
