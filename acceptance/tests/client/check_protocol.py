"""Checks what docs/protocol.md says with the client that was written from it: the vectors, and the example by hand.

Usage: check_protocol.py docs/protocol.md
"""

import json
import re
import sys

from levee_client import Puzzle, decode, encode, number


def check_vectors(page):
    blocks = re.findall(r"```json\n(.*?)```", page.split("## Test vectors", 1)[1], re.DOTALL)
    assert len(blocks) == 1, "there is one block of vectors"
    vectors = json.loads(blocks[0])
    for vector in vectors:
        puzzle = Puzzle(decode(vector["token"]))
        found = [str(puzzle.least(index)) for index in range(puzzle.count)]
        assert found == vector["solutions"], (vector["token"], found)
    return vectors


def check_example(page, vectors):
    block = re.search(r"```text\n(challenge .*?)```", page.split("## An example by hand", 1)[1], re.DOTALL)[1]
    says = {}
    for line in block.splitlines():
        name, value = re.split(r"  +", line, maxsplit=1)
        says[name] = value.replace(" ", "")
    puzzle = Puzzle(bytes.fromhex(says["challenge"]))
    assert encode(puzzle.challenge) == vectors[1]["token"], "it is the second vector"
    assert puzzle.seed.hex() == says["seed"]
    assert puzzle.threshold == int(says["threshold"], 16)
    assert puzzle.solution() == says["solution"]
    for index in range(puzzle.count):
        message, digest = bytes.fromhex(says[f"message {index}"]), bytes.fromhex(says[f"digest {index}"])
        n = puzzle.least(index)
        assert message == puzzle.message(index, n), index
        assert len(message) == 44 and number(message[36:]) == n, index
        assert digest == puzzle.digest(index, n), index
        assert number(digest[:8]) < puzzle.threshold, index
    assert len(says) == 4 + 2 * puzzle.count, sorted(says)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    vectors = check_vectors(page)
    check_example(page, vectors)
    print(f"{len(vectors)} vectors and the example hold")


if __name__ == "__main__":
    main()
