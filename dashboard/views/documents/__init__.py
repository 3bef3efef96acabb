"""Search, lists, a document, many at once, trash, held deletions, quarantine, embedding models, exports."""
