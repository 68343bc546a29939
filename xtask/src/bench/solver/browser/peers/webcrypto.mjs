// The browser's own SHA-256, awaited one digest after the other.
import { firstWord, prepare } from "./seed.mjs";

export default () => async (task) => {
  const { message, counter, limit } = prepare(task);
  for (let n = 0; ; n++) {
    counter.setUint32(0, n);
    if (firstWord(new Uint8Array(await crypto.subtle.digest("SHA-256", message))) < limit) return n;
  }
};
