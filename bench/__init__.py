"""Measurements that print: Larder beside its peers, at size, and pictures of its pages."""
