// What Levee says when it refuses a request, as docs/protocol.md has it.

const OWN_PREFIX = "/.well-known/levee/";

/** The whole address of an endpoint of Levee's at this site; undefined when `path` is any other place. */
const ownAddress = (path) => {
  if (typeof path !== "string") return undefined;
  try {
    const { href, origin, pathname } = new URL(path, location.origin);
    return origin === location.origin && pathname.startsWith(OWN_PREFIX) ? href : undefined;
  } catch (_) {
    return undefined;
  }
};

/** A challenge with whole addresses; undefined when it leads anywhere else. */
const soundChallenge = ({ token, solver, redeem }) => {
  const challenge = { token, solver: ownAddress(solver), redeem: ownAddress(redeem) };
  return typeof token === "string" && challenge.solver && challenge.redeem ? challenge : undefined;
};

/** What Levee says in its answer, which stays unread; undefined when it is the site's own. */
const refusalIn = async (response) => {
  const type = response.headers.get("content-type") || "";
  // A foreign server may say what it likes, and has no business with this one's clearances.
  const isForeign = response.type !== "basic" && response.type !== "default";
  if (response.ok || isForeign || !/^application\/problem\+json\b/i.test(type)) return undefined;
  const problem = await response.clone().json().catch(() => undefined);
  const { reason, support_id: id, challenge, line } = Object(problem);
  if (typeof reason !== "string" || typeof id !== "string") return undefined;
  return {
    status: response.status,
    seconds: retryAfter(response),
    challenge: soundChallenge(Object(challenge)),
    place: Object(line).place,
  };
};
