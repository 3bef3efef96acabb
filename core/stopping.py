"""Whether this worker is asked to end. Who is at something long asks now and then, and hands it back in good order."""

import threading


class WorkerStopping(Exception):
    """This process is asked to end; what has not ended by the next report is given up in good order."""


stopping = threading.Event()
