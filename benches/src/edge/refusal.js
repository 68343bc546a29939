// What a refusal costs that nothing was decided for.

const HEADERS = { "content-type": "text/plain", "retry-after": "1" };

export default {
  fetch() {
    return new Response("Too many requests.\n", { status: 429, headers: HEADERS });
  },
};
