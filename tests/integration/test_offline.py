"""The program works with the network off, and without any environment variable that tells them to stay offline."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.model

ISOLATED = ["unshare", "--map-root-user", "--net"]

TRY_TO_CONNECT = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
DEMO = "import sys; from api.cli import main; sys.argv = ['jtbd', 'demo', '--out', 'demo']; main()"


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
def test_the_demo_runs_whole_in_a_process_that_has_no_network_at_all(tmp_path: Path) -> None:
    def run(code: str) -> subprocess.CompletedProcess[str]:
        command = [*ISOLATED, sys.executable, "-c", code]
        environment = online_environment() | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "Network is unreachable" in run(TRY_TO_CONNECT).stderr
    demo = run(DEMO)
    assert demo.returncode == 0, demo.stderr
    assert (tmp_path / "demo" / "report.html").stat().st_size > 0
