"""What the local models are called. Whoever asks for a name needs no library."""

MODEL = "all-MiniLM-L6-v2"
NAME = f"local:{MODEL}"
INT8_NAME = f"{NAME}-int8"
NAMES = (INT8_NAME, NAME)
