// The engines against each other and against Node's own SHA-256, where the vectors do not reach.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { SEARCHING, number, run } from "./sandbox.mjs";

const { Puzzle, Search, WasmEngine, PlainEngine, sha256 } = run(
  SEARCHING,
  "({ Puzzle, Search, WasmEngine, PlainEngine, sha256 })",
);
const ENGINES = [
  ["vectors", () => new WasmEngine(4)],
  ["WebAssembly", () => new WasmEngine(1)],
  ["JavaScript", () => new PlainEngine()],
];

/** A challenge that only a solver can read: it does not check MACs. */
function token(work, count, filling) {
  const bytes = new Uint8Array(66).fill(filling);
  const fields = new DataView(bytes.buffer);
  bytes.set([1, 1, 1, 1]);
  fields.setBigUint64(12, BigInt(work));
  fields.setUint16(20, count);
  return bytes;
}

/** The least number from `start` on that solves a sub-puzzle, by the formula. */
function least(challenge, index, start) {
  const fields = new DataView(challenge.buffer);
  const [work, count] = [fields.getBigUint64(12), BigInt(fields.getUint16(20))];
  const seed = createHash("sha256").update(challenge).digest();
  const message = Buffer.alloc(44);
  seed.copy(message);
  message.writeUInt32BE(index, 32);
  for (let n = start; ; n++) {
    message.writeBigUInt64BE(n, 36);
    const head = createHash("sha256").update(message).digest().readBigUInt64BE();
    if (head * work < count << 64n) return n;
  }
}

for (const [name, engine] of ENGINES) {
  test(`${name}: finds the least number of many different puzzles`, () => {
    const starting = engine();
    for (let filling = 0; filling < 40; filling++) {
      const count = 1 + (filling * 7) % 5;
      const challenge = token(1 + filling * filling * 9 * count, count, filling);
      const search = new Search(Puzzle.of(challenge), starting);
      const index = filling % count;
      assert.equal(number(search.solve(index)), least(challenge, index, 0n), `work and count of ${filling}`);
    }
  });

  test(`${name}: the high half of the number counts on`, () => {
    const challenge = token(700, 1, 9);
    for (const [high, low] of [[0, 0xfffffff0], [0x7fffffff, 0xfffffffc], [0xfffffff0, 0xffffff00]]) {
      const start = BigInt(high) << 32n | BigInt(low);
      const search = new Search(Puzzle.of(challenge), engine());
      assert.equal(number(search.solve(0, high, low)), least(challenge, 0, start));
    }
  });
}

test("a threshold below 2^32 is compared to its last bit", () => {
  // 2^33 hashes are too many to try: the engine is given the place, once with the solution on it and once behind it.
  const puzzle = new Puzzle(sha256(token(1, 1, 3)), 1, [0, 0]);
  const { first, second } = (() => {
    const seed = Buffer.from(Int32Array.from(puzzle.seed, (word) => word).buffer).swap32();
    const digest = createHash("sha256").update(seed).update(Buffer.alloc(12)).digest();
    return { first: digest.readUInt32BE(0), second: digest.readUInt32BE(4) };
  })();
  assert.equal(new Puzzle(puzzle.seed, 1, [first, second]).isSolvedBy(0, 0, 0), false);
  assert.equal(new Puzzle(puzzle.seed, 1, [first, second + 1]).isSolvedBy(0, 0, 0), true);
  assert.equal(new Puzzle(puzzle.seed, 1, [first + 1, 0]).isSolvedBy(0, 0, 0), true);
});

test("SHA-256 is that of everybody", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 66, 200]) {
    const message = Uint8Array.from({ length }, (_, at) => at * 31);
    const digest = Buffer.from(sha256(message).buffer).swap32().toString("hex");
    assert.equal(digest, createHash("sha256").update(message).digest("hex"), `${length} bytes`);
  }
});
