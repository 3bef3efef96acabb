"""What the pages of memories show, counted and put in order."""
