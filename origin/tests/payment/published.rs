//! VietQR codes that others have published: what they say they hold is read from them, and those of nothing but
//! VietQR's own objects come out the same when they are written again.

use levee_origin::{
    money::Dong,
    payment::vietqr::{Beneficiary, DecodeError, Initiation, Purpose, Service, VietQr},
};

use Initiation::{Dynamic, Static};
use Service::{Account, Card};

/// A published code, and what its publisher says about it.
struct Published {
    source: &'static str,
    payload: &'static str,
    initiation: Initiation,
    bank: &'static str,
    number: &'static str,
    service: Service,
    amount: Option<u64>,
    purpose: Option<&'static str>,
    /// Whether it has no objects but those that this program writes.
    canonical: bool,
}

/// The examples of "Technical Specifications on NAPAS QR Switching, Part IV: QR Code Format", version 1.5.2.
const NAPAS: &str = "NAPAS, QR Code Format, version 1.5.2";
const VIETNAM_QR_PAY_TEST: &str = "https://github.com/xuannghia/vietnam-qr-pay, test/test-vietqr.spec.ts";
const VIETNAM_QR_PAY: &str = "https://github.com/xuannghia/vietnam-qr-pay, README.md";
const SUBIZ_TEST: &str = "https://github.com/subiz/vietqr, vietqr_test.go";
const SUBIZ: &str = "https://github.com/subiz/vietqr, README.md";

#[rustfmt::skip]
const PUBLISHED: [Published; 14] = [
    Published {
        source: NAPAS,
        payload: "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
        initiation: Static, bank: "970403", number: "0011012345678", service: Account,
        amount: None, purpose: None, canonical: true,
    },
    Published {
        source: NAPAS,
        payload: "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
        initiation: Static, bank: "970403", number: "9704031101234567", service: Card,
        amount: None, purpose: None, canonical: true,
    },
    Published {
        source: NAPAS,
        payload: "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
        initiation: Dynamic, bank: "970403", number: "0011012345678", service: Account,
        amount: Some(180_000), purpose: Some("thanh toan don hang"), canonical: false,
    },
    Published {
        source: NAPAS,
        payload: "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
        initiation: Dynamic, bank: "970403", number: "9704031101234567", service: Card,
        amount: Some(180_000), purpose: Some("thanh toan don hang"), canonical: false,
    },
    Published {
        source: VIETNAM_QR_PAY_TEST,
        payload: "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB8",
        initiation: Dynamic, bank: "970416", number: "257678859", service: Account,
        amount: Some(1_000), purpose: Some("Chuyen tien"), canonical: true,
    },
    Published {
        source: VIETNAM_QR_PAY_TEST,
        payload: "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA53037045802VN63040283",
        initiation: Static, bank: "970407", number: "19030413601018", service: Account,
        amount: None, purpose: None, canonical: true,
    },
    Published {
        source: VIETNAM_QR_PAY,
        payload: "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F",
        initiation: Static, bank: "970416", number: "257678859", service: Account,
        amount: None, purpose: None, canonical: true,
    },
    Published {
        source: VIETNAM_QR_PAY,
        payload: "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien630453E6",
        initiation: Dynamic, bank: "970416", number: "257678859", service: Account,
        amount: Some(10_000), purpose: Some("Chuyen tien"), canonical: true,
    },
    Published {
        source: VIETNAM_QR_PAY,
        payload: "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA530370454069999995802VN62140810Cam on nhe6304E786",
        initiation: Dynamic, bank: "970416", number: "257678859", service: Account,
        amount: Some(999_999), purpose: Some("Cam on nhe"), canonical: true,
    },
    Published {
        source: SUBIZ,
        payload: "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
        initiation: Dynamic, bank: "970415", number: "0011001932418", service: Account,
        amount: Some(120_000), purpose: Some("ung ho lu lut"), canonical: true,
    },
    Published {
        source: SUBIZ_TEST,
        payload: "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4",
        initiation: Static, bank: "970423", number: "0099999999", service: Account,
        amount: None, purpose: None, canonical: true,
    },
    Published {
        source: SUBIZ_TEST,
        payload: "00020101021238570010A00000072701270006970422011300234579234420208QRIBFTTA53037045405401235802VN62200816test text string6304D9C6",
        initiation: Dynamic, bank: "970422", number: "0023457923442", service: Account,
        amount: Some(40_123), purpose: Some("test text string"), canonical: true,
    },
    Published {
        source: SUBIZ_TEST,
        payload: "00020101021238570010A00000072701270006970422011300234579234420208QRIBFTTA53037045405401235802VN62160812chuyen khoan6304722F",
        initiation: Dynamic, bank: "970422", number: "0023457923442", service: Account,
        amount: Some(40_123), purpose: Some("chuyen khoan"), canonical: true,
    },
    Published {
        source: SUBIZ_TEST,
        payload: "00020101021238630010A0000007270133000697042201190023457923442ASDFLJ0208QRIBFTTA53037045405401235802VN62290825chuyen khoan alsdkf laksj6304E5DB",
        initiation: Dynamic, bank: "970422", number: "0023457923442ASDFLJ", service: Account,
        amount: Some(40_123), purpose: Some("chuyen khoan alsdkf laksj"), canonical: true,
    },
];

impl Published {
    fn content(&self) -> VietQr {
        VietQr {
            initiation: self.initiation,
            beneficiary: Beneficiary::new(self.bank, self.number, self.service)
                .unwrap_or_else(|| panic!("{}", self.source)),
            amount: self.amount.and_then(Dong::new),
            purpose: self.purpose.and_then(Purpose::new),
        }
    }
}

#[test]
fn published_codes_are_read_as_their_publishers_say() {
    for published in &PUBLISHED {
        assert_eq!(
            VietQr::decode(published.payload).as_ref(),
            Ok(&published.content()),
            "{}: {}",
            published.source,
            published.payload
        );
    }
}

#[test]
fn published_codes_of_nothing_else_come_out_the_same_when_written_again() {
    for published in PUBLISHED.iter().filter(|published| published.canonical) {
        assert_eq!(
            published.content().encode(),
            published.payload,
            "{}",
            published.source
        );
    }
}

/// Found beside those above, and not what the rules allow: guessing what was meant would send money astray.
#[test]
fn published_codes_that_break_the_rules_are_refused() {
    for (why, payload) in [
        (
            "the account's length is one too short; in a circulating copy of NAPAS's own first example",
            "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5",
        ),
        (
            "its format is 00; https://pkg.go.dev/github.com/thanhtinhpas1/vietqr-parser",
            "00020001021238570010A00000072701270006970436011308810004580860208QRIBFTTA53037045802VN6304CD60",
        ),
        (
            "its check sum is in small letters; https://github.com/hunghg255/vn-qr-pay, test/test-decode-vietqr.test.ts",
            "00020101021138540010A00000072701240006970422011003523509170208QRIBFTTA53037045802VN630479db",
        ),
        (
            "its check sum is wrong; https://github.com/xuannghia/vietnam-qr-pay, test/test-vietqr.spec.ts",
            "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB5",
        ),
    ] {
        assert!(
            matches!(VietQr::decode(payload), Err(DecodeError::Malformed(_))),
            "{why}"
        );
    }
}
