//! VietQR codes of any content, whole and damaged.

use levee_origin::{
    money::Dong,
    payment::{
        emv::Malformed,
        vietqr::{Beneficiary, DecodeError, Initiation, Purpose, Service, VietQr},
    },
};
use proptest::prelude::*;

fn codes() -> impl Strategy<Value = VietQr> {
    let initiation = prop_oneof![Just(Initiation::Static), Just(Initiation::Dynamic)];
    let service = prop_oneof![Just(Service::Account), Just(Service::Card)];
    let beneficiary = ("[0-9]{6}", "[0-9A-Za-z]{1,19}", service)
        .prop_filter_map("the strategy's patterns fit", |(bank, number, service)| {
            Beneficiary::new(&bank, &number, service)
        });
    let amount = proptest::option::of((1..=Dong::MAX.get()).prop_filter_map("in range", Dong::new));
    let purpose = proptest::option::of("[ -~]{1,25}".prop_filter_map("fits", |text| Purpose::new(&text)));
    (initiation, beneficiary, amount, purpose).prop_map(|(initiation, beneficiary, amount, purpose)| VietQr {
        initiation,
        beneficiary,
        amount,
        purpose,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(code in codes()) {
        prop_assert_eq!(VietQr::decode(&code.encode()), Ok(code));
    }

    #[test]
    fn any_character_changed_is_noticed(
        code in codes(),
        place in any::<prop::sample::Index>(),
        other in prop_oneof!["[ -~]", "[0-9A-Fa-f]", "\\PC"],
    ) {
        let payload = code.encode();
        let place = place.index(payload.len());
        prop_assume!(payload[place..=place] != other);
        let mut damaged = payload;
        damaged.replace_range(place..=place, &other);
        prop_assert!(VietQr::decode(&damaged).is_err(), "{damaged}");
    }

    #[test]
    fn anything_cut_off_or_added_is_noticed(code in codes(), length in any::<prop::sample::Index>(), more in "[ -~]{1,8}") {
        let payload = code.encode();
        prop_assert!(VietQr::decode(&payload[..length.index(payload.len())]).is_err());
        let longer = payload + &more;
        prop_assert!(VietQr::decode(&longer).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in "\\PC{0,200}") {
        let _ = VietQr::decode(&text);
    }
}

/// A payload of these objects, with the right check sum.
fn summed(objects: &str) -> String {
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(format!("{objects}6304").as_bytes());
    format!("{objects}6304{sum:04X}")
}

const TRANSFER: &str = "38570010A00000072701270006970403011300110123456780208QRIBFTTA";

#[test]
fn objects_may_be_in_any_order_and_others_beside_them() {
    let usual = VietQr::decode(&summed(&format!(
        "000201010212{TRANSFER}53037045405500005802VN62080804ABCD"
    )));
    let other = VietQr::decode(&summed(&format!(
        "00020162160804ABCD0304SHOP5910BENH VIEN15802VN540550000530370452040000{TRANSFER}010212"
    )));
    assert!(usual.is_ok(), "{usual:?}");
    assert_eq!(usual, other);
}

#[test]
fn codes_of_something_else_than_a_transfer_of_dong_are_refused() {
    let refused = [
        // A code of another country, of another scheme, for a payment to a shop, and for cash.
        format!("000201010212{TRANSFER}53038405802VN"),
        format!("000201010212{TRANSFER}53037045802TH"),
        format!(
            "000201010212{}53037045802VN",
            TRANSFER.replace("A000000727", "A000000775")
        ),
        format!(
            "000201010212{}53037045802VN",
            TRANSFER.replace("QRIBFTTA", "QRPUSH__")
        ),
        format!(
            "000201010212{}53037045802VN",
            TRANSFER.replace("QRIBFTTA", "QRCASH__")
        ),
        format!("000201010213{TRANSFER}53037045802VN"),
        // Something is missing.
        format!("000201{TRANSFER}53037045802VN"),
        "00020101021253037045802VN".to_owned(),
        format!("000201010212{TRANSFER}5802VN"),
        format!("000201010212{TRANSFER}5303704"),
        "00020101021238140010A00000072753037045802VN".to_owned(),
        "00020101021238260010A0000007270208QRIBFTTA53037045802VN".to_owned(),
        "00020101021238400010A000000727011000069704030208QRIBFTTA53037045802VN".to_owned(),
        // Not a bank, not an account.
        "00020101021238440010A00000072701140005970400101A0208QRIBFTTA53037045802VN".to_owned(),
        format!(
            "000201010212{}53037045802VN",
            TRANSFER.replace("0011012345678", "001101234567-")
        ),
        // Amounts that are none.
        format!("000201010212{TRANSFER}5303704540105802VN"),
        format!("000201010212{TRANSFER}530370454060500005802VN"),
        format!("000201010212{TRANSFER}5303704540850000.005802VN"),
        format!("000201010212{TRANSFER}53037045406+500005802VN"),
        format!("000201010212{TRANSFER}53037045406-500005802VN"),
        format!("000201010212{TRANSFER}53037045414100000000000005802VN"),
        // A purpose that does not fit, and additional data that is none.
        format!("000201010212{TRANSFER}53037045802VN62300826ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        format!("000201010212{TRANSFER}53037045802VN6204oops"),
    ];
    for objects in refused {
        let decoded = VietQr::decode(&summed(&objects));
        assert!(
            matches!(
                decoded,
                Err(DecodeError::Missing(_)
                    | DecodeError::Invalid(_)
                    | DecodeError::Malformed(Malformed::Head { .. }))
            ),
            "{objects}: {decoded:?}"
        );
    }
}

#[test]
fn what_comes_twice_is_refused_on_every_level() {
    for objects in [
        format!("000201010212{TRANSFER}{TRANSFER}53037045802VN"),
        format!("000201010212{TRANSFER}53037045405500005405500005802VN"),
        "00020101021238710010A0000007270010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN".to_owned(),
        format!("000201010212{TRANSFER}53037045802VN62160804ABCD0804ABCD"),
    ] {
        assert!(
            matches!(
                VietQr::decode(&summed(&objects)),
                Err(DecodeError::Malformed(Malformed::Duplicate(_)))
            ),
            "{objects}"
        );
    }
}

#[test]
fn letters_with_accents_are_refused_and_never_written() {
    let payload = summed(&format!(
        "000201010212{TRANSFER}53037045802VN62130809kh\u{e1}m b\u{1ec7}nh"
    ));
    assert_eq!(VietQr::decode(&payload), Err(DecodeError::NotAscii(96)));
    assert_eq!(Purpose::new("khám bệnh"), None);
    assert_eq!(Purpose::new(""), None);
    assert_eq!(Purpose::new("line\nbreak"), None);
    assert_eq!(Beneficiary::new("97040٣", "1", Service::Account), None);
}
