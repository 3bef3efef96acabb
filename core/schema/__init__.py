"""What the OpenAPI document tells of a field or a body beside its type."""
