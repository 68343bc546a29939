//! Envoy's rate limit service (`envoy.service.ratelimit.v3`), played: fixed windows, as envoyproxy/ratelimit counts.

use std::collections::HashMap;
use std::time::Duration;

use prost::Message;

use super::answer::GrpcAnswer;
use super::services::GrpcService;
use crate::callout::GrpcCall;

/// gRPC's `INVALID_ARGUMENT`.
const INVALID_ARGUMENT: u32 = 3;
/// gRPC's `UNIMPLEMENTED`.
const UNIMPLEMENTED: u32 = 12;
const OK: i32 = 1;
const OVER_LIMIT: i32 = 2;

/// So many hits of each descriptor in each window.
#[derive(Debug)]
pub struct RateLimitService {
    limit: u64,
    window: Duration,
    hits: HashMap<Vec<u8>, (u128, u64)>,
}

impl RateLimitService {
    /// Grants `limit` hits of a descriptor in each window; windows begin at multiples of their length since the Unix epoch.
    #[must_use]
    pub fn new(limit: u64, window: Duration) -> Self {
        Self {
            limit,
            window,
            hits: HashMap::new(),
        }
    }

    fn hit(&mut self, now: Duration, key: Vec<u8>, hits: u64) -> i32 {
        let nth = now.as_nanos() / self.window.as_nanos().max(1);
        let (window, count) = self.hits.entry(key).or_insert((nth, 0));
        if *window != nth {
            (*window, *count) = (nth, 0);
        }
        *count = count.saturating_add(hits);
        if *count > self.limit { OVER_LIMIT } else { OK }
    }
}

impl GrpcService for RateLimitService {
    fn answer(&mut self, now: Duration, call: &GrpcCall, message: &[u8]) -> GrpcAnswer {
        if call.method != "ShouldRateLimit" {
            return GrpcAnswer::status(UNIMPLEMENTED, "only ShouldRateLimit is offered");
        }
        let Ok(request) = RateLimitRequest::decode(message) else {
            return GrpcAnswer::status(INVALID_ARGUMENT, "not a RateLimitRequest");
        };
        let hits = u64::from(request.hits_addend.max(1));
        let statuses: Vec<DescriptorStatus> = request
            .descriptors
            .iter()
            .map(|descriptor| {
                let key = [request.domain.as_bytes(), b"\0", &descriptor.encode_to_vec()].concat();
                DescriptorStatus {
                    code: self.hit(now, key, hits),
                }
            })
            .collect();
        let over = statuses.iter().any(|status| status.code == OVER_LIMIT);
        let response = RateLimitResponse {
            overall_code: if over { OVER_LIMIT } else { OK },
            statuses,
        };
        GrpcAnswer::message(response.encode_to_vec())
    }
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct RateLimitRequest {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(message, repeated, tag = "2")]
    descriptors: Vec<RateLimitDescriptor>,
    #[prost(uint32, tag = "3")]
    hits_addend: u32,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct RateLimitDescriptor {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct RateLimitResponse {
    #[prost(int32, tag = "1")]
    overall_code: i32,
    #[prost(message, repeated, tag = "2")]
    statuses: Vec<DescriptorStatus>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct DescriptorStatus {
    #[prost(int32, tag = "1")]
    code: i32,
}
