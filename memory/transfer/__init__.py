"""A context as lines of JSON, to be kept elsewhere or brought to another store: `lines`, `export`, `load`.

With all that is believed and was ever believed, what was said, and whose word it is. Keys do not travel, since they are
secrets; files of a context neither, since they are ingestion's.
"""
