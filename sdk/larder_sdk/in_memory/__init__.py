"""How the clients in memory (`larder_sdk.fake`) judge what the server judges: tag expressions, filters, metadata."""
