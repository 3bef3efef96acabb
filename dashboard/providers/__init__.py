"""What pages of providers and runs show: `overview` of all, `filters` and `rows` of a list, `timeline` of one provider,
`run_timeline` of one run, `hints` for failures, the `schedule_preview` of what is typed.
"""
