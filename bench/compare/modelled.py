"""The corpus with the local model's own vectors: `.venv/bin/python -m bench.compare.modelled FILE DOCUMENTS ROWS`.

A document's is that of its text; a question's that of three words, as somebody would type them. The model is the one
that a new store has. It takes minutes; a working folder that is kept has them the next time.
"""

import subprocess
import sys
from pathlib import Path

from bench.compare.corpus import WIDTH, Corpus, corpus_of, text_of, words_question_of, written
from bench.compare.programs import ROOT, BenchmarkFailed, clean_environment

PYTHON = ROOT / ".venv" / "bin" / "python"
AT_ONCE = 256


def model_corpus(documents: int, *, questions: int, folder: Path) -> Corpus:
    def write(file: Path, rows: int) -> None:
        command = [str(PYTHON), "-m", "bench.compare.modelled", str(file), str(documents), str(rows)]
        if subprocess.run(command, cwd=ROOT, env=clean_environment(), check=False).returncode:
            raise BenchmarkFailed("The local model did not make the vectors.")

    return corpus_of(f"model-{documents}", documents, questions=questions, folder=folder, write=write)


def main() -> None:
    from knowledge.embedding.embedders.minilm import MiniLMEmbedder  # only in Larder's own environment

    file, documents, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    model = MiniLMEmbedder(int8=True)
    with written(file, rows, WIDTH) as vectors:
        for first in range(0, rows, AT_ONCE):
            part = range(first, min(first + AT_ONCE, rows))
            texts = [text_of(row) if row < documents else words_question_of(row) for row in part]
            vectors[first : first + len(part)] = list(model.embed(texts))


if __name__ == "__main__":
    main()
