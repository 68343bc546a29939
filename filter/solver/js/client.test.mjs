// `levee.fetch`, on pages of a site that answers as a test tells it to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORIGIN, PageRequest, REDEEM, SOLVER, challenge, granted, page, problem, redirectedTo } from "./client-sandbox.mjs";

/** A site that refuses everything until a solution has been redeemed. */
function flooded(more = {}) {
  let isCleared = false;
  return page({
    answer: ({ body }) => (isCleared ? new Response(`answer to ${body}`) : challenge()),
    redeemed: () => {
      isCleared = true;
      return granted();
    },
    ...more,
  });
}

const paths = (sent) => sent.map(({ path }) => path);

test("what is not refused goes through once, as it is", async () => {
  const { fetch, sent, events } = page({ answer: () => new Response("hello", { status: 201 }) });
  const response = await fetch("/a", { method: "PUT", body: "text", headers: { "x-one": "1" } });
  assert.equal(response.status, 201);
  assert.equal(await response.text(), "hello");
  assert.equal(sent.length, 1);
  const [{ path, method, body, headers }] = sent;
  assert.deepEqual([path, method, body, headers.get("x-one")], ["/a", "PUT", "text", "1"]);
  assert.deepEqual(events, []);
});

test("a refused request is made good, and repeated with its body", async () => {
  const form = new FormData();
  form.append("department", "Nội tổng quát");
  form.append("photo", new Blob(["\u0000bytes"]), "photo.png");
  const bodies = {
    "a string": "one",
    "a form": new URLSearchParams({ two: "2" }),
    "a form with a file": form,
    "a blob": new Blob(["three"]),
    "bytes": new Uint8Array([52, 53]),
    "a stream": new Blob(["a stream of bytes"]).stream(),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const { fetch, sent } = flooded();
    const response = await fetch("/book", { method: "POST", body, headers: { "x-one": "1" }, duplex: "half" });
    assert.equal(response.status, 200, name);
    assert.deepEqual(paths(sent), ["/book", REDEEM, "/book"], name);
    const [first, , second] = sent;
    assert.ok(first.body.length > 0, name);
    assert.equal(second.body, first.body, name);
    assert.equal(second.method, "POST", name);
    assert.deepEqual([...second.headers], [...first.headers], name);
  }
});

test("a request object is repeated as well, and is used up as by the browser", async () => {
  const { fetch, sent } = flooded();
  const request = new PageRequest("/book", { method: "POST", body: "one" });
  await fetch(request);
  assert.deepEqual(sent.map(({ body }) => body), ["one", "", "one"]);
  assert.ok(request.bodyUsed);
});

test("the solution is sent as the protocol says", async () => {
  const { fetch, sent } = flooded();
  await fetch("/a");
  const { path, method, headers, body, credentials } = sent[1];
  assert.deepEqual([path, method, body, credentials], [REDEEM, "POST", "", "same-origin"]);
  assert.equal(headers.get("levee-solution"), "solution");
});

test("requests that are refused together share one solving, and all are repeated", async () => {
  let solvings = 0;
  const { fetch, sent, scripts } = flooded({
    solve: () => {
      solvings += 1;
      return new Promise((resolve) => setTimeout(resolve, 5, "solution"));
    },
  });
  const responses = await Promise.all(["/a", "/b", "/c"].map((path) => fetch(path, { method: "POST", body: path })));
  assert.deepEqual(await Promise.all(responses.map((response) => response.text())), [
    "answer to /a",
    "answer to /b",
    "answer to /c",
  ]);
  assert.equal(solvings, 1);
  assert.equal(scripts.length, 1);
  assert.equal(sent.filter(({ path }) => path === REDEEM).length, 1);
});

