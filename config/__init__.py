"""Wiring only: settings, urls, the API's assembly, the task queue, what stands in front of Django."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
