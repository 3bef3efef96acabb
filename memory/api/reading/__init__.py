"""What is read of a memory: queries, the block for a prompt, state, profile, entities, sessions, traces; forgetting."""
