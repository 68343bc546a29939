;; Asks the rate limit service "limits" about each request, always with the same descriptor: over the limit is 429, and a
;; service that fails lets requests go on.
(module
  (import "env" "proxy_grpc_call"
    (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_buffer_bytes" (func $buffer (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_effective_context" (func $context (param i32) (result i32)))
  (import "env" "proxy_continue_stream" (func $continue (param i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "limits")
  (data (i32.const 32) "envoy.service.ratelimit.v3.RateLimitService")
  (data (i32.const 80) "ShouldRateLimit")
  ;; Domain "d", one descriptor with "k" = "v".
  (data (i32.const 96) "\0a\01d\12\08\0a\06\0a\01k\12\01v")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func $slot (param $call i32) (result i32)
    (i32.add (i32.const 65536) (i32.mul (i32.and (local.get $call) (i32.const 4095)) (i32.const 4))))
  (func (export "proxy_on_request_headers") (param $ctx i32) (param i32 i32) (result i32)
    (if (call $ask (i32.const 16) (i32.const 6) (i32.const 32) (i32.const 43) (i32.const 80) (i32.const 15)
          (i32.const 0) (i32.const 0) (i32.const 96) (i32.const 13) (i32.const 100) (i32.const 0))
      (then (return (i32.const 0))))
    (i32.store (call $slot (i32.load (i32.const 0))) (local.get $ctx))
    (i32.const 1))
  (func (export "proxy_on_grpc_receive") (param i32) (param $call i32) (param $size i32)
    (drop (call $buffer (i32.const 5) (i32.const 0) (local.get $size) (i32.const 0) (i32.const 4)))
    (if (call $context (i32.load (call $slot (local.get $call)))) (then (return)))
    ;; The second byte is overall_code.
    (if (i32.eq (i32.load8_u (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i32.const 2))
      (then (drop (call $reply (i32.const 429) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const -1))))
      (else (drop (call $continue (i32.const 0))))))
  (func (export "proxy_on_grpc_close") (param i32) (param $call i32) (param $status i32)
    (if (local.get $status) (then
      (if (call $context (i32.load (call $slot (local.get $call)))) (then (return)))
      (drop (call $continue (i32.const 0)))))))
