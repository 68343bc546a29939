//! What a ticket's holder is asked to pay.

use jiff::Timestamp;
use levee_origin::{
    department::Department,
    money::Dong,
    payment::{Payee, vietqr::VietQr},
    queue::Queue,
    session::Session,
    ticket::{State, Ticket, TicketCode},
};

fn ticket(fee: u64, paid: u64, state: State) -> Option<Ticket> {
    Some(Ticket {
        code: TicketCode::parse("7K2M-4QXD-9HTB-W3RA")?,
        queue: Queue {
            day: "2026-03-03".parse().ok()?,
            session: Session::Morning,
            department: Department::Cardiology,
        },
        number: 1,
        created_at: Timestamp::UNIX_EPOCH,
        state,
        fee: Dong::new(fee)?,
        paid: Dong::new(paid)?,
    })
}

const CANCELLED: State = State::Cancelled {
    at: Timestamp::UNIX_EPOCH,
};
const CALLED: State = State::Called {
    at: Timestamp::UNIX_EPOCH,
};

#[test]
fn what_is_left_of_the_fee_is_asked_for_with_the_tickets_code_as_purpose() {
    let payee = Payee::parse("970436:0123456789", "BENH VIEN DA KHOA BEN DE").unwrap();
    let request = payee
        .request(&ticket(50_000, 20_000, State::Booked).unwrap())
        .unwrap();
    assert_eq!(request.amount, Dong::new(30_000).unwrap());
    assert_eq!(request.purpose, "7K2M4QXD9HTBW3RA");
    assert_eq!(
        (request.bank.as_str(), request.account.as_str()),
        ("970436", "0123456789")
    );
    assert_eq!(request.holder, "BENH VIEN DA KHOA BEN DE");
    let code = VietQr::decode(&request.payload).unwrap();
    assert_eq!(code.amount, Some(request.amount));
    assert_eq!(code.beneficiary.bank(), request.bank);
    assert_eq!(code.beneficiary.number(), request.account);
    assert_eq!(code.purpose.unwrap().as_str(), request.purpose);
    assert_eq!(
        request.payload,
        "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA53037045405300005802VN6220081\
         67K2M4QXD9HTBW3RA63047BFF"
    );
}

#[test]
fn nobody_is_asked_to_pay_for_nothing() {
    let payee = Payee::parse("970436:0123456789", "BENH VIEN").unwrap();
    for (fee, paid, state) in [
        (0, 0, State::Booked),
        (50_000, 50_000, State::Booked),
        (50_000, 60_000, State::Booked),
        (50_000, 0, CANCELLED),
        (50_000, 20_000, CANCELLED),
    ] {
        assert_eq!(
            payee.request(&ticket(fee, paid, state).unwrap()),
            None,
            "{fee} {paid} {state:?}"
        );
    }
    assert!(
        payee.request(&ticket(50_000, 0, CALLED).unwrap()).is_some(),
        "one can pay at the examination, too"
    );
}

#[test]
fn a_request_that_ends_up_in_a_log_does_not_open_the_ticket() {
    let payee = Payee::parse("970436:0123456789", "BENH VIEN").unwrap();
    let shown = format!(
        "{:?}",
        payee.request(&ticket(50_000, 0, State::Booked).unwrap()).unwrap()
    );
    assert!(!shown.contains("7K2M"), "{shown}");
}

#[test]
fn accounts_and_names_that_are_none_are_refused_with_an_example() {
    for wrong in [
        "",
        ":",
        "970436",
        "97043:1",
        "9704366:1",
        "97O436:1",
        "970436:",
        "970436:01 23",
        "970436:12345678901234567890",
        "９70436:1",
        "970436:1:2",
    ] {
        let error = Payee::parse(wrong, "BENH VIEN").unwrap_err().to_string();
        assert!(
            error.contains("--pay-to") && error.contains("970436:0123456789"),
            "{error}"
        );
    }
    for wrong in ["", "   ", "Bệnh viện", "benh vien", "BENH_VIEN", &"A".repeat(71)] {
        let error = Payee::parse("970436:1", wrong).unwrap_err().to_string();
        assert!(error.contains("--pay-name"), "{error}");
    }
    assert!(Payee::parse("970422:VQRQADCPK1284", "CONG TY TNHH A & B (CN 1)").is_ok());
}
