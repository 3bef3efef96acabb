"""What Larder is measured beside: Chroma's server, and LangChain's indexing over PGVectorStore."""