test("a refusal that arrives after the clearance is not solved again", async () => {
  let release;
  const late = new Promise((resolve) => { release = resolve; });
  let isCleared = false;
  let slow = 0;
  const { fetch, sent } = page({
    answer: ({ path }) => {
      if (path !== "/slow") return isCleared ? new Response("") : challenge();
      slow += 1;
      return slow === 1 ? late : new Response("at last");
    },
    redeemed: () => {
      isCleared = true;
      return granted();
    },
  });
  const answer = fetch("/slow");
  await fetch("/a");
  release(challenge());
  assert.equal(await (await answer).text(), "at last");
  assert.equal(sent.filter(({ path }) => path === REDEEM).length, 1);
});

test("who aborts is answered at once, and the others are served", async () => {
  const controller = new AbortController();
  let solved;
  const solve = () => new Promise((resolve) => {
    solved = resolve;
    setImmediate(() => controller.abort(new Error("enough")));
  });
  const { fetch } = flooded({ solve });
  const patient = fetch("/a");
  await assert.rejects(fetch("/b", { signal: controller.signal }), /enough/);
  solved("solution");
  assert.equal((await patient).status, 200);
});

test("the solving ends when nobody waits for it any more, and begins anew for the next", async () => {
  const controller = new AbortController();
  const signals = [];
  const solve = async (_, { signal }) => {
    signals.push(signal);
    if (signals.length > 1) return "solution";
    setImmediate(() => controller.abort());
    return new Promise(() => {});
  };
  const { fetch } = flooded({ solve });
  await assert.rejects(fetch("/a", { signal: controller.signal }), { name: "AbortError" });
  assert.ok(signals[0].aborted);
  assert.equal((await fetch("/b")).status, 200);
  assert.equal(signals.length, 2);
});

test("waiting can be aborted", async () => {
  const controller = new AbortController();
  const { fetch, sent } = page({
    answer: () => {
      setImmediate(() => controller.abort());
      return problem(503, { line: { place: 3 } }, { "retry-after": "30" });
    },
  });
  await assert.rejects(fetch("/a", { signal: controller.signal }), { name: "AbortError" });
  assert.equal(sent.length, 1);
});

test("nothing is waited for that was aborted before the answer came", async () => {
  const controller = new AbortController();
  const { fetch, sent } = page({
    answer: () => {
      controller.abort();
      return problem(503, { line: { place: 3 } }, { "retry-after": "30" });
    },
  });
  await assert.rejects(fetch("/a", { signal: controller.signal }), { name: "AbortError" });
  assert.equal(sent.length, 1);
});

test("after three challenges the refusal is handed back, unread", async () => {
  const { fetch, sent } = page({ answer: () => challenge() });
  const response = await fetch("/a");
  assert.equal(response.status, 403);
  assert.equal((await response.json()).reason, "because");
  assert.equal(sent.filter(({ path }) => path === "/a").length, 4);
  assert.equal(sent.filter(({ path }) => path === REDEEM).length, 3);
});

test("the refusal is handed back when nothing can be solved", async () => {
  const failures = {
    "the solver does not load": { loads: () => false },
    "the solver fails": { solve: async () => { throw new Error("no"); } },
    "the solution is refused": { redeemed: () => problem(400, {}) },
    "redeeming only ever leads to other challenges": { redeemed: () => challenge() },
    "the network fails": { redeemed: () => { throw new TypeError("network"); } },
  };
  for (const [name, failure] of Object.entries(failures)) {
    const { fetch, events } = page({ answer: () => challenge(), ...failure });
    const response = await fetch("/a");
    assert.equal(response.status, 403, name);
    assert.equal(response.bodyUsed, false, name);
    assert.equal(events.at(-1).name, "done", name);
  }
});

