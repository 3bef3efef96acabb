#!/usr/bin/env bash
# rapidocr 3.10.0: which of the languages that it names for its models the model in its wheel can write.
#
# `RapidOCR.list_supported_langs` names 52 codes for PP-OCRv6, and one model is for all of them, so one would guess that it
# has their letters. Seen:
#   - Vietnamese (`vi`) is among the languages, and of the letters that it alone has (U+1EA0 to U+1EF9) the model has two in
#     ninety; a text of it comes back with other letters, and nothing says so;
#   - the letters of the European languages that are named are all there.
# So a language is offered here where its letters are in the model's alphabet, not where it stands in the list.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnxruntime==1.31.1 numpy==2.4.6 PyYAML==6.0.3
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps rapidocr==3.10.0
"$room/venv/bin/python" - <<'PYTHON'
from importlib.util import find_spec
from pathlib import Path

import onnxruntime
import yaml

folder = Path(find_spec("rapidocr").submodule_search_locations[0])
named = yaml.safe_load((folder / "default_models.yaml").read_text())["model_routes"]["PP-OCRv6"]["rec"]["small"]
languages = {language for route in named for language in route["supported_langs"]}
model = onnxruntime.InferenceSession(str(folder / "models" / "PP-OCRv6_rec_small.onnx"))
letters = set(model.get_modelmeta().custom_metadata_map["character"].splitlines())

vietnamese = {chr(code) for code in range(0x1EA0, 0x1EFA)}
assert "vi" in languages
print(f"{len(languages)} languages, Vietnamese among them: {len(vietnamese & letters)} of its {len(vietnamese)} letters")
assert len(vietnamese & letters) < 5, vietnamese & letters

european = "äöüß áéíñóú àâæçéèêëîïôœùûü ąćęłńóśźż áčďéěíňóřšťúůýž áéíóöőúüű āčēģīķļņšūž ăâîșț ðþ ċġħż çğıİöşü"
assert not set(european.replace(" ", "")) - letters, set(european) - letters
print("letters of the European languages are all there")
print("as described")
PYTHON
