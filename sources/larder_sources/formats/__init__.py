"""What texts are written in: Markdown with front matter, pieces of HTML, sitemaps."""
