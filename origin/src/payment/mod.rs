//! Paying the fee: the QR code that a patient scans in a bank's app, and the bank's word that money has come.

mod received;

pub use received::{Received, TransactionId};
