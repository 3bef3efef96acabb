"""From texts to vectors: `vector_space` says which model is in use, `embedders` are the backends, `weights` finds the
local one's files, `passages` cuts documents, `pending` finishes what waits, `model_change`, `backfill` and
`index_build` take a new model into use, `quarantine` lists what a backend refused.
"""
