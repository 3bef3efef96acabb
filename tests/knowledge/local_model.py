"""The local model, and texts whose vectors are known."""

from knowledge.embedding.embedders.minilm import MiniLMEmbedder

ALICE = "Alice Chen, Chief Technology Officer, Engineering. Email: alice@acme.com"
TRAVEL = "The travel policy says employees must book flights two weeks in advance."

MODEL = MiniLMEmbedder()

# First three numbers of the reference implementation's vectors (sentence-transformers on torch).
ODD_TEXTS = [
    ("", [-0.11884, 0.04830, -0.00255]),
    ("   ", [-0.11884, 0.04830, -0.00255]),
    ("\u6c49\u5b57\u6f22\u5b57\u304b\u306a\u30ab\u30ca\ud55c\uad6d\uc5b4", [-0.01989, 0.08760, -0.00826]),
    ("\x00", [-0.11884, 0.04830, -0.00255]),
    ("a\x00b\x01c\x02\x7f\x85\u200b\u200e\ufeff", [-0.00783, 0.00735, -0.03094]),
    ("na\xefve caf\xe9 r\xe9sum\xe9 \xdcn\xefc\xf6d\xe9 \u0104\u0118\u0160\u017d", [-0.05210, -0.00658, -0.01769]),
    ("[CLS] [MASK] [PAD] [UNK]", [-0.09219, -0.02894, 0.12695]),
    ("\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", [0.00336, 0.07542, -0.02432]),
    ("\u0301\u0301\u0301", [-0.11884, 0.04830, -0.00255]),
    ("\r\n\r\n", [-0.11884, 0.04830, -0.00255]),
    ("\u0130stanbul \u0131I \xdf \u1e9e", [-0.02484, -0.01342, -0.02157]),
    (
        "😀😃 family \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 flag 🇱🇻",
        [-0.00471, 0.09285, -0.03114],
    ),
    ("a " * 5000, [-0.01442, -0.04710, 0.02383]),
    ("!" * 1000, [-0.01336, -0.04313, -0.01603]),
    ("[PAD]" * 300, [-0.00925, 0.14971, 0.01813]),
]

# The reference has one vector for all of those that are as long in its tokens: it knows no word of any of them.
UNREAD_TEXTS = [
    "\U0001f600",
    "\ud7ff\ue000\ufffd",
    "\U00010348\U00010330\U00010339 \U0001d518\U0001d52b\U0001d526\U0001d520\U0001d52c\U0001d521\U0001d522",
    "x" * 5000,
    "1234567890" * 30,
    "ሰላም ዓለም",
    "ภาษาไทย",
    "ᏣᎳᎩ!",
    "[UNK]",
]
