"""Stepping down from root without losing the way through closed directories."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.account import server_account

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")


def test_a_cluster_of_a_user_without_a_name_here_is_run_by_that_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 54_321, 54_322)
    account = server_account(tmp_path)
    assert account
    assert (account.uid, account.gid) == (54_321, 54_322)


def test_the_account_may_run_what_lies_below_a_directory_that_is_closed_to_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    program = closed / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    account = server_account(tmp_path / "cluster")
    assert account
    look = f"import os; print(os.getuid() != 0, os.access({str(program)!r}, os.X_OK))"
    said = subprocess.run([sys.executable, "-c", look], preexec_fn=account.assume, capture_output=True, text=True)
    assert said.stdout.split() == ["True", "True"], said.stderr
