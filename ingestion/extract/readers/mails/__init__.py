"""Mail: `email_reader` reads what was sent, `outlook_reader` what Outlook saves; `attachments` has each read by its own
reader, `flowed` and `packed_text` undo what mail programs do to a text. See docs/decisions/0254.
"""
