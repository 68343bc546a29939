//! Paying the fee: the QR code that a patient scans in a bank's app, and the bank's word that money has come.

mod bank;
pub(crate) mod call_back;
pub mod emv;
pub mod notice;
mod payee;
mod received;
pub(crate) mod routes;
mod secret;
pub mod signature;
pub mod vietqr;

pub(crate) use bank::bank_name;
pub use payee::{InvalidPayee, PayRequest, Payee};
pub use received::{CANDIDATES, PURPOSE_LIMIT, Received, TransactionId};
pub use secret::{KeyFileError, Secret, Secrets};
