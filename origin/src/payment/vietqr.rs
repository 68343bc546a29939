//! VietQR: a transfer to an account at a Vietnamese bank as a QR code that every bank's app reads (NAPAS, "VietQR code
//! format in the NAPAS 247 fast transfer service", a use of EMVCo's merchant-presented QR code).

use super::emv::{Malformed, Objects, Writer};
use crate::money::Dong;

/// Identifiers of the objects of a payload.
mod id {
    pub(super) const INITIATION: u8 = 1;
    pub(super) const TRANSFER: u8 = 38;
    pub(super) const CURRENCY: u8 = 53;
    pub(super) const AMOUNT: u8 = 54;
    pub(super) const COUNTRY: u8 = 58;
    pub(super) const ADDITIONAL: u8 = 62;
    /// Within [`TRANSFER`].
    pub(super) mod transfer {
        pub(in super::super) const SCHEME: u8 = 0;
        pub(in super::super) const BENEFICIARY: u8 = 1;
        pub(in super::super) const SERVICE: u8 = 2;
    }
    /// Within [`transfer::BENEFICIARY`].
    pub(super) mod beneficiary {
        pub(in super::super) const BANK: u8 = 0;
        pub(in super::super) const ACCOUNT: u8 = 1;
    }
    /// Within [`ADDITIONAL`].
    pub(super) mod additional {
        pub(in super::super) const PURPOSE: u8 = 8;
    }
}

/// The application identifier of NAPAS.
const NAPAS: &str = "A000000727";
/// Vietnamese dong (ISO 4217, numeric).
const DONG: &str = "704";
/// Viet Nam (ISO 3166-1 alpha-2).
const VIET_NAM: &str = "VN";

/// The longest account or card number, in characters.
pub const ACCOUNT_LIMIT: usize = 19;
/// The longest purpose, in characters: what the NAPAS network carries.
pub const PURPOSE_LIMIT: usize = 25;

/// What a VietQR code asks its reader to transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VietQr {
    /// Whether the code is for one payment or for many.
    pub initiation: Initiation,
    /// Where the money goes.
    pub beneficiary: Beneficiary,
    /// How much, more than nothing; the payer says it when it is `None`.
    pub amount: Option<Dong>,
    /// What for; the payer says it when it is `None`.
    pub purpose: Option<Purpose>,
}

/// For how many payments a code is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiation {
    /// The same for everybody, such as on a sticker.
    Static,
    /// For one payment.
    Dynamic,
}

impl Initiation {
    const fn code(self) -> &'static str {
        match self {
            Self::Static => "11",
            Self::Dynamic => "12",
        }
    }
}

/// What kind of number the money is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// An account.
    Account,
    /// A card.
    Card,
}

impl Service {
    const fn code(self) -> &'static str {
        match self {
            Self::Account => "QRIBFTTA",
            Self::Card => "QRIBFTTC",
        }
    }
}

/// An account or a card at a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beneficiary {
    bank: String,
    number: String,
    service: Service,
}

impl Beneficiary {
    /// `None` unless `bank` is the six digits that a bank has at NAPAS (its BIN) and `number` 1 to [`ACCOUNT_LIMIT`]
    /// ASCII letters and digits.
    #[must_use]
    pub fn new(bank: &str, number: &str, service: Service) -> Option<Self> {
        let bank_is_one = bank.len() == 6 && bank.bytes().all(|digit| digit.is_ascii_digit());
        let number_is_one = (1..=ACCOUNT_LIMIT).contains(&number.len())
            && number.bytes().all(|symbol| symbol.is_ascii_alphanumeric());
        (bank_is_one && number_is_one).then(|| Self {
            bank: bank.to_owned(),
            number: number.to_owned(),
            service,
        })
    }

    /// The bank's six digits at NAPAS.
    #[must_use]
    pub fn bank(&self) -> &str {
        &self.bank
    }

    /// The number of the account or card.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Which of the two it is.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }
}

/// What a transfer is for: 1 to [`PURPOSE_LIMIT`] printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(String);

