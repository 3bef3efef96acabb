"""The store and the memories as tools of an agent, by the Model Context Protocol.

`caller`: whom a key speaks for. `tools`: what it may use, each a name, arguments and a verb of the packages below.
`calling`: one call, from its arguments to its answer or its fault. `resources`: documents under addresses of their own.
`protocol`: the published library's server with all that. It is served twice: `over_http` in the web process, where a
thread of its own drives the library, and `over_stdio` for a program that starts Larder's command itself.

Only `protocol` and what serves it import the library: a process that is never asked does without.

See docs/decisions/0273 and docs/decisions/0274.
"""
