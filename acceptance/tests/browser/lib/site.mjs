// What journeys know of the site and of Levee's pages.
import assert from "node:assert/strict";

export const SOLVER = /\/\.well-known\/levee\/solver-[^/]+\.js$/;
export const REDEEM = /\/\.well-known\/levee\/redeem$/;
export const FORM = 'form[action^="/book"]';

/** Waits for the booking form. */
export const form = (page) => page.locator(FORM).waitFor();

/** Waits until the page of a challenge has come to an end without success. */
export const ended = (page) => page.locator("#status.end").waitFor();

/** Goes to an address that is answered with a challenge. Its page may be gone already where no gate keeps it. */
export async function challenged(page, address) {
  const response = await page.goto(address, { waitUntil: "commit" });
  assert.equal(response.status(), 403, `${address} should be challenged`);
  return response;
}

/** Fills in the booking form, and tells the number that the ticket shows. */
export async function book(page) {
  await page.locator('input[name="department"]').first().check();
  await page.locator('input[name="day"]').last().check();
  await page.locator('input[name="session"]').first().check();
  await Promise.all([page.waitForURL(/\/ticket\//), page.locator(`${FORM} button[type="submit"]`).click()]);
  const number = (await page.locator(".ticket .number").innerText()).trim();
  assert.match(number, /^\d+$/, "the ticket should show a number");
  return number;
}

/** Lets nobody through before it is opened. */
export class Gate {
  constructor() {
    this.opened = new Promise((resolve) => { this.open = resolve; });
    /** Somebody stands before it. */
    this.reached = new Promise((resolve) => { this.reach = resolve; });
  }

  /** Requests for `url` wait at the gate. */
  static async before(context, url) {
    const gate = new Gate();
    await context.route(url, async (route) => {
      gate.reach();
      await gate.opened;
      await route.fallback();
    });
    return gate;
  }
}

/** Changes headers of the answers to `url`, as a network or a browser with another policy would. */
export const alter = (context, url, change) => context.route(url, async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, headers: change(response.headers()) });
});
