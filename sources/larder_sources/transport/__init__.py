"""How sources are reached: by HTTP, by `git`."""
