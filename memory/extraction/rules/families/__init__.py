"""Families of verbs: which key a verb tells, where its slots stand, and whether it tells of a change or of an end."""
