// What the module asks of the runtime for a request. Whatever has to be waited for is waited for here: an instance of the
// module can end at any time, and what waited inside of it would wait for ever.

import { answered } from "./glue.js";
import { revive } from "./instance.js";

// Objects answer within milliseconds; a client that waits longer than this is better served by what the isolate knows.
const PATIENCE = 2_000;

// What the filter reads of a request, a line each: method, URL, country, then names and values of headers. In one text: to cross
// into the module costs more than to read it there.
export function head(request) {
  let text = `${request.method}\n${request.url}\n${request.cf?.country ?? ""}\n`;
  request.headers.forEach((value, name) => {
    text += `${name}\n${value}\n`;
  });
  return text;
}

// What is answered when nothing can be decided.
export function unavailable() {
  return new Response(null, { status: 503, headers: { "retry-after": "1", "cache-control": "no-store" } });
}

// An answer of the filter's own, with names and values of headers a line each.
export function respond(status, headers, body) {
  // To the runtime, an object is cheaper than a list; but it has a name only once.
  const once = { __proto__: null };
  const again = [];
  for (const [name, value] of pairs(headers)) {
    if (name in once) {
      again.push([name, value]);
    } else {
      once[name] = value;
    }
  }
  // The body is a view of the module's memory.
  const response = new Response(body.length > 0 ? body.slice() : null, { status, headers: once });
  again.forEach(([name, value]) => response.headers.append(name, value));
  return response;
}

// Sends the request to the origin, without the headers named in `remove`, a line each, and with those that the filter tells;
// returns the origin's answer, untouched: both bodies are streamed, compressed ones as they are.
export function forward(request, remove, client, verdict) {
  // A copy, whose headers can be changed. A redirect is the client's to follow.
  const copy = new Request(request, { redirect: "manual" });
  const { headers } = copy;
  if (remove !== "") {
    remove.split("\n").forEach((name) => deleteHeader(headers, name));
  }
  headers.set("levee-client", client);
  headers.set("levee-verdict", verdict);
  return fetch(copy);
}

// The same; with the headers in `added` added to the answer, and what the answer was like told to the filter if it `isWatched`.
export async function forwardAndWatch(request, remove, client, verdict, added, isWatched) {
  // With a body, the time to the answer would be the client's as well.
  const began = request.body === null ? Date.now() : undefined;
  const response = await forward(request, remove, client, verdict);
  if (isWatched) {
    revive();
    answered(response.status, began === undefined ? undefined : Date.now() - began);
  }
  return added === "" ? response : withHeaders(response, pairs(added));
}

// Asks the object called `home`, and goes on with what it answers.
export async function ask(env, home, asks, exchange) {
  let replies;
  try {
    replies = await serve(env, home, asks);
  } catch (error) {
    return exchange.fail(String(error));
  }
  return exchange.learn(replies);
}

// What the object called `home` answers in time.
export async function serve(env, home, asks) {
  const { promise: late, reject } = Promise.withResolvers();
  const timer = setTimeout(() => reject(new Error(`nothing came within ${PATIENCE} ms`)), PATIENCE);
  try {
    return await Promise.race([env.LEVEE_LEDGER.getByName(home).serve(asks), late]);
  } finally {
    clearTimeout(timer);
  }
}

// A name that the runtime refuses is none that a header could have.
function deleteHeader(headers, name) {
  try {
    headers.delete(name);
  } catch {
    // As it says.
  }
}

// The same response, whose headers can be changed. The runtime takes the status, the headers and how the body is encoded from
// the old one, and passes a body on that nobody has read as it came. An answer with a status that cannot be given to a response
// stays as it is: 101, with its WebSocket, and what HTTP does not define.
function withHeaders(response, added) {
  if (response.status < 200 || response.status > 599) {
    return response;
  }
  const copy = new Response(response.body, response);
  // A list may have members of the origin's own; ours come after them.
  added.forEach(([name, value]) => copy.headers.append(name, value));
  return copy;
}

// Lines as pairs of a name and a value.
function pairs(lines) {
  const texts = lines.split("\n");
  const pairs = [];
  for (let i = 0; i + 1 < texts.length; i += 2) {
    pairs.push([texts[i], texts[i + 1]]);
  }
  return pairs;
}