test("redeeming is tried again, later, when the network or the site fails", async () => {
  const failures = [() => { throw new TypeError("network"); }, () => problem(429, {}, { "retry-after": "7" })];
  let isCleared = false;
  const site = page({
    answer: () => (isCleared ? new Response("in") : challenge()),
    redeemed: () => {
      const failure = failures.shift();
      if (failure) return failure();
      isCleared = true;
      return granted();
    },
  });
  assert.equal(await (await site.fetch("/a")).text(), "in");
  const [network, quota] = site.waits;
  assert.ok(network >= 1 && network < 2, `${network} s`);
  assert.ok(quota >= 7 && quota < 8, `${quota} s`);
});

test("a solver that did not load is loaded again", async () => {
  const { fetch, scripts } = flooded({ loads: (attempt) => attempt > 2 });
  assert.equal((await fetch("/a")).status, 200);
  assert.deepEqual(scripts, Array(3).fill(ORIGIN + SOLVER));
});

test("the challenge that follows from a redemption is solved", async () => {
  const tokens = [];
  let redemptions = 0;
  let isCleared = false;
  const { fetch, scripts } = page({
    answer: () => (isCleared ? new Response("in") : challenge()),
    redeemed: () => {
      redemptions += 1;
      isCleared = redemptions === 2;
      return isCleared ? granted() : challenge({ token: "a dearer token" });
    },
    solve: async (token) => {
      tokens.push(token);
      return "solution";
    },
  });
  assert.equal(await (await fetch("/a")).text(), "in");
  assert.deepEqual(tokens, ["a token", "a dearer token"]);
  assert.equal(scripts.length, 1);
});

test("nothing is loaded from or sent to any place but the filter's own endpoints", async () => {
  const foreign = [
    { redeem: "https://evil.example/.well-known/levee/redeem" },
    { redeem: "//evil.example/.well-known/levee/redeem" },
    { redeem: "/.well-known/levee/../../account/delete" },
    { redeem: "/.well-known/levee/%2e%2e/%2E%2E/account/delete" },
    { redeem: "/.well-known/levee/..\\..\\account/delete" },
    { redeem: "/account" },
    { redeem: ["/.well-known/levee/redeem"] },
    { solver: "https://evil.example/.well-known/levee/solver.js" },
    { solver: "/uploads/solver.js" },
    { solver: "data:text/javascript,alert(1)" },
    { solver: undefined },
    { token: 7 },
  ];
  for (const members of foreign) {
    const { fetch, sent, scripts } = page({ answer: () => challenge(members) });
    const response = await fetch("/a");
    assert.equal(response.status, 403);
    assert.deepEqual(paths(sent), ["/a"], JSON.stringify(members));
    assert.deepEqual(scripts, [], JSON.stringify(members));
  }
});

test("the site's own answers are left alone, whatever they say", async () => {
  const members = { challenge: { token: "a token", solver: SOLVER, redeem: REDEEM } };
  const own = [
    new Response(JSON.stringify({ reason: "x", support_id: "y", ...members }), { status: 403 }),
    problem(403, { ...members, reason: undefined }),
    problem(429, { support_id: 7 }, { "retry-after": "1" }),
    new Response("not JSON", { status: 503, headers: { "content-type": "application/problem+json" } }),
    new Response("null", { status: 503, headers: { "content-type": "application/problem+json" } }),
    new Response("busy", { status: 503, headers: { "retry-after": "1" } }),
    problem(200, members),
    Object.defineProperty(problem(403, members), "type", { value: "cors" }),
  ];
  for (const answer of own) {
    const { fetch, sent } = page({ answer: () => answer });
    assert.equal(await fetch("/a"), answer);
    assert.equal(answer.bodyUsed, false);
    assert.equal(sent.length, 1);
  }
});

test("requests to other sites, and those without cookies, go out untouched", async () => {
  const { fetch, sent } = page({ answer: () => challenge() });
  assert.equal((await fetch("https://other.example/a")).status, 403);
  assert.equal((await fetch(new URL("https://other.example/b"))).status, 403);
  assert.equal((await fetch("/c", { credentials: "omit" })).status, 403);
  assert.deepEqual(paths(sent), ["https://other.example/a", "https://other.example/b", "/c"]);
});

