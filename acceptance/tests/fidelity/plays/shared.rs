//! Shared data, shared queues and metrics.

use crate::play::{Play, probe};

pub(super) fn plays() -> Vec<Play> {
    vec![
        probe(
            "data",
            "request_headers: data_get a
             request_headers: data_set a 1 77
             request_headers: data_get a
             request_headers: data_set a 2 last
             request_headers: data_set a 3 last
             request_headers: data_set a 4 0
             request_headers: data_get a
             request_headers: data_set a 5 -1
             request_headers: data_set a \"\" last
             request_headers: data_get a
             request_headers: data_set \"\" empty 0
             request_headers: data_get \"\"
             request_headers: data_set b \\xff\\0 0
             request_headers: data_get b
             request_headers: data_get A
             log: data_get a
             delete: data_set c 1 0",
        )
        .get()
        .get(),
        probe(
            "data_of_starts",
            "configure: data_get seeded
             configure: data_set seeded 1 last
             vm_start: data_get seeded
             request_headers: data_get seeded",
        )
        .vm_configured("vm_start: data_get seeded\nvm_start: data_set early 1 0")
        .get(),
        probe(
            "queue",
            "request_headers: queue_resolve \"\" q
             request_headers: queue_register q
             request_headers: queue_dequeue last
             request_headers: queue_enqueue last one
             request_headers: queue_enqueue last \"\"
             request_headers: queue_enqueue last three
             request_headers: queue_resolve \"\" q
             request_headers: queue_resolve queue q
             request_headers: queue_resolve elsewhere q
             request_headers: queue_resolve \"\" none
             request_headers: queue_enqueue 999 x
             request_headers: queue_dequeue 999
             request_headers: queue_dequeue last
             queue_ready: queue_dequeue last
             queue_ready: queue_dequeue last",
        )
        .get()
        .pass(200),
        probe(
            "queue_feeds_itself",
            "request_headers: queue_register q
             request_headers: queue_enqueue last one
             queue_ready#1: queue_enqueue last two
             queue_ready: queue_dequeue last",
        )
        .get()
        .pass(200),
        probe(
            "queue_of_starts",
            "configure: queue_register q
             request_headers: queue_resolve \"\" q
             request_headers: queue_enqueue last one
             queue_ready: queue_dequeue last",
        )
        .get()
        .pass(200),
        probe(
            "metrics_all",
            "configure: metric_define counter metrics_all_count
             configure: metric_define gauge metrics_all_gauge
             configure: metric_define histogram metrics_all_histogram
             configure: metric_define 3 metrics_all_bad
             configure: metric_inc metrics_all_count 1
             request_headers: metric_inc metrics_all_count 5
             request_headers: metric_inc metrics_all_count 0
             request_headers: metric_inc metrics_all_count -1
             request_headers: metric_record metrics_all_count 10
             request_headers: metric_get metrics_all_count
             request_headers: metric_inc metrics_all_gauge 7
             request_headers: metric_inc metrics_all_gauge -3
             request_headers: metric_inc metrics_all_gauge 0
             request_headers: metric_get metrics_all_gauge
             request_headers: metric_record metrics_all_gauge 100
             request_headers: metric_get metrics_all_gauge
             request_headers: metric_inc metrics_all_histogram 1
             request_headers: metric_record metrics_all_histogram 12
             request_headers: metric_get metrics_all_histogram
             request_headers: metric_inc 4 1
             request_headers: metric_inc 4001 1
             request_headers: metric_inc 4003 1
             request_headers: metric_record 4000 1
             request_headers: metric_record 4002 1
             request_headers: metric_record 4003 1
             request_headers: metric_get 4000
             request_headers: metric_get 4001
             request_headers: metric_get 4002
             request_headers: metric_get 4003",
        )
        .get(),
        probe(
            "metrics_again",
            "request_headers: metric_define counter metrics_again_x
             request_headers: metric_inc metrics_again_x 2
             request_headers: metric_define counter metrics_again_x
             request_headers: metric_get metrics_again_x
             request_headers: metric_define gauge metrics_again_x
             request_headers: metric_inc metrics_again_x 3
             request_headers: metric_get metrics_again_x
             request_headers: metric_define counter \"\"",
        )
        .get(),
        probe(
            "metrics_below_zero",
            "request_headers: metric_define gauge metrics_below_zero_g
             request_headers: metric_inc metrics_below_zero_g 2
             request_headers: metric_inc metrics_below_zero_g -5
             request_headers: metric_get metrics_below_zero_g",
        )
        .get(),
        probe(
            "metrics_negative_records",
            "request_headers: metric_define gauge metrics_negative_records_g
             request_headers: metric_record metrics_negative_records_g -5
             request_headers: metric_get metrics_negative_records_g",
        )
        .get(),
    ]
}
