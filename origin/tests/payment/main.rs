//! The payment's parts from outside: the texts of VietQR codes, their pictures, and what is asked of whom.

mod emv;
mod payee;
mod pictures;
mod published;
mod signature;
mod vietqr;
