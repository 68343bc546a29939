// The worker's main module, around what is written in Rust.

import { DurableObject } from "cloudflare:workers";
import * as filter from "./glue.js";
import { head, unavailable } from "./exchange.js";
import { revive } from "./instance.js";

export default {
  async fetch(request, env, context) {
    try {
      revive();
      return await filter.exchange(request, head(request), env, context);
    } catch (error) {
      // Whoever leaves could fill the log otherwise.
      if (error?.name !== "AbortError") {
        console.error("the request is refused:", error);
      }
      return unavailable();
    }
  },
};

// Keeps a part of the ledger. The runtime keeps an object longer than an instance of the module may last: what is not in the
// database is then gone.
export class LeveeLedger extends DurableObject {
  #shelf;
  #instance;

  // Carries out what an isolate asks, both as JSON.
  serve(asks) {
    const shelf = this.#current();
    const replies = shelf.serve(asks);
    this.#wake(shelf);
    return replies;
  }

  alarm() {
    const shelf = this.#current();
    shelf.tidy();
    this.#wake(shelf);
  }

  #current() {
    revive();
    const { instanceId: instance } = filter.__worker_init_state();
    if (instance !== this.#instance) {
      this.#shelf = new filter.LedgerObject(this.ctx);
      this.#instance = instance;
    }
    return this.#shelf;
  }

  // The runtime holds an answer back until what was stored before it is stored, the alarm included.
  #wake(shelf) {
    const millis = shelf.takeWake();
    if (millis !== undefined) {
      this.ctx.waitUntil(this.ctx.storage.setAlarm(Date.now() + millis));
    }
  }
}
