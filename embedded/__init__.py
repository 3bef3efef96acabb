"""The embedded stack: PostgreSQL, Redis and Larder's own processes on one machine, started by `manage.py up`."""
