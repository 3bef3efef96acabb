"""The 22 habits of a vector store of LlamaIndex, which has no suite of them: each blocking and awaited.

Drawn from the interface (`llama_index.core.vector_stores.types`), from what an index, a retriever and a pipeline ask of
a store, and from what `SimpleVectorStore` answers.
"""

from __future__ import annotations

from typing import Any

import pytest
from llama_index.core.schema import (
    ImageNode,
    IndexNode,
    MediaResource,
    MetadataMode,
    Node,
    NodeRelationship,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQueryMode,
)
from llama_index.vector_stores.larder import LarderVectorStore

from .both import Called, axis

FILMS: dict[str, dict[str, Any]] = {
    "toys": {"year": 1995, "genre": "animated", "cast": ["Woody", "Buzz"], "studio": {"name": "Pixar"}},
    "dinosaurs": {"year": 1993, "genre": "science fiction", "rating": None, "cast": []},
    "dreams": {"year": 2010, "genre": "science fiction", "rating": 8.2, "a.b": "dotted"},
    "wishes": {"year": 1979, "genre": "thriller", "rating": 9.9},
}


@pytest.fixture(params=[False, True], ids=["blocking", "awaited"])
def called(request: pytest.FixtureRequest, source: str) -> Called:
    return Called(LarderVectorStore(source=source), awaited=request.param)


@pytest.fixture
async def films(called: Called) -> Called:
    """Two nodes of each of two documents."""
    await called.add(
        [
            film(name, of="past" if metadata["year"] < 1994 else "present", **metadata)
            for name, metadata in FILMS.items()
        ]
    )
    return called


def film(name: str, *, of: str = "past", **metadata: Any) -> TextNode:
    node = TextNode(id_=name, text=f"A film about {name}.", metadata=metadata)
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=of)
    return node


def where(*filters: Any, condition: FilterCondition = FilterCondition.AND) -> MetadataFilters:
    return MetadataFilters(filters=[*filters], condition=condition)


def one(key: str, value: Any, operator: FilterOperator = FilterOperator.EQ) -> MetadataFilter:
    return MetadataFilter(key=key, value=value, operator=operator)


# -- 1 to 7: what goes in comes back -----------------------------------------------------------------


async def test_01_adding_gives_the_ids_in_the_order_of_the_nodes(called: Called) -> None:
    assert await called.add([film("b"), film("a"), film("c")]) == ["b", "a", "c"]
    assert await called.add([]) == []


async def test_02_the_same_id_again_takes_the_place_of_what_was(called: Called) -> None:
    await called.add([film("a", year=1)])
    await called.add([TextNode(id_="a", text="Quite another text.", metadata={"year": 2})])
    [node] = await called.get_nodes()
    assert (node.node_id, node.get_content(), node.metadata) == ("a", "Quite another text.", {"year": 2})


async def test_03_a_node_comes_back_whole(called: Called) -> None:
    given = TextNode(
        id_="whole",
        text="  Text with blanks at its ends, and ümläute. ",
        metadata={"year": 1995, "list": [1, "b"], "nothing": None, "doc_id": "the author's own"},
        excluded_embed_metadata_keys=["year"],
        excluded_llm_metadata_keys=["list"],
        metadata_template="{key} is {value}",
        text_template="{metadata_str} :: {content}",
        start_char_idx=3,
        end_char_idx=48,
    )
    for kind, other in zip(NodeRelationship, "vwxyz", strict=True):
        related = RelatedNodeInfo(node_id=other, metadata={"of": other}, hash=f"hash of {other}")
        given.relationships[kind] = [related] if kind == NodeRelationship.CHILD else related
    await called.add([given])
    [found] = (await called.ask("text with blanks")).nodes or []
    [got] = await called.get_nodes(["whole"])
    assert found == got == given
    assert found.get_content(metadata_mode=MetadataMode.LLM) == given.get_content(metadata_mode=MetadataMode.LLM)