impl Purpose {
    /// `None` when it is empty, too long or holds anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=PURPOSE_LIMIT).contains(&text.len());
        let is_printable = text.bytes().all(|symbol| matches!(symbol, b' '..=b'~'));
        (fits && is_printable).then(|| Self(text.to_owned()))
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text is no VietQR code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It holds something else than printable ASCII.
    #[error("a VietQR code is of printable ASCII characters; the one at byte {0} is not")]
    NotAscii(usize),
    /// It is no payload of EMVCo's merchant-presented QR codes.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// An object that each VietQR code has is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An object has a value that it cannot have.
    #[error("{0}")]
    Invalid(&'static str),
}

impl VietQr {
    /// The text of the code.
    #[must_use]
    pub fn encode(&self) -> String {
        let beneficiary = Writer::default()
            .object(id::beneficiary::BANK, &self.beneficiary.bank)
            .object(id::beneficiary::ACCOUNT, &self.beneficiary.number);
        let transfer = Writer::default()
            .object(id::transfer::SCHEME, NAPAS)
            .template(id::transfer::BENEFICIARY, &beneficiary)
            .object(id::transfer::SERVICE, self.beneficiary.service.code());
        let mut payload = Writer::payload()
            .object(id::INITIATION, self.initiation.code())
            .template(id::TRANSFER, &transfer)
            .object(id::CURRENCY, DONG);
        if let Some(amount) = self.amount {
            payload = payload.object(id::AMOUNT, &amount.get().to_string());
        }
        payload = payload.object(id::COUNTRY, VIET_NAM);
        if let Some(purpose) = &self.purpose {
            let additional = Writer::default().object(id::additional::PURPOSE, &purpose.0);
            payload = payload.template(id::ADDITIONAL, &additional);
        }
        payload.finish()
    }

    /// Reads the text of a code. Objects may be in any order but for the first and the last; those that are not of
    /// VietQR, such as a name, are passed over.
    ///
    /// # Errors
    /// When it is damaged, or not a transfer of dong to an account or card at a Vietnamese bank.
    pub fn decode(payload: &str) -> Result<Self, DecodeError> {
        if let Some(place) = payload.bytes().position(|byte| !matches!(byte, b' '..=b'~')) {
            return Err(DecodeError::NotAscii(place));
        }
        let objects = Objects::of_payload(payload)?;
        if require(&objects, id::CURRENCY, "the currency (53)")? != DONG {
            return Err(DecodeError::Invalid("the currency (53) must be 704, dong"));
        }
        if require(&objects, id::COUNTRY, "the country (58)")? != VIET_NAM {
            return Err(DecodeError::Invalid("the country (58) must be VN"));
        }
        let initiation = match require(&objects, id::INITIATION, "the initiation method (01)")? {
            "11" => Initiation::Static,
            "12" => Initiation::Dynamic,
            _ => {
                return Err(DecodeError::Invalid(
                    "the initiation method (01) must be 11, static, or 12, dynamic",
                ));
            }
        };
        Ok(Self {
            initiation,
            beneficiary: decode_beneficiary(&objects)?,
            amount: objects.get(id::AMOUNT).map(decode_amount).transpose()?,
            purpose: decode_purpose(&objects)?,
        })
    }
}

fn decode_beneficiary(objects: &Objects<'_>) -> Result<Beneficiary, DecodeError> {
    let transfer = Objects::of_template(require(objects, id::TRANSFER, "the transfer (38)")?)?;
    if require(&transfer, id::transfer::SCHEME, "the scheme (38-00)")? != NAPAS {
        return Err(DecodeError::Invalid(
            "the scheme (38-00) must be A000000727, NAPAS",
        ));
    }
    let service = match require(&transfer, id::transfer::SERVICE, "the service (38-02)")? {
        "QRIBFTTA" => Service::Account,
        "QRIBFTTC" => Service::Card,
        _ => {
            return Err(DecodeError::Invalid(
                "the service (38-02) must be QRIBFTTA, to an account, or QRIBFTTC, to a card",
            ));
        }
    };
    let beneficiary = require(&transfer, id::transfer::BENEFICIARY, "the beneficiary (38-01)")?;
    let beneficiary = Objects::of_template(beneficiary)?;
    let bank = require(&beneficiary, id::beneficiary::BANK, "the bank (38-01-00)")?;
    let number = require(&beneficiary, id::beneficiary::ACCOUNT, "the account (38-01-01)")?;
    Beneficiary::new(bank, number, service).ok_or(DecodeError::Invalid(
        "the beneficiary (38-01) must be a bank of six digits and an account of 1 to 19 letters and digits",
    ))
}

fn decode_amount(text: &str) -> Result<Dong, DecodeError> {
    const INVALID: DecodeError =
        DecodeError::Invalid("the amount (54) must be 1 to 13 digits, the first of them not 0");
    // `parse` would take a sign, and 007.
    if !text.bytes().all(|digit| digit.is_ascii_digit()) || text.starts_with('0') {
        return Err(INVALID);
    }
    text.parse().ok().and_then(Dong::new).ok_or(INVALID)
}

fn decode_purpose(objects: &Objects<'_>) -> Result<Option<Purpose>, DecodeError> {
    let Some(additional) = objects.get(id::ADDITIONAL) else {
        return Ok(None);
    };
    Objects::of_template(additional)?
        .get(id::additional::PURPOSE)
        .map(|text| {
            Purpose::new(text).ok_or(DecodeError::Invalid(
                "the purpose (62-08) must be of at most 25 characters",
            ))
        })
        .transpose()
}

fn require<'a>(objects: &Objects<'a>, id: u8, name: &'static str) -> Result<&'a str, DecodeError> {
    objects.get(id).ok_or(DecodeError::Missing(name))
}
