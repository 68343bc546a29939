// BLAKE2b (RFC 7693) with a digest of 32 bytes, of one full block: Node's crypto has the 64-byte digest only.

const MASK = (1n << 64n) - 1n;

const INITIAL = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];

const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const ROUNDS = 12;

/** The words of each mixing: the columns, then the diagonals. */
const MIXINGS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];

const rotated = (word, by) => (word >> by) | ((word << (64n - by)) & MASK);

function mix(v, [a, b, c, d], x, y) {
  for (const [word, first, second] of [[x, 32n, 24n], [y, 16n, 63n]]) {
    v[a] = (v[a] + v[b] + word) & MASK;
    v[d] = rotated(v[d] ^ v[a], first);
    v[c] = (v[c] + v[d]) & MASK;
    v[b] = rotated(v[b] ^ v[c], second);
  }
}

/** The digest of `block`, a Buffer of 128 bytes. */
export function blake2b256(block) {
  const message = Array.from({ length: 16 }, (_, at) => block.readBigUInt64LE(8 * at));
  const state = [...INITIAL];
  // The parameters: a digest of 32 bytes, no key, one leaf.
  state[0] ^= 0x01010020n;
  const v = [...state, ...INITIAL];
  v[12] ^= BigInt(block.length);
  v[14] ^= MASK;
  for (let round = 0; round < ROUNDS; round++) {
    const order = SIGMA[round % SIGMA.length];
    MIXINGS.forEach((words, at) => mix(v, words, message[order[2 * at]], message[order[2 * at + 1]]));
  }
  const digest = Buffer.alloc(32);
  for (let at = 0; at < 4; at++) digest.writeBigUInt64LE(state[at] ^ v[at] ^ v[at + 8], 8 * at);
  return digest;
}
