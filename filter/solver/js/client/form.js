// For forms: `levee.submit(form)`, and forms with the attribute `data-levee`, which send what was filled in by `levee.fetch`.
// So a form that was opened before the flood, or was filled in for longer than a clearance lasts, loses nothing.

/** What is said when Levee refuses a form for good, and when the network fails: then nobody knows whether it has arrived. */
const REFUSED = "This could not be sent. Nothing is lost; please try again in a moment.";
const UNCERTAIN = "The connection broke off. Please find out whether this has arrived before you send it again.";

/** Forms that are being sent, or whose page is about to go: a second click must not send a second time. */
let sending = new WeakSet();

const isButton = (element) => element.type === "submit";

/** What the button says if it says so, else the form. */
const setting = (form, submitter, name) =>
  (submitter && submitter.getAttribute(`form${name}`)) || form.getAttribute(name) || "";

/** Whether it is ours to send: all others go by what the browser does, which no flood keeps from them. */
const isOurs = (form, submitter) => {
  const target = setting(form, submitter, "target");
  return (
    setting(form, submitter, "method").toLowerCase() === "post" &&
    (target === "" || target === "_self") &&
    setting(form, submitter, "enctype").toLowerCase() !== "text/plain" &&
    addressOf(form, submitter).origin === location.origin
  );
};

const addressOf = (form, submitter) => {
  const action = setting(form, submitter, "action");
  return action ? new URL(action, document.baseURI) : new URL(location.href);
};

const bodyOf = (form, submitter) => {
  const data = new FormData(form);
  if (submitter && submitter.name && isButton(submitter)) data.append(submitter.name, submitter.value);
  if (setting(form, submitter, "enctype").toLowerCase() === "multipart/form-data") return data;
  const text = new URLSearchParams();
  // As browsers send them: line breaks as CR LF, and of files the names.
  data.forEach((value, name) => text.append(name, (value.name || String(value)).replace(/\r\n|\r|\n/g, "\r\n")));
  return text;
};

/** What is no page is kept, not shown: here it would be shown with this page's rights. */
const download = (content, disposition) => {
  const link = document.createElement("a");
  const [, name = ""] = /filename="?([^";]+)/i.exec(disposition) || [];
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
};

/** Shows what the site has answered, as if the browser had sent the form. Resolves to whether this page goes. */
const show = async (response, address) => {
  if (response.status === 204 || response.status === 205) return false;
  const header = (name) => response.headers.get(name) || "";
  if (!/^text\/html\b/i.test(header("content-type")) || /^attachment\b/i.test(header("content-disposition"))) {
    download(await response.blob(), header("content-disposition"));
    return false;
  }
  const html = await response.text();
  if (location.href !== address) history.pushState(null, "", address);
  document.open();
  document.write(html);
  document.close();
  return true;
};

/**
 * Sends a form. Resolves to whether the site has taken it; if not, the page stays as it is, with everything that was filled
 * in. Undefined when the form is being sent already. Rejects when the network fails.
 */
const submit = async (form, submitter) => {
  if (sending.has(form)) return undefined;
  sending.add(form);
  form.setAttribute("aria-busy", "true");
  let isLeaving = false;
  try {
    const address = addressOf(form, submitter);
    address.hash = "";
    const response = await leveeFetch(address.href, {
      method: "POST",
      body: bodyOf(form, submitter),
      headers: { accept: "text/html,*/*;q=0.8" },
      credentials: "same-origin",
    });
    // Loaded once more, as a page of its own: it is what the site sends people to after a form, and the form has been taken
    // even where that page is refused.
    if (response.redirected || response.url !== address.href) {
      isLeaving = true;
      location.assign(response.url);
    } else if (await refusalIn(response)) {
      return false;
    } else {
      isLeaving = await show(response, address.href);
    }
    return true;
  } finally {
    form.removeAttribute("aria-busy");
    if (!isLeaving) sending.delete(form);
  }
};

/** Tells the person, unless the page does. */
const fail = (form, isUncertain) => {
  const failed = new CustomEvent("levee:failed", { bubbles: true, cancelable: true, detail: { isUncertain } });
  if (!form.dispatchEvent(failed)) return;
  alert(form.getAttribute(isUncertain ? "data-levee-uncertain" : "data-levee") || (isUncertain ? UNCERTAIN : REFUSED));
};

const onSubmit = async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.hasAttribute("data-levee")) return;
  const { activeElement } = document;
  const submitter = event.submitter || (form.contains(activeElement) && isButton(activeElement) ? activeElement : undefined);
  if (!isOurs(form, submitter)) return;
  event.preventDefault();
  try {
    if ((await self.levee.submit(form, submitter)) === false) fail(form, false);
  } catch (_) {
    fail(form, true);
  }
};

/** When somebody comes back to a page that was kept as it was, its forms may be sent again. */
const onPageShow = ({ persisted }) => {
  if (persisted) sending = new WeakSet();
};
