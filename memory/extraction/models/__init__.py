"""Stages 2 and 3: a model's server reads what rules could not. Nothing that it says is believed as it stands.

`server` asks, by the outbound guard and a breaker that all processes share; `apis` has the two shapes that servers
speak; `prompt` is what they are told; `reply` reads what they answer; `grounding` drops what the turn does not say;
`reader` puts these together for one model.
"""
