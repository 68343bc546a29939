// Levee's puzzle with one sub-puzzle, for peers that only hash: 44 bytes, of which the last four change.
import { bytesOf } from "../random.mjs";

/** The message of a task, and what the first word of a digest must be below. */
export function prepare({ seed, work }) {
  const message = new Uint8Array(44);
  message.set(bytesOf(seed));
  return { message, counter: new DataView(message.buffer, 40), limit: 0x100000000 / work };
}

/** The first word of a digest. */
export const firstWord = (digest) => ((digest[0] << 24) | (digest[1] << 16) | (digest[2] << 8) | digest[3]) >>> 0;

/** A solver around a function from a message to its digest. */
export const solverWith = (digest) => (task) => {
  const { message, counter, limit } = prepare(task);
  for (let n = 0; ; n++) {
    counter.setUint32(0, n);
    if (firstWord(digest(message)) < limit) return n;
  }
};
