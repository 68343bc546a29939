;; Asks the service "auth" about each request, for at most 100 ms, and holds it meanwhile: a response of 200 lets it go on,
;; another one refuses it with 403. An answer about a request that is gone is logged.
(module
  (import "env" "proxy_http_call" (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_get_header_map_value" (func $header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_effective_context" (func $context (param i32) (result i32)))
  (import "env" "proxy_continue_stream" (func $continue (param i32) (result i32)))
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "auth")
  (data (i32.const 32) "\03\00\00\00\07\00\00\00\03\00\00\00\05\00\00\00\06\00\00\00\0a\00\00\00\04\00\00\00:method\00GET\00:path\00/check\00:authority\00auth\00")
  (data (i32.const 128) ":status")
  (data (i32.const 144) "forbidden\n")
  (data (i32.const 160) "too late")
  (data (i32.const 176) "the service said no")
  (data (i32.const 200) "held")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  ;; Which request a call is about, by the call's number.
  (func $slot (param $call i32) (result i32)
    (i32.add (i32.const 65536) (i32.mul (i32.and (local.get $call) (i32.const 4095)) (i32.const 4))))
  (func (export "proxy_on_request_headers") (param $ctx i32) (param i32 i32) (result i32)
    (if (call $ask (i32.const 16) (i32.const 4) (i32.const 32) (i32.const 69)
          (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 100) (i32.const 0))
      (then
        (drop (call $reply (i32.const 500) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
          (i32.const 0) (i32.const 0) (i32.const -1)))
        (return (i32.const 1))))
    (i32.store (call $slot (i32.load (i32.const 0))) (local.get $ctx))
    (i32.const 1))
  (func (export "proxy_on_http_call_response") (param i32) (param $call i32) (param $headers i32) (param i32 i32)
    (local $allowed i32)
    (if (i32.eqz (local.get $headers)) (then) (else
      (if (i32.eqz (call $header (i32.const 6) (i32.const 128) (i32.const 7) (i32.const 0) (i32.const 4)))
        ;; "200" is all it has to be.
        (then (local.set $allowed (i32.and
          (i32.eq (i32.load16_u (i32.load (i32.const 0))) (i32.const 0x3032))
          (i32.eq (i32.load8_u (i32.add (i32.load (i32.const 0)) (i32.const 2))) (i32.const 0x30))))))))
    (if (call $context (i32.load (call $slot (local.get $call)))) (then
      (drop (call $log (i32.const 3) (i32.const 160) (i32.const 8)))
      (return)))
    (if (local.get $allowed)
      (then (drop (call $continue (i32.const 0))))
      (else
        (drop (call $log (i32.const 2) (i32.const 176) (i32.const 19)))
        (drop (call $reply (i32.const 403) (i32.const 0) (i32.const 0) (i32.const 144) (i32.const 10)
          (i32.const 0) (i32.const 0) (i32.const -1)))))))
