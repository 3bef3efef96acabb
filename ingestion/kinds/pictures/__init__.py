"""Pictures: those of the `ingestion.kinds` that are read where recognition (OCR) is switched on."""