async def test_04_every_kind_of_node_comes_back_as_its_kind(called: Called) -> None:
    given = [
        IndexNode(id_="index", text="Points elsewhere.", index_id="elsewhere"),
        ImageNode(id_="image", image_url="https://pictures.example/cat.png"),
        ImageNode(id_="told", text="A cat.", image_url="https://pictures.example/cat.png"),
        TextNode(id_="blank", text=" \n "),
        Node(id_="node", text_resource=MediaResource(text="Of several media.")),
    ]
    await called.add(given)
    got = await called.get_nodes([node.node_id for node in given])
    assert [type(node) for node in got] == [type(node) for node in given]
    assert got == given


async def test_05_a_node_s_own_vector_finds_it(called: Called) -> None:
    nodes = [TextNode(id_=str(number), text="the same text", embedding=axis(number)) for number in (0, 5, 9)]
    await called.add(nodes)
    assert await called.found(query_embedding=axis(5, beside=0.1), top_k=1) == ["5"]
    assert await called.found("words", query_embedding=axis(9), top_k=1) == ["9"]
    assert nodes[0].embedding == axis(0)


async def test_06_a_node_without_a_vector_is_found_by_what_it_means(called: Called) -> None:
    await called.add([TextNode(id_="cat", text="A kitten sleeps."), TextNode(id_="tax", text="Taxes are due in May.")])
    assert await called.found("where is the small cat?", top_k=1) == ["cat"]
    assert await called.found("when do I pay the revenue office?", query_embedding=[], top_k=1) == ["tax"]


async def test_07_an_answer_s_nodes_ids_and_scores_belong_together_best_first(films: Called) -> None:
    answer = await films.ask("a film about dreams", top_k=3)
    assert answer.nodes is not None
    assert answer.similarities is not None
    assert answer.ids == [node.node_id for node in answer.nodes]
    assert (len(answer.ids), answer.ids[0]) == (3, "dreams")
    assert 1 >= answer.similarities[0] >= answer.similarities[1] >= answer.similarities[2] >= 0
    empty = await films.ask("film", node_ids=["nowhere"])
    assert (empty.nodes, empty.similarities, empty.ids) == ([], [], [])


# -- 8 to 13: what is got and deleted ----------------------------------------------------------------


async def test_08_nodes_are_got_by_their_ids_and_what_is_missing_is_left_out(films: Called) -> None:
    assert [each.node_id for each in await films.get_nodes(["wishes", "nowhere", "toys"])] == ["wishes", "toys"]
    assert await films.get_nodes([]) == []


async def test_09_nodes_are_got_by_filters_by_both_and_all(films: Called) -> None:
    fiction = where(one("genre", "science fiction"))
    assert {each.node_id for each in await films.get_nodes(filters=fiction)} == {"dinosaurs", "dreams"}
    assert [each.node_id for each in await films.get_nodes(["toys", "dreams"], fiction)] == ["dreams"]
    assert {each.node_id for each in await films.get_nodes()} == {*FILMS}
    assert {each.node_id for each in await films.get_nodes(filters=where())} == {*FILMS}


async def test_10_a_document_is_deleted_with_its_nodes_and_no_others(films: Called) -> None:
    await films.delete("nowhere")
    assert {each.node_id for each in await films.get_nodes()} == {*FILMS}
    await films.delete("past")
    await films.delete("past")
    assert {each.node_id for each in await films.get_nodes()} == {"toys", "dreams"}


async def test_11_nodes_are_deleted_by_their_ids(films: Called) -> None:
    await films.delete_nodes(["toys", "nowhere"])
    await films.delete_nodes([])
    assert {each.node_id for each in await films.get_nodes()} == {*FILMS} - {"toys"}


