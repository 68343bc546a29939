//! The payment provider: reports, signed, that what people booked has been paid for.
//!
//! Signatures are those of Standard Webhooks (<https://www.standardwebhooks.com>).

use crate::scenario::Pays;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use levee_harness::Request;
use scraper::{Html, Selector};
use serde_json::json;
use sha2::Sha256;
use std::{
    collections::VecDeque,
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
};
use tokio::sync::Notify;

/// What a key begins with.
const PREFIX: &str = "whsec_";

/// The fewest bytes of a key.
const LEAST: usize = 24;

/// The key that a provider and the site share.
#[derive(Clone)]
pub struct PaymentKey(Vec<u8>);

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a key of the payment provider: {PREFIX} and {LEAST} or more bytes in base64")]
pub struct NoPaymentKey;

impl FromStr for PaymentKey {
    type Err = NoPaymentKey;

    fn from_str(text: &str) -> Result<Self, NoPaymentKey> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(NoPaymentKey)?;
        let key = BASE64_STANDARD.decode(encoded).map_err(|_| NoPaymentKey)?;
        if key.len() < LEAST {
            return Err(NoPaymentKey);
        }
        Ok(Self(key))
    }
}

/// Does not show it.
impl fmt::Debug for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentKey(..)")
    }
}

/// The provider of one rehearsal.
#[derive(Debug)]
pub(super) struct Provider {
    key: PaymentKey,
    /// How much for what.
    pays: Pays,
    /// Part of every payment's name, so that no two rehearsals against one site report the same.
    run: u64,
    /// What is to be paid for: purposes, the one that was booked first in front.
    purposes: Mutex<VecDeque<String>>,
    more: Notify,
}

/// A payment that has been made.
#[derive(Debug)]
pub(super) struct Payment {
    transaction: String,
    purpose: String,
    paid_at: jiff::Timestamp,
}

impl Provider {
    pub(super) fn new(key: PaymentKey, pays: Pays) -> Self {
        Self {
            key,
            pays,
            run: rand::random(),
            purposes: Mutex::default(),
            more: Notify::new(),
        }
    }

    /// Somebody has left with this page: if it says what is to be paid for, they will.
    pub(super) fn booked(&self, page: &[u8]) {
        let Some(purpose) = purpose(page, &self.pays.purpose) else {
            return;
        };
        let mut purposes = self.purposes.lock().unwrap_or_else(PoisonError::into_inner);
        purposes.push_back(purpose);
        self.more.notify_one();
    }

    /// The `nth` payment, as soon as there is something to be paid for.
    pub(super) async fn payment(&self, nth: u64) -> Payment {
        loop {
            let next = {
                let mut purposes = self.purposes.lock().unwrap_or_else(PoisonError::into_inner);
                purposes.pop_front()
            };
            if let Some(purpose) = next {
                return Payment {
                    transaction: format!("{:016x}-{nth}", self.run),
                    purpose,
                    paid_at: jiff::Timestamp::now(),
                };
            }
            self.more.notified().await;
        }
    }

    /// The report of a payment, in place of what the request has said, signed at this moment.
    pub(super) fn report(&self, payment: &Payment, mut request: Request) -> Request {
        request.body.clear();
        let Payment {
            transaction,
            purpose,
            paid_at,
        } = payment;
        let body = json!({ "transaction": transaction, "amount": self.pays.amount, "purpose": purpose, "paid_at": paid_at });
        let body = body.to_string();
        let time = jiff::Timestamp::now().as_second();
        let signed = format!("{transaction}.{time}.{body}");
        request
            .header("webhook-id", transaction)
            .header("webhook-timestamp", time.to_string())
            .header("webhook-signature", self.signature(signed.as_bytes()))
            .body(body)
    }

    fn signature(&self, signed: &[u8]) -> String {
        // HMAC takes a key of any length.
        let code = Hmac::<Sha256>::new_from_slice(&self.key.0).map(|mut mac| {
            mac.update(signed);
            mac.finalize().into_bytes()
        });
        format!("v1,{}", BASE64_STANDARD.encode(code.unwrap_or_default()))
    }
}

/// What the first element that matches says, without what stands between its letters and digits to be read more easily.
fn purpose(page: &[u8], selector: &str) -> Option<String> {
    let page = Html::parse_document(&String::from_utf8_lossy(page));
    let element = page.select(&Selector::parse(selector).ok()?).next()?;
    let purpose: String = element
        .text()
        .flat_map(str::chars)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    (!purpose.is_empty()).then_some(purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn pays() -> Pays {
        Pays {
            amount: 50_000,
            purpose: ".ticket .code".to_owned(),
        }
    }

    #[test]
    fn signatures_are_those_of_the_specification() {
        let provider = Provider::new(KEY.parse().unwrap(), pays());
        let signed = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(
            provider.signature(signed),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_key_is_not_shown_and_a_short_one_is_none() {
        let key: PaymentKey = KEY.parse().unwrap();
        assert_eq!(format!("{key:?}"), "PaymentKey(..)");
        for text in [
            "",
            "whsec_",
            "whsec_AAAA",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_?",
        ] {
            assert_eq!(text.parse::<PaymentKey>().unwrap_err(), NoPaymentKey, "{text}");
        }
    }

    #[tokio::test]
    async fn what_was_booked_first_is_paid_first_and_reported_under_one_name() {
        let provider = Provider::new(KEY.parse().unwrap(), pays());
        for code in ["7K2M-4QXD", "0000-1111"] {
            let page = format!("<div class=ticket>1 <b class=code>{code}</b></div>");
            provider.booked(page.as_bytes());
        }
        provider.booked(b"<p>Nothing to pay for</p>");
        let payment = provider.payment(3).await;
        let reports =
            [0, 1].map(|_| provider.report(&payment, Request::post("/payment/callback").body("unsigned")));
        let [first, second] = reports.each_ref().map(|report| {
            let body: serde_json::Value = serde_json::from_slice(&report.body_bytes()).unwrap();
            assert_eq!(body["purpose"], "7K2M4QXD");
            assert_eq!(body["amount"], 50_000);
            body["transaction"].clone()
        });
        assert_eq!(first, second);
        assert_eq!(provider.payment(4).await.purpose, "00001111");
    }
}
