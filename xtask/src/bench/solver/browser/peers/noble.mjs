// @noble/hashes: plain JavaScript.
import { sha256 } from "/npm/@noble/hashes/sha2.js";

import { solverWith } from "./seed.mjs";

export default () => solverWith(sha256);