async def test_12_nodes_are_deleted_by_filters_by_both_and_never_by_nothing(films: Called) -> None:
    fiction = where(one("genre", "science fiction"))
    await films.delete_nodes(["toys", "dreams"], fiction)
    assert {each.node_id for each in await films.get_nodes()} == {*FILMS} - {"dreams"}
    await films.delete_nodes(filters=fiction)
    for filters in (None, where()):
        with pytest.raises(ValueError, match="nothing is named"):
            await films.delete_nodes(filters=filters)
    assert {each.node_id for each in await films.get_nodes()} == {"toys", "wishes"}


async def test_13_a_store_can_be_cleared_and_used_again(films: Called) -> None:
    await films.clear()
    assert await films.get_nodes() == []
    assert await films.found("film") == []
    await films.add([film("again")])
    assert await films.found("film") == ["again"]


# -- 14 to 18: what narrows --------------------------------------------------------------------------


async def test_14_node_ids_and_doc_ids_narrow_and_empty_lists_do_not(films: Called) -> None:
    assert {*await films.found("film", node_ids=["toys", "wishes"])} == {"toys", "wishes"}
    assert {*await films.found("film", doc_ids=["past"])} == {"dinosaurs", "wishes"}
    assert await films.found("film", node_ids=["toys", "wishes"], doc_ids=["past"]) == ["wishes"]
    assert {*await films.found("film", node_ids=[], doc_ids=[])} == {*FILMS}


OPERATORS = [
    (FilterOperator.EQ, "year", 1995, "toys"),
    (FilterOperator.EQ, "year", "1995", ""),
    (FilterOperator.NE, "genre", "science fiction", "toys wishes"),
    (FilterOperator.GT, "year", 1993, "toys dreams"),
    (FilterOperator.GTE, "year", 1993, "toys dreams dinosaurs"),
    (FilterOperator.LT, "rating", 9, "dreams"),
    (FilterOperator.LTE, "year", 1993, "dinosaurs wishes"),
    (FilterOperator.IN, "year", [1979, 2010, 2011], "wishes dreams"),
    (FilterOperator.NIN, "year", [1979, 2010], "toys dinosaurs"),
    (FilterOperator.ANY, "cast", ["Buzz", "Rex"], "toys"),
    (FilterOperator.ALL, "cast", ["Buzz", "Woody"], "toys"),
    (FilterOperator.ALL, "cast", ["Buzz", "Rex"], ""),
    (FilterOperator.CONTAINS, "cast", "Woody", "toys"),
    (FilterOperator.TEXT_MATCH, "genre", "fiction", "dinosaurs dreams"),
    (FilterOperator.TEXT_MATCH, "genre", "Fiction", ""),
    (FilterOperator.IS_EMPTY, "cast", None, "dinosaurs dreams wishes"),
]


@pytest.mark.parametrize(("operator", "key", "value", "found"), OPERATORS)
async def test_15_every_operator_means_what_it_says(
    films: Called, operator: FilterOperator, key: str, value: Any, found: str
) -> None:
    assert {*await films.found("film", filters=where(one(key, value, operator)))} == {*found.split()}


async def test_16_conditions_nest(films: Called) -> None:
    old, fiction = one("year", 1990, FilterOperator.LT), one("genre", "science fiction")
    either = where(old, fiction, condition=FilterCondition.OR)
    neither = where(old, fiction, condition=FilterCondition.NOT)
    assert {*await films.found("film", filters=either)} == {"wishes", "dinosaurs", "dreams"}
    assert await films.found("film", filters=neither) == ["toys"]
    assert await films.found("film", filters=where(either, where(), one("rating", 8.2))) == ["dreams"]
    assert await films.found("film", filters=where(where(neither, condition=FilterCondition.NOT), old)) == ["wishes"]


async def test_17_what_is_missing_is_unlike_everything_and_empty(films: Called) -> None:
    unlike = one("rating", 9.9, FilterOperator.NE), one("rating", [9.9], FilterOperator.NIN)
    for each in unlike:
        assert {*await films.found("film", filters=where(each))} == {"toys", "dinosaurs", "dreams"}
    for operator in (FilterOperator.EQ, FilterOperator.IS_EMPTY):
        assert {*await films.found("film", filters=where(one("rating", None, operator)))} == {"toys", "dinosaurs"}
    assert await films.found("film", filters=where(one("rating", 0, FilterOperator.GTE), one("year", 1995))) == []


