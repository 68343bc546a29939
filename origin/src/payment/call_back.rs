//! What the payment provider calls when money has come.

use axum::{
    Router,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    routing::post,
};

use super::{Secrets, notice, signature};
use crate::{SharedOrigin, metrics::PaymentOutcome, problem::Problem, store::Recording};

/// Where the provider sends its call-backs.
pub(crate) const PATH: &str = "/payment/callback";

/// Takes call-backs that are signed with one of the secrets.
pub(crate) fn routes(secrets: Secrets) -> Router<SharedOrigin> {
    let take = async move |State(origin): State<SharedOrigin>, headers: HeaderMap, body| {
        let (answer, outcome) = take(&origin, &secrets, &headers, body).await;
        origin.metrics.payments.count(outcome);
        answer
    };
    Router::new().route(PATH, post(take))
}

type Answer = Result<StatusCode, Problem>;

/// Answers 204 once the payment is on the disk, also when nobody knows what it is for: to send it again would not help,
/// somebody at the desk has to look at it.
async fn take(
    origin: &SharedOrigin,
    secrets: &Secrets,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> (Answer, PaymentOutcome) {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return (Err(rejection.into()), PaymentOutcome::Unreadable),
    };
    let now = origin.clock.now();
    if signature::verify(secrets, headers, &body, now).is_err() {
        return (Err(Problem::Unverified), PaymentOutcome::Unverified);
    }
    let payment = match notice::read(&body) {
        Ok(payment) => payment,
        Err(error) => {
            tracing::error!(%error, "the payment provider has sent a call-back that cannot be read");
            return (
                Err(Problem::Malformed(error.to_string())),
                PaymentOutcome::Unreadable,
            );
        }
    };
    let outcome = match origin.store.record(payment, now).await {
        Ok(Recording::Recorded { ticket: Some(_) }) => PaymentOutcome::Recorded,
        Ok(Recording::Recorded { ticket: None }) => PaymentOutcome::Unmatched,
        Ok(Recording::Repeated) => PaymentOutcome::Repeated,
        Ok(Recording::Contradicted) => PaymentOutcome::Contradicted,
        Err(error) => return (Err(error.into()), PaymentOutcome::NotRecorded),
    };
    (Ok(StatusCode::NO_CONTENT), outcome)
}
