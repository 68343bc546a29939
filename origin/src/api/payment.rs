//! Paying for a ticket.

use axum::{Json, extract};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    parameters::{Code, CodeParameter},
    problems::problems,
};
use crate::{
    SharedOrigin,
    money::Dong,
    payment::PayRequest,
    problem::Problem,
    ticket::{State, Ticket},
};

/// What is left to pay for a ticket, and how.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(super) struct PaymentBody {
    /// What is left to pay, in whole dong; 0 for a ticket that is paid for, free or cancelled.
    #[schema(minimum = 0, maximum = 9_999_999_999_999_u64, example = 50_000)]
    amount: u64,
    /// The currency (ISO 4217).
    #[schema(pattern = "^VND$", example = "VND")]
    currency: &'static str,
    /// The text of the VietQR code: draw it as a QR code, for a bank's app to scan. `null` when nothing is left to pay, or it
    /// can be paid at the hospital only.
    #[schema(required = true, min_length = 1)]
    payload: Option<String>,
    /// What the transfer must say it is for: without it the payment does not find its ticket. `null` when `payload` is.
    #[schema(required = true, example = "7K2M4QXD9HTBW3RA")]
    purpose: Option<String>,
    /// The account to pay into. `null` when `payload` is.
    #[schema(required = true)]
    account: Option<AccountBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
struct AccountBody {
    /// The bank's six digits at NAPAS.
    #[schema(pattern = "^[0-9]{6}$", example = "970436")]
    bank: String,
    /// The account's number.
    #[schema(min_length = 1, max_length = 19, example = "0123456789")]
    number: String,
    /// Its holder, as banks' apps show the name: compare it before paying.
    #[schema(example = "BENH VIEN DA KHOA BEN DE")]
    holder: String,
}

impl PaymentBody {
    fn of(ticket: &Ticket, request: Option<PayRequest>) -> Self {
        let amount = match ticket.state {
            State::Cancelled { .. } => Dong::ZERO,
            State::Booked | State::Called { .. } => ticket.fee.saturating_sub(ticket.paid),
        };
        let nothing = Self {
            amount: amount.get(),
            currency: "VND",
            payload: None,
            purpose: None,
            account: None,
        };
        match request {
            None => nothing,
            Some(request) => Self {
                amount: request.amount.get(),
                payload: Some(request.payload),
                purpose: Some(request.purpose),
                account: Some(AccountBody {
                    bank: request.bank,
                    number: request.account,
                    holder: request.holder,
                }),
                ..nothing
            },
        }
    }
}

problems!(PaymentProblems: TicketNotFound);

/// How to pay for a ticket
///
/// What is left of the fee, and the transfer that pays it.
#[utoipa::path(
    get,
    path = "/api/tickets/{code}/payment",
    operation_id = "getPayment",
    tag = "tickets",
    params(CodeParameter),
    responses((status = 200, description = "What is left to pay", body = PaymentBody), PaymentProblems)
)]
pub(super) async fn show(
    extract::State(origin): extract::State<SharedOrigin>,
    Code(code): Code,
) -> Result<Json<PaymentBody>, Problem> {
    let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
    let request = origin.pay_request(&place.ticket);
    Ok(Json(PaymentBody::of(&place.ticket, request)))
}
