"""Every operation of the OpenAPI document, called with what schemathesis makes up from it, on a real server.

    python -m tests.api.fuzzing --examples 200 --database postgresql      `make fuzz` with FUZZ_ARGS

Path parameters name things that are there, or no operation would come further than 404; what erases them, or would let
the caller out, is called with ids of nothing. The stream of events never ends and is left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from api.services.listings import list_people, transcript_ids
from api.store.database import Database, Stamp, database_url
from tests.api.served import Served, serve
from tests.databases import KINDS, an_empty
from tests.stored import keep_rich_study

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# What takes away that on which the other calls are made.
_ERASING: Final = (
    "DELETE /v1/studies/{study_id}",
    "DELETE /v1/studies/{study_id}/transcripts/{transcript_id}",
    "DELETE /v1/participants/{participant_id}",
    "DELETE /v1/keys/{key_id}",
    "DELETE /v1/studies/{study_id}/keys/{key_id}",
    "DELETE /v1/studies/{study_id}/members/{person_id}",
    "PATCH /v1/people/{person_id}",
)
_NOTHING: Final = {
    "study_id": "study_0",
    "transcript_id": "transcript_0",
    "participant_id": "participant_0",
    "key_id": "key_0",
    "person_id": "person_0",
}


def fuzz(served: Served, folder: Path, *, examples: int, phases: str = "examples,coverage,fuzzing") -> tuple[int, str]:
    """Call every operation, `examples` times with made-up values; give the exit status and what was found.

    Args:
        folder: where the settings of the run are written.
    """
    kept = keep_rich_study(served.database, Stamp.now("olga"))
    served.let_in(kept.study)
    here = {
        "study_id": kept.study,
        "run_id": kept.run,
        "transcript_id": next(iter(transcript_ids(served.database, kept.study).values())),
        "participant_id": list_people(served.database, kept.study)[0].id,
    }
    (folder / "fuzzing.toml").write_text(_settings(here))
    command = [Path(sys.executable).parent / "schemathesis", "--config-file", folder / "fuzzing.toml", "run"]
    command += [f"{served.url}/v1/openapi.json", "--checks", ",".join(CHECKS), "--phases", phases]
    # The same calls every time.
    command += ["--max-examples", str(examples), "--generation-deterministic"]
    command += ["--exclude-path-regex", "/events$", "--suppress-health-check", "all", "--warnings", "off"]
    command += ["-H", f"Authorization: Bearer {served.keys['owner']}", "--no-color"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _settings(here: dict[str, str]) -> str:
    lines = ["[parameters]", *(f'"path.{name}" = "{value}"' for name, value in here.items())]
    for name in _ERASING:
        lines += ["[[operations]]", f'include-name = "{name}"', "[operations.parameters]"]
        lines += [f'"path.{parameter}" = "{value}"' for parameter, value in _NOTHING.items() if parameter in name]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Fuzz a server over a new database, as long as is asked; give the exit status of schemathesis."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    arguments.add_argument("--examples", type=int, default=100, help="made-up calls of each operation")
    arguments.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    arguments.add_argument("--database", choices=KINDS, default="sqlite", help="a new one of this kind")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, an_empty(given.database) as url:
        database = Database(database_url(url))
        with serve(database) as served:
            status, told = fuzz(served, Path(folder), examples=given.examples, phases=given.phases)
        database.close()
    print(told)
    return status


if __name__ == "__main__":
    sys.exit(main())
