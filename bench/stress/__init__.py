"""What others notice while something is slow or greedy, as ratios to the same machine idle: python -m bench.stress

    pushers           eight clients push batches of 1,000 new documents, as fast as they are answered; somebody asks
    worst             the four questions that cost most, four at a time; somebody else asks
    connections       200 bodies that trickle in and 500 idle connections; somebody asks
    stopped           PostgreSQL stands still for a while (SIGSTOP); eight clients ask

    embedder-silent   the embedder accepts and says nothing, 40 questions by meaning are in flight
    embedder-flaky    it is late, fails, breaks off and answers in turns
    redis-stopped     Redis is stopped (SIGSTOP): it accepts and says nothing

Each has goals, and somebody who asks for /health throughout; where one is missed the exit code is 1. The last three
have a stack of their own (`faults`).

`--documents` says how many the store holds (25,000), `--folder` where stores are kept from run to run, `--root` whose
checkout is measured (this one's). Every document that a push was acknowledged for is looked for afterwards.

A section is a function of a `Scene`, in a module of its own; `__main__` lists them.
"""
