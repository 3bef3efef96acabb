"""What is taken: `submit` one text, URL or file, `batch` several files at once, `folder` tens of thousands."""
