// hash-wasm's SHA-256, with one hasher for all messages.
import { createSHA256 } from "/npm/hash-wasm/dist/index.esm.min.js";

import { solverWith } from "./seed.mjs";

export default async () => {
  const hasher = await createSHA256();
  return solverWith((message) => hasher.init().update(message).digest("binary"));
};
