"""What is one word for people, and how a text is cut into words: the same answer each time.

`folding` brings spellings of a word into one form, `cutting` cuts a folded text into words, `identifiers` finds in it
what people look for by the very string; only `stems` asks PostgreSQL. Whoever changes what any of them answers counts
`FORM` up: a worker then writes the words of stored documents anew, and until it is through questions are asked in the
older form, too.

See docs/decisions/0246 and 0247.
"""

FORM = 2
"""Of the words that rows hold; 1: before there were forms."""
