"""A Qdrant on loopback that speaks what Larder asks of it, on one of two engines: the client's own local mode, in
Python, or qdrant-edge, the code of the server's shards as a library. Neither knows nodes, replicas or queues.
"""
