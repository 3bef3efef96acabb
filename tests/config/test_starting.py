"""What a process does when it starts, beside its work: as little as it can."""

import gc
import subprocess
import sys

from tests import ROOT


def test_the_collector_leaves_alone_what_was_imported_and_works_on() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 50_000


def test_a_worker_and_the_scheduler_import_their_tasks_and_no_pages_or_addresses() -> None:
    begin = "import sys; from config import celery_app; celery_app.loader.init_worker(); celery_app.finalize();"
    told = "print('knowledge.tasks.purge' in celery_app.tasks, {'config.urls', 'config.api'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", begin + told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "set()"]
