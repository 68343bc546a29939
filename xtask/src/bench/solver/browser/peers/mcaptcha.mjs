// @mcaptcha/pow-wasm: its glue, without the import of WebAssembly that only bundlers understand.
import * as glue from "/npm/@mcaptcha/pow-wasm/pow_wasm_bg.js";

export default async () => {
  const module = fetch("/npm/@mcaptcha/pow-wasm/pow_wasm_bg.wasm");
  const { instance } = await WebAssembly.instantiateStreaming(module, { "./pow_wasm_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  return ({ salt, phrase, difficulty }) => JSON.parse(glue.gen_pow(salt, phrase, difficulty)).nonce;
};
