"""The embedded stack: PostgreSQL, Redis and Larder's own processes on one machine, started by `manage.py up`.

Read `up` first, then `processes` (the supervisor) and `programs` (what it runs), `postgres` and `redis`, `provision`
(what the first start makes).
"""
