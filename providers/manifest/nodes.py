"""Strict YAML: a tree in which every value knows its line. Pure.

Aliases, tags of one's own, a second document and a key that stands twice are refused: each of them lets a file say
something else than it seems to, and aliases let a small one say very much.
"""

from collections.abc import Iterator

import yaml

from providers.errors import Fault, ManifestInvalid

MOST_CHARS = 1_000_000
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
}
STANDARD = "tag:yaml.org,2002:"


def parse(text: str) -> yaml.MappingNode:
    """The file's root. Raises ManifestInvalid, with every fault of this kind that was found."""
    if len(text) > MOST_CHARS:
        raise _invalid(1, f"The file has {len(text):,} characters; the limit is {MOST_CHARS:,}.")
    loader = yaml.SafeLoader("")
    try:
        _refuse_aliases(text)
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _invalid(line, f"The character U+{error.character:04X} has no place in YAML.") from None
    except RecursionError:
        raise _invalid(1, "The file nests too deeply.") from None
    finally:
        loader.dispose()
    if root is None:
        raise _invalid(1, "The file is empty.")
    if not isinstance(root, yaml.MappingNode):
        raise _invalid(line_of(root), "The file is a mapping of names to values.")
    if faults := list(_structural_faults(root)):
        raise ManifestInvalid(faults)
    return root


def entries(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Name, its node, its value's node; in the order of the file."""
    for key, value in node.value:
        yield key.value, key, value


def line_of(node: yaml.Node) -> int:
    """From 1."""
    return int(node.start_mark.line) + 1


def kind_of(node: yaml.Node) -> str:
    """`str`, `int`, `float`, `bool`, `null`, `timestamp`, `map` or `seq`."""
    return node.tag.removeprefix(STANDARD)


def value_of(node: yaml.ScalarNode) -> object:
    """What a scalar means; raises ValueError where it means nothing (the 99th of May)."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, OverflowError) as error:
        raise ValueError(str(error)) from error
    finally:
        loader.dispose()


def _refuse_aliases(text: str) -> None:
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            line = token.start_mark.line + 1
            raise _invalid(line, f"*{token.value} is an alias; write out what it stands for.")


def _structural_faults(node: yaml.Node) -> Iterator[Fault]:
    if node.tag not in PLAIN_TAGS:
        yield Fault(line=line_of(node), reason=f"The tag {node.tag.replace(STANDARD, '!!')} is not read.")
    if isinstance(node, yaml.MappingNode):
        yield from _key_faults(node)
    children = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else node.value
    for child in children if isinstance(node, yaml.CollectionNode) else ():
        yield from _structural_faults(child)


def _key_faults(node: yaml.MappingNode) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        line = line_of(key)
        if not isinstance(key, yaml.ScalarNode):
            yield Fault(line=line, reason="A name is plain text.")
        elif key.value in first:
            yield Fault(line=line, reason=f"`{key.value[:60]}` stands twice, first in line {first[key.value]}.")
        else:
            first[key.value] = line


def _not_yaml(error: yaml.MarkedYAMLError, text: str) -> ManifestInvalid:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    written = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return _invalid(line, "A tab in the indentation; YAML takes blanks only.")
    return _invalid(line, f"This is no YAML: {error.problem or 'it breaks off'}.")


def _invalid(line: int, reason: str) -> ManifestInvalid:
    return ManifestInvalid([Fault(line=line, reason=reason)])
