"""From the words of a turn to a `Diff`: claims about the world, nothing decided and nothing written.

Pure but for the models' server: no tables. Read on in this order: `diff` (what comes out, whoever read it), `reading`
(what came of it), `pipeline` (who reads a turn), `injection` (whom nobody reads), `rules` (stage 1), `models` (stages 2
and 3), `doubts` (when the strong one is asked), `merging` (rules and a model together), `tally` (counts for /metrics).
"""
