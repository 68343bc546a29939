"use strict";
// Puts what has changed of the page in place, by the ids of its parts, so that nothing else moves and only that is read out.
{
  const source = new EventSource(document.querySelector("main").dataset.events);
  source.onmessage = (event) => {
    const fresh = new DOMParser().parseFromString(event.data, "text/html");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const shown = document.getElementById(part.id);
      if (shown && shown.innerHTML !== part.innerHTML) shown.innerHTML = part.innerHTML;
    }
  };
  // A stream that is refused is not tried again by the browser.
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 30000);
  };
}
