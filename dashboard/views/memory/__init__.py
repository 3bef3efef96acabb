"""Pages of the memory of agents: its contexts, and what each of them holds."""
