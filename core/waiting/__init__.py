"""Waiting for other servers, so that one of them that hangs takes nobody with it.

`slots` gives a request's place to others meanwhile, `breaker` leaves alone whoever failed several times, `deadlines`
ends what has no end of its own, `recent` asks once for all who want to know, `turns` keeps those in line who would be
too many at once, `machine_turns` those of several processes. Read them in this order.
"""
