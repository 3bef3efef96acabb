"""Ready-made providers, configured by YAML: `larder-source NAME config.yaml`.

changes    what a source says of what lies in it: items with fingerprints, what is still there, what is gone
kinds/     one module for each kind of source; `kinds/__init__` is their registry
config     the YAML file: lines, variables, nearest names;  options: what every kind understands
templates  from an item's values to a document's id, content, tags and expiry
ledger     what the store has of a source, in a file beside it
syncing    one sync: changes against the ledger, pushes, deletions
serving    the provider over HTTP, or once without one;  cli: the command
"""

__version__ = "0.1.0"
