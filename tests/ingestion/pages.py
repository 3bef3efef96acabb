"""Pages for readers: one that is small, and one whose tree takes some dozen megabytes."""

SMALL = f"<h1>Bread</h1><p>{'Bread is baked before the sun is up, and sold while it is warm. ' * 8}</p>".encode()
LARGE = SMALL + b"<table>" + b"<tr><td>1</td><td>2</td></tr>" * 100_000 + b"</table>"
