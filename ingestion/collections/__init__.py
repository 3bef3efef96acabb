"""Collections, the files in them, and the jobs that several files came as."""
