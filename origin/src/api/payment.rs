//! Paying for a ticket.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    parameters::{Code, CodeParameter},
    problems::problems,
};
use crate::{SharedOrigin, payment::PayRequest, problem::Problem};

/// A transfer that pays for a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(super) struct PaymentBody {
    /// The text of the VietQR code: draw it as a QR code, for a bank's app to scan.
    #[schema(min_length = 1)]
    payload: String,
    /// What is left to pay, in whole dong.
    #[schema(minimum = 1, maximum = 9_999_999_999_999_u64, example = 50_000)]
    amount: u64,
    /// The currency (ISO 4217).
    #[schema(pattern = "^VND$", example = "VND")]
    currency: &'static str,
    /// What the transfer must say it is for. Without it the payment does not find its ticket.
    #[schema(example = "7K2M4QXD9HTBW3RA")]
    purpose: String,
    /// The account to pay into.
    account: AccountBody,
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

impl From<PayRequest> for PaymentBody {
    fn from(request: PayRequest) -> Self {
        Self {
            payload: request.payload,
            amount: request.amount.get(),
            currency: "VND",
            purpose: request.purpose,
            account: AccountBody {
                bank: request.bank,
                number: request.account,
                holder: request.holder,
            },
        }
    }
}

problems!(PaymentProblems: TicketNotFound, NothingToPay);

/// How to pay for a ticket
///
/// What is left of the fee. A ticket that is paid for, free or cancelled has nothing to pay.
#[utoipa::path(
    get,
    path = "/api/tickets/{code}/payment",
    operation_id = "getPayment",
    tag = "tickets",
    params(CodeParameter),
    responses((status = 200, description = "The transfer", body = PaymentBody), PaymentProblems)
)]
pub(super) async fn show(
    State(origin): State<SharedOrigin>,
    Code(code): Code,
) -> Result<Json<PaymentBody>, Problem> {
    let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
    let request = origin.pay_request(&place.ticket).ok_or(Problem::NothingToPay)?;
    Ok(Json(request.into()))
}
