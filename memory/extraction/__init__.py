"""From the words of a turn to a `Diff`: claims about the world, nothing decided and nothing written.

Pure but for the model's server: no tables. `diff` is what comes out, whoever read it; `rules` is stage 1; `models`
holds stages 2 and 3; `pipeline` says which reads a turn.
"""
