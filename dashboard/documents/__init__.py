"""What pages of documents show: `listing`, a document's `passages`, the search page's `questions` and `highlight`."""
