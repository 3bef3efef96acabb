"""Whether this worker is asked to end. Long work asks now and then, and stops cleanly."""

import threading


class WorkerStopping(Exception):
    """This process is asked to end; what has not ended by the next report is given up cleanly."""


stopping = threading.Event()
