//! The words of the desk, for the hospital's staff.

use super::Messages;
use crate::store::PaymentMatter;

/// Words about calling numbers.
#[derive(Debug)]
pub(crate) struct DeskTexts {
    /// Heading of the page.
    pub title: &'static str,
    /// Heading of the form for the token, and its button.
    pub sign_in: &'static str,
    /// Label of the token.
    pub token: &'static str,
    /// What the token is.
    pub token_hint: &'static str,
    /// The token is wrong.
    pub token_wrong: &'static str,
    /// Too many wrong tokens at a time.
    pub too_many: &'static str,
    /// The button that signs out.
    pub sign_out: &'static str,
    /// The choice of all departments.
    pub all_departments: &'static str,
    /// The button that shows what was chosen.
    pub show: &'static str,
    /// The button that calls the next number.
    pub call_next: &'static str,
    /// Heading of the form that calls a number again or out of turn.
    pub call_number: &'static str,
    /// Label of that number.
    pub number: &'static str,
    /// Its button.
    pub call: &'static str,
    /// Nobody waits to be called.
    pub nobody_waits: &'static str,
    /// Heading of the payments that somebody has to look at.
    pub payments: &'static str,
    /// There are none.
    pub no_payments: &'static str,
    /// Head of the column with the time of payment.
    pub paid_at: &'static str,
    /// Head of the column with the amount.
    pub amount: &'static str,
    /// Head of the column with the provider's name of the payment.
    pub transaction: &'static str,
    /// Head of the column with the purpose.
    pub purpose: &'static str,
    /// Head of the column with the reason.
    pub matter: &'static str,
}

pub(super) static VIETNAMESE: DeskTexts = DeskTexts {
    title: "Bàn gọi số",
    sign_in: "Đăng nhập bàn gọi số",
    token: "Mã truy cập",
    token_hint: "Dùng mã truy cập mà bộ phận quản trị của bệnh viện cấp cho nhân viên.",
    token_wrong: "Mã truy cập không đúng. Vui lòng kiểm tra chữ hoa, chữ thường rồi nhập lại.",
    too_many: "Có quá nhiều lần nhập sai cùng lúc. Vui lòng thử lại sau vài giây.",
    sign_out: "Đăng xuất",
    all_departments: "Tất cả các khoa",
    show: "Xem",
    call_next: "Gọi số tiếp theo",
    call_number: "Gọi số bất kỳ",
    number: "Số",
    call: "Gọi",
    nobody_waits: "Không còn ai chờ ở khoa này.",
    payments: "Khoản tiền cần xem xét",
    no_payments: "Không có khoản tiền nào cần xem xét.",
    paid_at: "Lúc",
    amount: "Số tiền",
    transaction: "Giao dịch",
    purpose: "Nội dung",
    matter: "Lý do",
};

pub(super) static ENGLISH: DeskTexts = DeskTexts {
    title: "Desk",
    sign_in: "Sign in to the desk",
    token: "Access token",
    token_hint: "With the access token that the hospital's administration gave to its staff.",
    token_wrong: "This is not the access token. Please check capital and small letters and enter it again.",
    too_many: "Too many wrong tokens came at once. Please try again in a few seconds.",
    sign_out: "Sign out",
    all_departments: "All departments",
    show: "Show",
    call_next: "Call the next number",
    call_number: "Call any number",
    number: "Number",
    call: "Call",
    nobody_waits: "Nobody is waiting at this department.",
    payments: "Payments to look at",
    no_payments: "No payment needs looking at.",
    paid_at: "At",
    amount: "Amount",
    transaction: "Transaction",
    purpose: "Purpose",
    matter: "Reason",
};

impl Messages {
    /// The button that calls a number once more.
    pub(crate) fn call_again(&self, number: u32) -> String {
        self.say(format!("Gọi lại số {number}"), format!("Call {number} again"))
    }

    /// A number was called.
    pub(crate) fn was_called(&self, number: u32, department: &str) -> String {
        self.say(
            format!("Đã gọi số {number}, {department}."),
            format!("Number {number} of {department} was called."),
        )
    }

    /// A number cannot be called.
    pub(crate) fn cannot_be_called(&self, number: u32, department: &str) -> String {
        self.say(
            format!("Không gọi được số {number}, {department}: số này chưa được cấp hoặc đã hủy."),
            format!("Number {number} of {department} cannot be called: it has not been given out, or was cancelled."),
        )
    }

    /// Why somebody has to look at a payment.
    pub(crate) fn payment_matter(&self, matter: PaymentMatter) -> &'static str {
        let (vietnamese, english) = match matter {
            PaymentMatter::NoTicket => ("Không rõ cho phiếu nào", "Names no ticket"),
            PaymentMatter::Cancelled => ("Phiếu đã hủy: trả lại tiền", "Ticket cancelled: to be returned"),
            PaymentMatter::TooMuch => ("Trả thừa", "More than the fee"),
            PaymentMatter::Contradiction => (
                "Báo hai lần, nội dung khác nhau",
                "Reported twice with different contents",
            ),
        };
        self.choose(vietnamese, english)
    }

    fn say(&self, vietnamese: String, english: String) -> String {
        if self.is_english() { english } else { vietnamese }
    }
}
