// The puzzles of the variants, each as its verifier sees it: with Node's own SHA-256, and BLAKE2b written here.
//
// Every solver counts its number up from the first one, so its answer tells how many hashes it has made.
import { createHash } from "node:crypto";

import { blake2b256 } from "./blake2b.mjs";

/** The puzzle that Levee's challenges ask. */
export const LEVEE = "levee";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hex = (text) => Buffer.from(text, "hex");

/** Whether the message of `seed`, `index` and `n` hashes to one of `count` in `work`. */
function isBelow(seed, index, n, count, work) {
  const message = Buffer.alloc(44);
  seed.copy(message);
  message.writeUInt32BE(index, 32);
  message.writeBigUInt64BE(BigInt(n), 36);
  return sha256(message).readBigUInt64BE() < (BigInt(count) << 64n) / BigInt(work);
}

const PUZZLES = {
  [LEVEE]: {
    first: 0,
    solves: ({ token, index }, n) => {
      const bytes = Buffer.from(token, "base64url");
      return isBelow(sha256(bytes), index, n, bytes.readUInt16BE(20), bytes.readBigUInt64BE(12));
    },
  },
  /** Levee's puzzle with one sub-puzzle and a seed that comes as it is. */
  seed: {
    first: 0,
    solves: ({ seed, work }, n) => isBelow(hex(seed), 0, n, 1, work),
  },
  cap: {
    first: 0,
    solves: ({ salt, target }, n) => sha256(salt, String(n)).toString("hex").startsWith(target),
  },
  mcaptcha: {
    first: 1,
    solves: ({ salt, phrase, difficulty }, n) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(phrase.length));
      const score = BigInt(`0x${sha256(salt, length, phrase, String(n)).toString("hex", 0, 16)}`);
      const most = (1n << 128n) - 1n;
      return score >= most - most / BigInt(difficulty);
    },
  },
  friendly: {
    first: 0,
    solves: ({ puzzle, threshold }, n) => {
      const block = hex(puzzle);
      block.writeUInt32LE(n, 124);
      return blake2b256(block).readUInt32LE() < threshold;
    },
  },
  altcha: {
    first: 0,
    solves: ({ nonce, salt, keyPrefix }, n) => {
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(n);
      return sha256(hex(salt), hex(nonce), counter).toString("hex").startsWith(keyPrefix);
    },
  },
};

/** Whether `n` solves the task. */
export const isSolution = (puzzle, task, n) => PUZZLES[puzzle].solves(task, n);

/** Whether no number that comes before `n` solves the task. */
export function isTheFirst(puzzle, task, n) {
  const { first, solves } = PUZZLES[puzzle];
  for (let before = first; before < n; before++) if (solves(task, before)) return false;
  return true;
}

/** The hashes that it takes to get to `n`. */
export const hashesOf = (puzzle, n) => n - PUZZLES[puzzle].first + 1;
