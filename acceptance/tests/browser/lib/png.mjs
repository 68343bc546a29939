// Pictures of pages made small: a page has few colours, so a palette of 256 holds them, and a third of the bytes.
import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const RGB = 2;
const PALETTE = 3;

/** The same picture with at most 256 colours; `png` has eight bits of red, green and blue, as browsers write them. */
export function small(png) {
  const { width, height, pixels } = decode(png);
  const colours = Uint32Array.from({ length: width * height }, (_, at) => pixels.readUIntBE(3 * at, 3));
  const counts = new Map();
  colours.forEach((colour) => counts.set(colour, (counts.get(colour) ?? 0) + 1));
  const byFrequency = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one));
  // Coarser until they fit; of the colours that become one it is the most frequent, so that plain areas stay as they are.
  for (let bits = 0; bits < 8; bits++) {
    const coarse = (colour) => colour & ~(0x010101 * ((1 << bits) - 1));
    const palette = new Map();
    byFrequency.forEach((colour) => palette.has(coarse(colour)) || palette.set(coarse(colour), colour));
    if (palette.size > 256) continue;
    const indices = new Map([...palette.keys()].map((key, index) => [key, index]));
    return encode(width, height, [...palette.values()], Buffer.from(colours.map((colour) => indices.get(coarse(colour)))));
  }
}

function decode(png) {
  assert(png.subarray(0, 8).equals(SIGNATURE));
  let header;
  const data = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = content;
    if (type === "IDAT") data.push(content);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  assert.deepEqual([...header.subarray(8)], [8, RGB, 0, 0, 0]);
  return { width, height, pixels: unfiltered(inflateSync(Buffer.concat(data)), 3 * width, height) };
}

/** The lines of a picture without what each says of its neighbours (PNG, "Filter types for filter method 0"). */
function unfiltered(filtered, stride, height) {
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < 3 ? 0 : pixels[y * stride + x - 3];
      const above = y ? pixels[(y - 1) * stride + x] : 0;
      const corner = y && x >= 3 ? pixels[(y - 1) * stride + x - 3] : 0;
      const expected = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter];
      pixels[y * stride + x] = filtered[y * (stride + 1) + 1 + x] + expected;
    }
  }
  return pixels;
}

function nearest(left, above, corner) {
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function encode(width, height, palette, indices) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE], 8);
  const colours = Buffer.alloc(3 * palette.length);
  palette.forEach((colour, index) => colours.writeUIntBE(colour, 3 * index, 3));
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) indices.copy(lines, y * (width + 1) + 1, y * width, (y + 1) * width);
  const data = deflateSync(lines, { level: 9 });
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, content) {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(content.length, 0);
  typed.copy(framed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}

/** CRC-32 of IEEE 802.3; Node.js has one of its own only since version 20.15. */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
