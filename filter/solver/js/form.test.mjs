// Forms with data-levee, on pages of a site that answers as a test tells it to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORIGIN, REDEEM, challenge, granted, page, problem, redirectedTo } from "./client-sandbox.mjs";

/** As far as the client looks at one. */
class Form extends EventTarget {
  constructor(attributes, fields = [["who", "Lê Thị Hoa"]]) {
    super();
    this.attributes = { method: "POST", action: "/book?day=1#top", "data-levee": "Chưa gửi được", ...attributes };
    this.fields = fields;
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  hasAttribute(name) {
    return this.attributes[name] !== undefined;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  contains() {
    return false;
  }
}

class FieldsOf extends FormData {
  constructor(form) {
    super();
    for (const [name, value] of form.fields) this.append(name, value);
  }
}

class PageUrl extends URL {
  static createObjectURL = () => "blob:content";
}

/** A page with a form. What it does to itself is noted in `done`. */
function formPage(site, form = new Form()) {
  const done = [];
  const note = (what) => (...given) => done.push([what, ...given]);
  const location = Object.assign(new URL("/form", ORIGIN), { assign: note("load") });
  const opened = page({
    ...site,
    globals: {
      location,
      URL: PageUrl,
      URLSearchParams,
      FormData: FieldsOf,
      history: { pushState: (_, __, address) => done.push(["push", address]) },
      alert: note("alert"),
    },
  });
  const { document, listeners } = opened;
  Object.assign(document, { open: note("open"), write: note("write"), close: note("close") });
  const { createElement } = document;
  document.createElement = (name) =>
    name === "a" ? { click() { done.push(["download", this.href, this.download]); } } : createElement(name);
  const click = async (submitter) => {
    const event = { target: form, submitter, defaultPrevented: false, preventDefault() { this.defaultPrevented = true; } };
    await listeners.get("submit")(event);
    return event.defaultPrevented;
  };
  return { ...opened, form, done, click };
}

const html = (text, status = 200) =>
  at(new Response(text, { status, headers: { "content-type": "text/html; charset=utf-8" } }));

/** An answer from where the form was sent to. */
const at = (response) => Object.defineProperty(response, "url", { value: `${ORIGIN}/book?day=1` });

const toTicket = () => redirectedTo(`${ORIGIN}/ticket/7`, new Response("7"));

test("a refused form is made good, and what the site sends people to is loaded", async () => {
  let isCleared = false;
  const { click, done, sent, form } = formPage({
    answer: () => (isCleared ? toTicket() : at(challenge())),
    redeemed: () => {
      isCleared = true;
      return granted();
    },
  });
  assert.equal(await click(), true);
  assert.deepEqual(sent.map(({ method, path }) => `${method} ${path}`), ["POST /book", `POST ${REDEEM}`, "POST /book"]);
  const [first, , second] = sent;
  assert.equal(new URLSearchParams(second.body).get("who"), "Lê Thị Hoa");
  assert.equal(second.body, first.body);
  assert.match(second.headers.get("content-type"), /^application\/x-www-form-urlencoded/);
  assert.deepEqual(done, [["load", `${ORIGIN}/ticket/7`]]);
  assert.equal(form.hasAttribute("aria-busy"), false);
});

test("the body is what a browser would send", async () => {
  const file = new File(["content"], "scan.png");
  const fields = [["note", "one\ntwo\r\nthree"], ["scan", file]];
  const text = formPage({ answer: toTicket }, new Form({}, fields));
  await text.click({ type: "submit", name: "step", value: "2", getAttribute: () => null });
  const pairs = [...new URLSearchParams(text.sent[0].body)];
  assert.deepEqual(pairs, [["note", "one\r\ntwo\r\nthree"], ["scan", "scan.png"], ["step", "2"]]);
  const image = formPage({ answer: toTicket }, new Form({}, []));
  await image.click({ type: "image", name: "step", value: "", getAttribute: () => null });
  assert.equal(image.sent[0].body, "");
  const multipart = formPage({ answer: toTicket }, new Form({ enctype: "multipart/form-data" }, fields));
  await multipart.click();
  assert.match(multipart.sent[0].headers.get("content-type"), /^multipart\/form-data/);
  assert.match(multipart.sent[0].body, /filename="scan.png"[^]*content/);
});

test("a page that is no redirect takes the place of this one, under its own address", async () => {
  const { click, done } = formPage({ answer: () => html("<h1>Please correct</h1>", 422) });
  await click();
  assert.deepEqual(done, [["push", `${ORIGIN}/book?day=1`], ["open"], ["write", "<h1>Please correct</h1>"], ["close"]]);
});

test("what is no page is downloaded, and never written into this one", async () => {
  for (const [headers, name] of [
    [{ "content-type": "application/json" }, ""],
    [{ "content-type": "text/plain" }, ""],
    [{ "content-type": "text/html", "content-disposition": 'attachment; filename="letter.html"' }, "letter.html"],
  ]) {
    const { click, done } = formPage({ answer: () => at(new Response("<script>", { headers })) });
    await click();
    assert.deepEqual(done, [["download", "blob:content", name]]);
  }
});

test("an answer without content leaves the page as it is", async () => {
  const { click, done } = formPage({ answer: () => at(new Response(null, { status: 204 })) });
  await click();
  assert.deepEqual(done, []);
});

test("when nothing helps the person is told, and may send again", async () => {
  const { click, done, sent, form } = formPage({ answer: () => at(problem(403, {})) });
  await click();
  assert.deepEqual(done, [["alert", "Chưa gửi được"]]);
  assert.equal(form.hasAttribute("aria-busy"), false);
  await click();
  assert.equal(sent.length, 2);
});

test("when the network fails nobody is told that nothing was sent", async () => {
  const answer = () => { throw new TypeError("network"); };
  const { click, done } = formPage({ answer });
  await click();
  const [[what, text]] = done;
  assert.equal(what, "alert");
  assert.notEqual(text, "Chưa gửi được");
  const told = formPage({ answer }, new Form({ "data-levee-uncertain": "Chưa rõ" }));
  await told.click();
  assert.deepEqual(told.done, [["alert", "Chưa rõ"]]);
});

test("the page may tell it in its own way", async () => {
  const { click, done, form } = formPage({ answer: () => at(problem(403, {})) });
  const details = [];
  form.addEventListener("levee:failed", (event) => {
    details.push(event.detail.isUncertain);
    event.preventDefault();
  });
  await click();
  assert.deepEqual([details, done], [[false], []]);
});

test("a form that the site has taken counts as sent when the page after it is refused", async () => {
  const { click, done, sent } = formPage({ answer: () => redirectedTo(`${ORIGIN}/ticket/7`, problem(429, {}, { "retry-after": "900" })) });
  await click();
  assert.deepEqual(done, [["load", `${ORIGIN}/ticket/7`]]);
  assert.equal(sent.length, 1);
});

test("a second click does not send a second time, not even while the next page loads", async () => {
  const { click, sent, listeners } = formPage({ answer: toTicket });
  assert.deepEqual(await Promise.all([click(), click()]), [true, true]);
  assert.equal(await click(), true);
  assert.equal(sent.length, 1);
  listeners.get("pageshow")({ persisted: true });
  await click();
  assert.equal(sent.length, 2);
});

test("all other forms are left to the browser", async () => {
  const others = [
    { "data-levee": undefined },
    { method: undefined },
    { method: "get" },
    { method: "dialog" },
    { target: "_blank" },
    { enctype: "text/plain" },
    { action: "https://other.example/book" },
  ];
  for (const attributes of others) {
    const { click, sent } = formPage({ answer: toTicket }, new Form(attributes));
    assert.equal(await click(), false, JSON.stringify(attributes));
    assert.equal(sent.length, 0);
  }
});

test("a button may lead elsewhere than its form", async () => {
  const { click, sent } = formPage({ answer: toTicket });
  const button = { type: "submit", name: "", getAttribute: (name) => (name === "formaction" ? "/cancel" : null) };
  await click(button);
  assert.equal(sent[0].path, "/cancel");
});
