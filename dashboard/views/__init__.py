"""One function a page or fragment, by noun: accounts, documents, files, providers; `overview` and `system` stand
alone.
"""
