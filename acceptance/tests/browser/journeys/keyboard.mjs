// With the keyboard alone: what can be reached is reached in order and is seen to be, and a failure takes nobody's place in
// the page away.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { Gate, REDEEM, challenged, ended, form } from "../lib/site.mjs";
import { WORDS } from "../lib/words.mjs";

export default async function keyboard({ base, browsers }) {
  const browser = await browsers.launch();
  await focusGoesToTheButton(await Person.at(base, browser));
  await focusStays(await Person.at(base, browser));
}

async function focusGoesToTheButton(person) {
  const page = await person.page();
  const refusal = await refuse(person.context);
  const address = `${person.base}/?keyboard=1#form`;
  await challenged(page, address);
  refusal.gate.open();
  await ended(page);
  assert((await page.getByRole("status").innerText()).includes(WORDS.en.failed));
  assert.equal(await page.getByRole("progressbar").count(), 0, "the progress is over");
  assert.deepEqual(await focused(page), { name: WORDS.en.again, isSeen: true });
  await page.keyboard.press("Tab");
  assert.deepEqual(await focused(page), { name: "1900 0000", isSeen: true });
  await page.keyboard.press("Shift+Tab");
  assert.deepEqual(await focused(page), { name: WORDS.en.again, isSeen: true });
  await refusal.end();
  await page.keyboard.press("Enter");
  await form(page);
  assert.equal(page.url(), address);
  person.hasHadNoTrouble();
}

async function focusStays(person) {
  const page = await person.page();
  const refusal = await refuse(person.context);
  await challenged(page, `${person.base}/?keyboard=2`);
  await refusal.gate.reached;
  await page.keyboard.press("Tab");
  const link = { name: "1900 0000", isSeen: true };
  assert.deepEqual(await focused(page), link);
  refusal.gate.open();
  await ended(page);
  assert.deepEqual(await focused(page), link, "who reads the telephone number is not moved away from it");
  await page.keyboard.press("Shift+Tab");
  assert.deepEqual(await focused(page), { name: WORDS.en.again, isSeen: true });
  await refusal.end();
  await page.keyboard.press("Space");
  await form(page);
  person.hasHadNoTrouble();
}

/** Makes redemptions end, once the gate is open, in a refusal without another challenge. */
async function refuse(context) {
  const answer = (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: "{}" });
  await context.route(REDEEM, answer);
  const gate = await Gate.before(context, REDEEM);
  return { gate, end: () => context.unroute(REDEEM, answer) };
}

/** The element that has the focus, and whether it is seen to. */
const focused = (page) => page.evaluate(() => {
  const { activeElement } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
  return {
    name: activeElement === document.body ? "" : activeElement.textContent,
    isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
  };
});
