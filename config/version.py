"""Larder's version: what its pages and its API tell, and what the wheel is called."""

VERSION = "0.1.0"
