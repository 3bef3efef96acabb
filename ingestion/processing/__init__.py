"""What becomes of an upload: `lifecycle` is its way stage by stage, `leases` say which worker has it, `fetching` gets
URLs, `chunks` and `indexing` make documents of it, `failures` and `retry` tell and mend what went wrong.
"""
