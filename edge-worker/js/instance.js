// An instance of the module can end at any time: by a trap, or for want of stack or memory. What waits for it would then wait
// for ever, for what ends it is mostly inside of a promise's continuation, and nobody's exception.

import { __wbg_reset_state as replace } from "./glue.js";

let hasEnded = false;

// How to fail each call into the instance that has no answer yet.
const waiting = new Set();

// The promise that `call` returns, or a failure when the instance ends before that is settled.
export async function untilEnd(call) {
  if (hasEnded) {
    hasEnded = false;
    replace();
  }
  const { promise, reject } = Promise.withResolvers();
  waiting.add(reject);
  try {
    return await Promise.race([call(), promise]);
  } finally {
    waiting.delete(reject);
  }
}

// The last that the instance calls.
export function ended() {
  hasEnded = true;
  for (const reject of waiting) {
    reject(new Error("the instance of the module has ended"));
  }
  waiting.clear();
}
