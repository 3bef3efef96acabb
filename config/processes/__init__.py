"""What the web process, the worker and the scheduler do beside their work: start, and say that they live."""
