"""`/api/v1/knowledge` and `/api/v1/held`. Endpoints translate, the verbs decide: `pushing`, `reading`, `held`,
`quarantine`; `schemas` are the shapes of their answers.
"""
