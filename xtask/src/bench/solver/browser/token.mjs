// Challenge tokens that nobody issued. A client cannot check the MAC, so random bytes do.
import { bytes } from "./random.mjs";

const LENGTH = 66;

/** A challenge of `work` hashes in `count` sub-puzzles, in base64url. */
export function token(work, count) {
  const content = bytes(LENGTH);
  const view = new DataView(content.buffer);
  // Version, kind, key id and algorithm.
  content.set([1, 1, 1, 1]);
  view.setBigUint64(4, BigInt(Math.floor(Date.now() / 1000)));
  view.setBigUint64(12, BigInt(work));
  view.setUint16(20, count);
  return btoa(String.fromCharCode(...content)).replace(/\+/g, "-").replace(/\//g, "_");
}
