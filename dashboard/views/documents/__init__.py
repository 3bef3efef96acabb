"""Search, lists, a document, trash, held deletions, quarantine, embedding models, exports."""
