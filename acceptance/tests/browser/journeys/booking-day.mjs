// A day at the booking app, through the filter: a patient books on a phone, the desk calls the number, the ticket says so
// by itself; another patient gives the number back. Then every page is audited. OPTIONS: token, what the desk signs in with.
import assert from "node:assert/strict";
import { audit } from "../lib/audit.mjs";
import { Person } from "../lib/person.mjs";
import { book } from "../lib/site.mjs";

const PHONE = { width: 390, height: 844 };

export default async function bookingDay({ base, browsers, token }) {
  const browser = await browsers.launch();
  const patient = await Person.at(base, browser, { viewport: PHONE });
  const ticket = await patient.page();
  await ticket.goto(base);
  const number = await book(ticket);
  const called = ticket.locator("#state .called");
  assert.equal(await called.count(), 0, "nobody has been called yet");

  const desk = await Person.at(base, browser);
  await callNext(await signedIn(desk, token), ticket);
  await called.waitFor();

  const other = await patient.page();
  await other.goto(base);
  assert.notEqual(await book(other), number);
  await other.locator('a[href*="/cancel"]').click();
  await other.locator('form[action*="/cancel"] button').click();
  await other.locator("#state .cancelled").waitFor();

  for (const person of [patient, desk]) person.hasHadNoTrouble();
  return audited(base, browser, token, [ticket.url(), other.url()]);
}

async function signedIn(person, token) {
  const page = await person.page();
  await page.goto(`${person.base}/desk`);
  await page.locator("#token").fill(token);
  await page.locator('form[action^="/desk/sign-in"] button').click();
  await page.locator("#calls").waitFor({ state: "attached" });
  return page;
}

/** Calls the next number of the queue that a ticket is in. */
async function callNext(desk, ticket) {
  const day = await ticket.locator(".ticket time").getAttribute("datetime");
  await desk.locator("select#day").selectOption(day);
  await desk.locator("select#session").selectOption("morning");
  await Promise.all([desk.waitForURL(/day=/), desk.locator('form[action="/desk"] button').click()]);
  await desk.locator('button[formaction^="/desk/next"]').first().click();
  await desk.locator(".notice").waitFor();
}

/** Every page in both languages, as axe and a narrow window see it. */
async function audited(base, browser, token, tickets) {
  const passed = {};
  for (const locale of ["en-GB", "vi-VN"]) {
    const person = await Person.at(base, browser, { locale, bypassCSP: true });
    const desk = await signedIn(person, token);
    const pages = { desk };
    const [called, cancelled] = tickets.map((url) => new URL(url).pathname);
    const paths = { booking: "/", full: "/?department=cardiology", board: "/board", "look up": "/ticket", called, cancelled };
    for (const [name, path] of Object.entries(paths)) {
      pages[name] = await person.page();
      await pages[name].goto(base + path);
    }
    const stranger = await Person.at(base, browser, { locale, bypassCSP: true });
    pages["sign in"] = await stranger.page();
    await pages["sign in"].goto(`${base}/desk`);
    for (const [name, page] of Object.entries(pages)) {
      for (const [what, rules] of Object.entries(await audit(page, name))) passed[`${locale} ${what}`] = rules;
      await page.close();
    }
  }
  return passed;
}
