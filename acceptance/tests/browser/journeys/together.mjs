// Two tabs and a request of a page that was open before, all of one visitor, are challenged at once: all succeed, whichever
// is first, because nothing of a challenge is kept where another could take its place.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { Gate, REDEEM, challenged, form } from "../lib/site.mjs";

export default async function together({ base, browsers }) {
  const person = await Person.at(base, await browsers.launch());
  const gate = await Gate.before(person.context, REDEEM);
  const open = await openSinceBefore(person);
  const addresses = ["first", "second"].map((tab) => `${base}/?tab=${tab}#form`);
  const tabs = await Promise.all(addresses.map(async (address) => {
    const page = await person.page();
    await challenged(page, address);
    return page;
  }));
  const problem = await open.evaluate(ask);
  assert.equal(problem.status, 403);
  assert.equal(problem.type, "application/problem+json");
  assert.equal(problem.body.reason, "clearance_required");
  const solution = open.evaluate(solve, problem.body.challenge);

  gate.open();
  await Promise.all(tabs.map(form));
  assert.deepEqual(tabs.map((page) => page.url()), addresses);
  assert.equal(await solution, 200, "the solution of the page that was open");
  const answer = await open.evaluate(ask);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.departments.length, 6);
  person.hasHadNoTrouble();
}

/** A page of the site, from before it challenged. */
async function openSinceBefore(person) {
  const address = `${person.base}/open-since-before`;
  const body = "<!doctype html><title>Open since before</title>";
  await person.context.route(address, (route) => route.fulfill({ contentType: "text/html", body }));
  const page = await person.page();
  await page.goto(address);
  return page;
}

async function ask() {
  const answer = await fetch("/api/departments");
  return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.json() };
}

async function solve({ solver, token, redeem }) {
  const script = document.createElement("script");
  script.src = solver;
  const loaded = new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
  document.head.append(script);
  await loaded;
  const headers = { "levee-solution": await levee.solve(token) };
  return (await fetch(redeem, { method: "POST", headers })).status;
}
