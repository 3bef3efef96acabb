"""The addresses of a memory, below `/api/v1/{context}/`. `config.memory_api` assembles them.

`base` is what all of them share: bodies and answers on the wire, the caller, times. `repeats`: requests that are sent
twice. `access`: contexts, keys, principals and scopes.
"""
