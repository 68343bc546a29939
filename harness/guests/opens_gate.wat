;; Stores a value in shared data under "gate" at every request.
(module
  (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "gate")
  (data (i32.const 32) "open")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (call $set (i32.const 16) (i32.const 4) (i32.const 32) (i32.const 4) (i32.const 0))))
