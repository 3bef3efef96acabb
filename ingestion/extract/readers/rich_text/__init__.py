"""Rich text: `rich_text_reader` reads. `controls` cuts it into words of control, bytes and braces, `letters` knows its
encodings, `destinations` what belongs where, `document` follows its state, `rows` puts tables together.

See docs/decisions/0253.
"""
