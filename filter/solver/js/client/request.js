// Requests that are made good: `levee.fetch`.

/** Seconds that a request waits in all. */
const MOST_WAITING = 600;

/** How many requests are being made good. */
let troubled = 0;

/** A request on its way, however often it has to be sent. */
class Errand {
  constructor(request) {
    this.request = request;
    this.rounds = 0;
    this.waited = 0;
    this.isTroubled = false;
  }

  /** The site's answer, or Levee's when there is nothing more to be done about it. */
  async run() {
    try {
      for (;;) {
        const before = earned;
        const response = await nativeFetch(this.request.clone());
        const refusal = await refusalIn(response);
        if (!refusal) return response;
        this.noteTrouble();
        // A clearance that has come while the request was on its way may be all that it lacked.
        if (!(await this.mayRepeat(refusal, earned > before))) return response;
        this.goOn(response);
      }
    } finally {
      if (this.isTroubled) troubled -= 1;
      if (this.isTroubled && !troubled) announce("done");
    }
  }

  noteTrouble() {
    if (!this.isTroubled) troubled += 1;
    this.isTroubled = true;
  }

  /** Does what the refusal asks for. */
  async mayRepeat({ challenge, status, seconds, place }, hasNewClearance) {
    if (challenge) {
      this.rounds += 1;
      return this.rounds <= MOST_ROUNDS && (hasNewClearance || this.isCleared(challenge));
    }
    if (status !== 503 && (status !== 429 || seconds > LONGEST_QUOTA_WAIT)) return false;
    this.waited += seconds;
    if (this.waited > MOST_WAITING) return false;
    announce("waiting", { seconds, place });
    await pause(seconds, this.request.signal);
    return true;
  }

  async isCleared(challenge) {
    const { signal } = this.request;
    try {
      await clearance(challenge, signal);
      return true;
    } catch (_) {
      if (signal && signal.aborted) throw reasonOf(signal);
      return false;
    }
  }

  /** Where the site has sent the browser on, as after a form, the first part of the way is not gone a second time. */
  goOn({ redirected, url }) {
    const { method, headers, credentials, signal } = this.request;
    if (!redirected || method === "GET" || method === "HEAD") return;
    const accept = headers.get("accept") || "*/*";
    this.request = new Request(url, { credentials, signal, headers: { accept } });
  }
}

/** `fetch`, except that what Levee refuses is made good, if it can be, and sent again. Other sites are none of its business. */
const leveeFetch = async (input, init) => {
  const { url = input } = Object(input);
  if (new URL(url, document.baseURI).origin !== location.origin) return nativeFetch(input, init);
  const request = new Request(input, init);
  // Without cookies there is no way to show a clearance.
  return request.credentials === "omit" ? nativeFetch(request) : new Errand(request).run();
};
