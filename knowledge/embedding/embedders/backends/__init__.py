"""A backend each: its `BACKEND` makes the embedder of a model's name. How to add one: docs/development."""
