//! The account that fees are paid into, and what a ticket's holder is asked to pay.

use std::fmt;

use super::vietqr::{Beneficiary, Initiation, Purpose, Service, VietQr};
use crate::{
    money::Dong,
    ticket::{State, Ticket},
};

/// The longest name of an account's holder, in characters.
const HOLDER_LIMIT: usize = 70;

/// Whom the fee is paid to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    account: Beneficiary,
    holder: String,
}

/// What a ticket's holder is asked to pay, for a bank's app as a QR code and for a person to type.
#[derive(Clone, PartialEq, Eq)]
pub struct PayRequest {
    /// The text of the VietQR code.
    pub payload: String,
    /// What is left to pay.
    pub amount: Dong,
    /// What the transfer must name, by which the payment finds its ticket: the ticket's code without hyphens.
    pub purpose: String,
    /// The bank's six digits at NAPAS.
    pub bank: String,
    /// The account's number.
    pub account: String,
    /// The account's holder, as a bank's app shows the name for the payer to compare.
    pub holder: String,
}

/// Shows neither purpose nor payload: both hold the ticket's code, which opens the ticket.
impl fmt::Debug for PayRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PayRequest")
            .field("amount", &self.amount)
            .field("bank", &self.bank)
            .field("account", &self.account)
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}

/// The account cannot be paid into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPayee {
    /// It is not written as a bank and an account.
    #[error(
        "--pay-to {0:?} is no account: write the bank's six digits at NAPAS, a colon and the account's number of 1 to 19 \
         letters and digits, such as 970436:0123456789"
    )]
    Account(String),
    /// The holder's name is not one that a bank's app shows.
    #[error(
        "--pay-name {0:?} is no name as banks write it: 1 to 70 capital letters without accents, digits, spaces and \
         & ' ( ) , - . /"
    )]
    Holder(String),
}

impl Payee {
    /// Reads what the command line says: `--pay-to` and `--pay-name`.
    ///
    /// # Errors
    /// When the account or the name is not one.
    pub fn parse(pay_to: &str, pay_name: &str) -> Result<Self, InvalidPayee> {
        let account = pay_to
            .split_once(':')
            .and_then(|(bank, number)| Beneficiary::new(bank, number, Service::Account))
            .ok_or_else(|| InvalidPayee::Account(pay_to.to_owned()))?;
        let holder = pay_name.trim();
        let is_symbol =
            |symbol: u8| matches!(symbol, b'A'..=b'Z' | b'0'..=b'9') || b" &'(),-./".contains(&symbol);
        if !(1..=HOLDER_LIMIT).contains(&holder.len()) || !holder.bytes().all(is_symbol) {
            return Err(InvalidPayee::Holder(pay_name.to_owned()));
        }
        Ok(Self {
            account,
            holder: holder.to_owned(),
        })
    }

    /// What is left to pay for a ticket; `None` when that is nothing or the ticket was cancelled.
    #[must_use]
    pub fn request(&self, ticket: &Ticket) -> Option<PayRequest> {
        let amount = ticket.fee.saturating_sub(ticket.paid);
        if amount == Dong::ZERO || matches!(ticket.state, State::Cancelled { .. }) {
            return None;
        }
        let purpose = Purpose::new(&ticket.code.symbols())?;
        let code = VietQr {
            initiation: Initiation::Dynamic,
            beneficiary: self.account.clone(),
            amount: Some(amount),
            purpose: Some(purpose.clone()),
        };
        Some(PayRequest {
            payload: code.encode(),
            amount,
            purpose: purpose.as_str().to_owned(),
            bank: self.account.bank().to_owned(),
            account: self.account.number().to_owned(),
            holder: self.holder.clone(),
        })
    }
}
