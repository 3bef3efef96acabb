"""Models that answer people out of a memory: a chat, and a reflection. What they write is never read as said.

Read on in this order: `prompts` (what a model is shown), `answering` (one answer, within time and budget), `chatting`,
`reflecting`.
"""
