// Waiting, and no longer than somebody wants to.

/** Lets the page know what goes on, so that it can show something. */
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(`levee:${name}`, { detail }));

const reasonOf = (signal) => signal.reason || new DOMException("The request was cancelled.", "AbortError");

/** What becomes of `promise`, unless `signal` is given and aborts before. */
const unlessAborted = (promise, signal) =>
  new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    if (!signal) return;
    const cancel = () => reject(reasonOf(signal));
    if (signal.aborted) return cancel();
    signal.addEventListener("abort", cancel);
    const free = () => signal.removeEventListener("abort", cancel);
    promise.then(free, free);
  });

/** Somewhat longer, so that clients that were refused together do not come back together. */
const pause = (seconds, signal) => {
  const jitter = Math.random() * Math.min(30, Math.max(0.25, seconds / 10));
  return unlessAborted(new Promise((resolve) => setTimeout(resolve, 1000 * (seconds + jitter))), signal);
};

/** The seconds that an answer asks to wait. */
const retryAfter = (response) => {
  const value = response.headers.get("retry-after");
  return Math.max(1, /^\d+$/.test(value) ? Number(value) : 5);
};
