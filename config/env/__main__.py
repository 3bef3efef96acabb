"""`python -m config.env`: writes `.env.example` and the table of `docs/reference/limits.md` from the declarations."""

from config.env.base import BASE_DIR
from config.env.pages import write_pages

for path in write_pages():
    print(f"{path.relative_to(BASE_DIR)} is written")
