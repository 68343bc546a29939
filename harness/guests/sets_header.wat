;; Sets the request header x-guest to "was here", in the request and in the response.
(module
  (import "env" "proxy_replace_header_map_value" (func $replace (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "x-guest")
  (data (i32.const 32) "was here")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (call $replace (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 32) (i32.const 8)))
  (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
    (call $replace (i32.const 2) (i32.const 16) (i32.const 7) (i32.const 32) (i32.const 8))))
