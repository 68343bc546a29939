// Random bytes as the tasks need them.

/** `length` random bytes. */
export const bytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Bytes as lower-case hexadecimal digits. */
export const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes that `text` writes in hexadecimal digits. */
export const bytesOf = (text) => Uint8Array.from(text.match(/../g), (digits) => parseInt(digits, 16));

/** `length` random bytes as hexadecimal digits. */
export const hex = (length) => hexOf(bytes(length));

/** A random whole number below `end`. */
export const below = (end) => Math.floor(Math.random() * end);
