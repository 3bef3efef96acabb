"""What pages of providers and runs show: `overview` of all, `rows` of a list, `timeline` of one, `hints` for failures,
the `schedule_preview` of what is typed.
"""
