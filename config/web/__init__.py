"""The web process: `wsgi` is its entry, `request_buffering` and `slow_clients` guard it, `fast_path` answers plain
queries, `middleware` stands before every view.
"""
