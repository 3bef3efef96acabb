"""The pages. Views translate between addresses and the verbs of the packages below; there is no model here.

Read `urls`, then the view of the page; what it shows is gathered in the folder of the same noun.
"""
