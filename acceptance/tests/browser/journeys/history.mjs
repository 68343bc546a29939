// Going back and forward in the tab's history: whoever has solved never meets the challenge again, and whoever left it in the
// middle is not stuck on a page of the past. The browser keeps pages that are left, as people's browsers do.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { Gate, REDEEM, challenged, form } from "../lib/site.mjs";

export default async function history({ base, browsers }) {
  const browser = await browsers.launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  await afterSolving(await Person.at(base, browser));
  await inTheMiddle(await Person.at(base, browser));
}

async function afterSolving(person) {
  const page = await person.page();
  const [one, two] = ["one", "two"].map((name) => `${person.base}/?page=${name}`);
  const before = `${person.base}/healthz`;
  await page.goto(before);
  await challenged(page, one);
  await form(page);
  await page.goto(two);
  for (const [go, address] of [["goBack", one], ["goForward", two], ["goBack", one], ["goBack", before], ["goForward", one]]) {
    await page[go]({ waitUntil: "commit" });
    assert.equal(page.url(), address, go);
    // Seen, or the browser may still be on its way there when it is sent on.
    await (address === before ? page.getByText("ok").waitFor() : form(page));
  }
  assert.equal(person.challenges, 1);
  person.hasHadNoTrouble();
}

async function inTheMiddle(person) {
  const page = await person.page();
  const gate = await Gate.before(person.context, REDEEM);
  const address = `${person.base}/?page=left`;
  await challenged(page, address);
  await gate.reached;
  await page.goto(`${person.base}/healthz`);
  gate.open();
  await page.goBack({ waitUntil: "commit" });
  await form(page);
  assert.equal(page.url(), address);
  assert(person.challenges <= 2, `${person.challenges} challenges`);
  person.hasHadNoTrouble();
}
