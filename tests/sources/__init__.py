"""Ready-made providers, against what they read: folders, repositories, databases, sites."""
