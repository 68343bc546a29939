// A limiter as it is commonly written for Workers: a token bucket for each address, in the memory of one Durable Object that is
// asked for every request. The variables PER_SECOND and BURST say what a bucket holds.

import { DurableObject } from "cloudflare:workers";

export class Limiter extends DurableObject {
  #buckets = new Map();

  take(address) {
    const burst = Number(this.env.BURST);
    const now = Date.now();
    const { tokens, at } = this.#buckets.get(address) ?? { tokens: burst, at: now };
    const refilled = Math.min(burst, tokens + ((now - at) / 1000) * Number(this.env.PER_SECOND));
    const isGranted = refilled >= 1;
    this.#buckets.set(address, { tokens: isGranted ? refilled - 1 : refilled, at: now });
    return isGranted;
  }
}

export default {
  async fetch(request, env) {
    const limiter = env.LIMITER.get(env.LIMITER.idFromName("site"));
    if (await limiter.take(request.headers.get("cf-connecting-ip"))) {
      return fetch(request);
    }
    const headers = { "content-type": "text/plain", "retry-after": "1" };
    return new Response("Too many requests.\n", { status: 429, headers });
  },
};