async def test_18_a_key_with_dots_is_a_name_or_leads_into_an_object(films: Called) -> None:
    assert await films.found("film", filters=where(one("studio.name", "Pixar"))) == ["toys"]
    assert await films.found("film", filters=where(one("a.b", "dotted"))) == ["dreams"]
    assert {*await films.found("film", filters=where(one("a.b", "dotted", FilterOperator.NE)))} == {*FILMS} - {"dreams"}


# -- 19 to 22: ways of asking ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [VectorStoreQueryMode.TEXT_SEARCH, VectorStoreQueryMode.SPARSE])
async def test_19_words_find_what_holds_them(films: Called, mode: VectorStoreQueryMode) -> None:
    assert await films.found("dinosaurs", mode=mode, query_embedding=axis(0)) == ["dinosaurs"]
    assert await films.found("film", mode=mode, sparse_top_k=2, top_k=1) != []
    assert len(await films.found("film", mode=mode, sparse_top_k=2, top_k=1)) == 2


@pytest.mark.parametrize("mode", [VectorStoreQueryMode.HYBRID, VectorStoreQueryMode.SEMANTIC_HYBRID])
async def test_20_both_rankings_are_joined_or_one_of_them_is_asked(films: Called, mode: VectorStoreQueryMode) -> None:
    asked: dict[str, Any] = {"mode": mode, "filters": where(one("year", 2010))}
    assert await films.found("a film about dreams", **asked) == ["dreams"]
    assert len(await films.found("film", mode=mode, hybrid_top_k=3, top_k=1)) == 3
    assert await films.found("dinosaurs", mode=mode, alpha=0) == ["dinosaurs"]
    assert len(await films.found("dinosaurs", mode=mode, alpha=1)) == 4
    assert len(await films.found("dinosaurs", mode=mode, alpha=0.5)) == 4


async def test_21_diversity_leaves_near_copies_for_later(called: Called) -> None:
    near, copy, other = axis(0, beside=0.1), axis(0, beside=0.11), axis(0, beside=-2.0)
    nodes = [
        TextNode(id_=name, text=name, embedding=vector) for name, vector in zip("nco", (near, copy, other), strict=True)
    ]
    await called.add(nodes)
    asked: dict[str, Any] = {"query_embedding": axis(0, beside=0.1), "top_k": 2}
    assert await called.found(**asked) == ["n", "c"]
    assert await called.found(mode=VectorStoreQueryMode.MMR, **asked) == ["n", "o"]
    assert await called.found(mode=VectorStoreQueryMode.MMR, mmr_threshold=0.5, **asked) == ["n", "o"]


async def test_22_what_cannot_be_asked_is_named_and_not_answered_otherwise(films: Called) -> None:
    for mode in (VectorStoreQueryMode.SVM, VectorStoreQueryMode.LOGISTIC_REGRESSION):
        with pytest.raises(ValueError, match=mode.value):
            await films.ask("film", mode=mode)
    for asked, named in (
        ({"mode": VectorStoreQueryMode.HYBRID, "alpha": 0.7}, r"alpha.*0\.7"),
        ({"mode": VectorStoreQueryMode.MMR, "mmr_threshold": 0.9}, r"mmr_threshold.*0\.9"),
        ({"filters": where(one("genre", "FICTION", FilterOperator.TEXT_MATCH_INSENSITIVE))}, "insensitive.*genre"),
        ({"filters": where(one("genre", "fiction", FilterOperator.IN))}, "'in' of 'genre' takes a list"),
    ):
        with pytest.raises(ValueError, match=named):
            await films.ask("film", **asked)  # type: ignore[arg-type]
