"""Uploads, files and collections."""
