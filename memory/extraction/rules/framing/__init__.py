"""What a clause is, before anything is looked for in it: `openers` that are taken off, its frame, orders, contrasts."""
