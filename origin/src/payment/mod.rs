//! Paying the fee: the QR code that a patient scans in a bank's app, and the bank's word that money has come.

pub mod emv;
mod payee;
mod received;
pub(crate) mod routes;
pub mod vietqr;

pub use payee::{InvalidPayee, PayRequest, Payee};
pub use received::{CANDIDATES, PURPOSE_LIMIT, Received, TransactionId};
