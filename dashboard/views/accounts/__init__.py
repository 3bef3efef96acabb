"""Signing in, one's account, users, access keys, the audit."""