test("a failure of the network is the caller's, as it is without the client", async () => {
  const { fetch, sent } = page({ answer: () => { throw new TypeError("network"); } });
  await assert.rejects(fetch("/a"), /network/);
  await assert.rejects(fetch("http://["), TypeError);
  assert.equal(sent.length, 1);
});

test("a place in line is waited for, for as long as is bearable", async () => {
  let left = 3;
  const site = page({
    answer: () => (left-- > 0 ? problem(503, { line: { place: left + 1 } }, { "retry-after": "20" }) : new Response("in")),
  });
  assert.equal(await (await site.fetch("/a")).text(), "in");
  assert.equal(site.waits.length, 3);
  assert.ok(site.waits.every((seconds) => seconds >= 20 && seconds <= 22), site.waits.join());
  const waiting = [3, 2, 1].map((place) => ({ name: "waiting", seconds: 20, place }));
  assert.deepEqual(site.events, [...waiting, { name: "done" }]);

  const endless = page({ answer: () => problem(503, { line: { place: 9000 } }, { "retry-after": "100" }) });
  assert.equal((await endless.fetch("/a")).status, 503);
  assert.equal(endless.waits.length, 6);
});

test("a short Retry-After of a quota is waited for, a long one is the caller's", async () => {
  let left = 1;
  const short = page({ answer: () => (left-- > 0 ? problem(429, {}, { "retry-after": "60" }) : new Response("in")) });
  assert.equal(await (await short.fetch("/a")).text(), "in");
  for (const [value, least] of [["0", 1], ["soon", 5]]) {
    let refusals = 1;
    const { fetch, waits } = page({
      answer: () => (refusals-- > 0 ? problem(429, {}, { "retry-after": value }) : new Response("in")),
    });
    await fetch("/a");
    assert.ok(waits[0] >= least && waits[0] <= least * 1.5, `${waits[0]} s for ${value}`);
  }
  const long = page({ answer: () => problem(429, {}, { "retry-after": "61" }) });
  assert.equal((await long.fetch("/a")).status, 429);
  assert.equal(long.sent.length, 1);
});

test("what the site has taken is not sent a second time when the page after it is refused", async () => {
  let isCleared = false;
  const { fetch, sent } = page({
    answer: ({ path }) => (isCleared ? new Response(path) : redirectedTo(`${ORIGIN}/ticket/7`, challenge())),
    redeemed: () => {
      isCleared = true;
      return granted();
    },
  });
  assert.equal(await (await fetch("/book", { method: "POST", body: "one" })).text(), "/ticket/7");
  assert.deepEqual(sent.map(({ method, path }) => `${method} ${path}`), [
    "POST /book",
    `POST ${REDEEM}`,
    "GET /ticket/7",
  ]);
});

test("the page hears of the solving, and when all is done", async () => {
  const { fetch, events } = flooded({
    solve: async (_, { progress }) => {
      progress(0.5);
      progress(1);
      return "solution";
    },
  });
  await fetch("/a");
  assert.deepEqual(events, [
    { name: "solving", done: 0 },
    { name: "solving", done: 0.5 },
    { name: "solving", done: 1 },
    { name: "done" },
  ]);
});

test("the page's own fetch is wrapped unless the script says no", async () => {
  const wrapped = flooded();
  assert.equal(wrapped.self.fetch, wrapped.self.levee.fetch);
  const { self } = flooded({ attributes: { "data-wrap": "no" } });
  assert.notEqual(self.fetch, self.levee.fetch);
  assert.equal((await self.fetch("/a")).status, 403);
});

test("a script that stands on the page twice wraps fetch once", () => {
  const { self } = flooded();
  const { fetch, levee } = self;
  page({ answer: () => challenge(), globals: { self } });
  assert.equal(self.fetch, fetch);
  assert.equal(self.levee, levee);
});
