"""Kill workers, the server and who adds interviews, at random points, and say whether anything was lost: `make faults`.

On a SQLite file and on a PostgreSQL of its own, if there is one to start. Exit status 1 where an upload is lost, a run
is stuck or failed, or an analysis is another than that of an undisturbed run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.databases import KINDS, an_empty
from tests.faults import storm
from tests.postgres import PostgresMissingError


def main() -> int:
    """Run the storms that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often somebody is killed (default: %(default)s)")
    parser.add_argument("--interviews", type=int, default=100, help="interviews to add (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which random points (default: %(default)s)")
    parser.add_argument("--database", choices=KINDS, action="append", help="one of the two; both otherwise")
    given = parser.parse_args()
    n_faults = 0
    for kind in given.database or KINDS:
        try:
            with an_empty(kind) as url, tempfile.TemporaryDirectory() as folder:
                done = storm(
                    url, Path(folder) / "noted", n_kills=given.kills, n_interviews=given.interviews, seed=given.seed
                )
        except PostgresMissingError as why:
            print(f"{kind}: left out, {why}")
            continue
        who = Counter(name.partition(" ")[0] for name in done.killed)
        print(
            f"{kind}: {len(done.killed)} kills in {done.took_s:.0f} s "
            f"({', '.join(f'{n} of a {name}' for name, n in sorted(who.items()))}), {done.n_interviews} interviews, "
            f"{done.n_uploads} of them uploaded, {done.n_runs} runs in {done.n_attempts} attempts: "
            f"{len(done.faults) or 'no'} faults"
        )
        for fault in done.faults:
            print(f"  {fault}")
        n_faults += len(done.faults)
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
