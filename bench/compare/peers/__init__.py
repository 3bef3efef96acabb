"""What Larder is measured beside: Chroma's server, pgvector by bare SQL, LanceDB, LangChain, an earlier checkout."""
