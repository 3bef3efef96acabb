"""What every address of a memory answers, told for the OpenAPI document, field by field.

Rows are built where they are read or written (`memory.reading.shapes`, `memory.writing.answers`, `memory.api`), and are
sent as they are: `described` in `base` tells of a shape without checking or copying by it.
`tests/memory/test_answers.py` holds each answer against its shape.
"""
