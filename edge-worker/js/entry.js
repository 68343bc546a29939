// The worker's main module, around what is written in Rust.

import { DurableObject } from "cloudflare:workers";
import * as filter from "./glue.js";
import { untilEnd } from "./instance.js";

export default {
  async fetch(request, env, context) {
    const answer = untilEnd(() => filter.fetch(request, env, context));
    // Else, when a client leaves, the runtime would drop what waits for a promise, and the module would hold for ever what it
    // keeps for that request. The request's signal ends the wait.
    context.waitUntil(answer.catch(() => {}));
    try {
      return await answer;
    } catch (error) {
      // The instance has ended. The next call makes another.
      console.error("the request is refused:", error);
      return new Response(null, { status: 503, headers: { "retry-after": "1", "cache-control": "no-store" } });
    }
  },
};

// The runtime keeps an object longer than an instance of the module may last.
export class LeveeLedger extends DurableObject {
  #inner;
  #instance;

  #current() {
    const instance = filter.__worker_init_state().instanceId;
    if (instance !== this.#instance) {
      this.#inner = new filter.LeveeLedger(this.ctx, this.env);
      this.#instance = instance;
    }
    return this.#inner;
  }

  fetch(request) {
    return untilEnd(() => this.#current().fetch(request));
  }

  alarm() {
    return untilEnd(() => this.#current().alarm());
  }
}
