// What a Worker costs that does nothing: every request goes to the origin.

export default {
  fetch(request) {
    return fetch(request);
  },
};
