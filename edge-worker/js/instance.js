// An instance of the module can end at any time: by a trap, or for want of stack or memory.

import { __wbg_reset_state as replace } from "./glue.js";

let hasEnded = false;

// The last that an instance calls.
export function ended() {
  hasEnded = true;
}

// Has to come before a call into the module, for which it makes another instance if the last one has ended. The glue by itself
// would first have written the texts that go with the call to the memory of the old one.
export function revive() {
  if (hasEnded) {
    hasEnded = false;
    replace();
  }
}
