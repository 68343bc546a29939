// What the tests of the client share: a page of a site that answers as a test tells it to, on a clock that does not wait.
import { run } from "./sandbox.mjs";

const PARTS = ["waiting", "refusal", "clearance", "request", "form", "install"].map((part) => `client/${part}`);
export const ORIGIN = "https://site.example";
export const SOLVER = "/.well-known/levee/solver-0123456789abcdef.js";
export const REDEEM = "/.well-known/levee/redeem";

/** As in browsers, where addresses are relative to the page. */
export class PageRequest extends Request {
  constructor(input, init) {
    super(input instanceof Request ? input : new URL(input, ORIGIN), init);
  }

  clone() {
    return new PageRequest(super.clone());
  }
}

export const problem = (status, members, headers = {}) =>
  new Response(JSON.stringify({ status, reason: "because", support_id: "1f", ...members }), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });

export const challenge = (members) =>
  problem(403, { challenge: { token: "a token", solver: SOLVER, redeem: REDEEM, ...members } }, { "retry-after": "1" });

export const granted = () => new Response("{}");

/** An answer that came after the site had sent the browser on. */
export const redirectedTo = (url, response) => Object.defineProperties(response, { redirected: { value: true }, url: { value: url } });

/**
 * A page of the site. `answer` is asked what the site answers to a request, `redeemed` what it answers to a solution, `solve`
 * what becomes of a challenge, and `loads` whether a script loads; `attributes` are those of the client's script element.
 */
export function page({ answer, redeemed = granted, solve = async () => "solution", loads = () => true, attributes = {}, globals = {} }) {
  const sent = [];
  const waits = [];
  const events = [];
  const scripts = [];
  const listeners = new Map();
  const fetch = async (input, init) => {
    const request = input instanceof Request ? input : new PageRequest(input, init);
    const { pathname, origin } = new URL(request.url);
    const entry = {
      path: origin === ORIGIN ? pathname : request.url,
      method: request.method,
      headers: request.headers,
      credentials: request.credentials,
      body: await request.text(),
    };
    sent.push(entry);
    if (request.signal.aborted) throw request.signal.reason;
    return pathname === REDEEM && origin === ORIGIN ? redeemed(entry) : answer(entry);
  };
  const document = Object.assign(new EventTarget(), {
    baseURI: `${ORIGIN}/page`,
    currentScript: { getAttribute: (name) => attributes[name] },
    createElement: () => ({}),
    head: {
      appendChild(script) {
        scripts.push(script.src);
        setImmediate(() => {
          if (!loads(scripts.length)) return script.onerror();
          self.levee = { ...self.levee, solve };
          script.onload();
        });
      },
    },
  });
  for (const name of ["solving", "waiting", "done"]) {
    document.addEventListener(`levee:${name}`, ({ detail }) => events.push(detail ? { name, ...detail } : { name }));
  }
  const self = { fetch };
  run(PARTS, "0", {
    self,
    document,
    location: new URL("/page", ORIGIN),
    Request: PageRequest,
    URL,
    CustomEvent,
    DOMException,
    AbortController,
    addEventListener: (type, listener) => listeners.set(type, listener),
    setTimeout: (action, milliseconds) => {
      waits.push(milliseconds / 1000);
      setImmediate(action);
    },
    ...globals,
  });
  return { self, document, fetch: self.levee?.fetch, sent, waits, events, scripts, listeners };
}
