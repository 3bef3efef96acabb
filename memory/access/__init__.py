"""Who asks, and what they may. See docs/decisions/0160.

`reserved`: names that are no context's. `caller`: whom a request speaks for. `authentication`: finding that out.
`contexts`, `keys`, `principals`, `grants`: made, changed and taken away. `idempotency`: requests that are sent twice.
"""
