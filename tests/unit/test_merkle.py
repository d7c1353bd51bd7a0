"""The Merkle tree against an independent implementation (pymerkle) and against every wrong proof of small trees."""

import pytest
from pymerkle import InmemoryTree

from pipeline import merkle

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64]


def entries(size: int) -> list[bytes]:
    return [b"entry %d" % n for n in range(size)]


def grown(size: int) -> tuple[merkle.Growing, list[bytes]]:
    """The tree and its subtrees as they would stand in a file."""
    tree, nodes = merkle.Growing(), []
    for entry in entries(size):
        nodes += tree.add(merkle.leaf_hash(entry))
    return tree, nodes


def reader(nodes: list[bytes]) -> merkle.Node:
    return lambda level, index: nodes[merkle.position(level, index)]


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_are_those_of_another_implementation(size: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries(size):
        oracle.append_entry(entry)
    tree, nodes = grown(size)
    node = reader(nodes)
    assert oracle.get_root() == tree.root() == merkle.root(size, node)
    assert len(nodes) == merkle.nodes_of(size)
    for index in range(size):
        told = oracle.prove_inclusion(index + 1, size).path
        assert [bytes(each) for each in told][1:] == merkle.inclusion(index, size, node)
    for old in range(1, size + 1):
        older, _ = grown(old)
        assert oracle.get_root(old) == older.root() == merkle.root(old, node)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 8, 13])
def test_a_proof_holds_for_its_leaf_its_place_and_its_root_alone(size: int) -> None:
    tree, nodes = grown(size)
    leaves = [merkle.leaf_hash(entry) for entry in entries(size)]
    for index in range(size):
        path = merkle.inclusion(index, size, reader(nodes))
        for place in range(-1, size + 2):
            for leaf in range(size):
                holds = merkle.is_included(leaves[leaf], place, size, path, tree.root())
                assert (place == index and leaf == index) == holds
        assert not merkle.is_included(leaves[index], index, size, [*path, merkle.EMPTY], tree.root())
        assert not merkle.is_included(leaves[index], index, size, path, merkle.EMPTY)
        if path:
            assert not merkle.is_included(leaves[index], index, size, path[:-1], tree.root())


@pytest.mark.parametrize("new", [1, 2, 3, 6, 8, 13, 16])
def test_consistency_holds_for_true_beginnings_alone(new: int) -> None:
    tree, nodes = grown(new)
    for old in range(new + 1):
        older, _ = grown(old)
        proof = merkle.consistency(old, new, reader(nodes)) if old else []
        assert merkle.is_consistent(old, older.root(), new, tree.root(), proof)
        if old:
            assert not merkle.is_consistent(old, merkle.EMPTY, new, tree.root(), proof)
            assert not merkle.is_consistent(old, older.root(), new, merkle.EMPTY, proof)
            assert not merkle.is_consistent(old, older.root(), new, tree.root(), [*proof, merkle.EMPTY])


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.EMPTY == merkle.Growing().root() == merkle.root(0, lambda *_: b"")


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_goes_on_from_what_stands_in_the_file(size: int) -> None:
    whole, nodes = grown(size + 3)
    tree = merkle.Growing(size, reader(nodes))
    for entry in entries(size + 3)[size:]:
        tree.add(merkle.leaf_hash(entry))
    assert whole.root() == tree.root()
