;; Answers 200 with one digit: whether memory.grow by 512 MiB was refused.
(module
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (i32.store8 (i32.const 16)
      (i32.add (i32.const 48) (i32.eq (i32.const -1) (memory.grow (i32.const 8192)))))
    (drop (call $reply (i32.const 200) (i32.const 0) (i32.const 0)
      (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const -1)))
    (i32.const 1)))
