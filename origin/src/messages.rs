//! Every sentence that a visitor reads, in every language.

mod availability;
mod board;
mod desk;
mod ticket;

use jiff::civil::{Date, Weekday};

use self::{
    availability::AvailabilityTexts,
    board::BoardTexts,
    desk::DeskTexts,
    ticket::{PaymentTexts, TicketTexts},
};
use crate::{booking::Field, language::Language, money::Dong, problem::Problem};

/// The texts of one language.
#[derive(Debug)]
pub struct Messages {
    /// Heading of the booking page.
    pub booking_title: &'static str,
    /// What the booking page is for.
    pub booking_lead: &'static str,
    /// Legend of the departments.
    pub department: &'static str,
    /// Legend of the days.
    pub day: &'static str,
    /// Marks the present day.
    pub today: &'static str,
    /// Legend of what may be left out.
    pub optional_details: &'static str,
    /// Why it may be worth filling in.
    pub optional_hint: &'static str,
    /// Label of the telephone number.
    pub phone: &'static str,
    /// An example of one.
    pub phone_hint: &'static str,
    /// Label of the year of birth.
    pub birth_year: &'static str,
    /// An example of one.
    pub birth_year_hint: &'static str,
    /// The button that books.
    pub submit: &'static str,
    /// Heading above the list of what has to be put right.
    pub put_right: &'static str,
    /// Heading of the search for a ticket.
    pub find_title: &'static str,
    /// Label of its field.
    pub ticket_code: &'static str,
    /// Its button.
    pub find: &'static str,
    /// Heading of the ticket page.
    pub ticket_title: &'static str,
    /// Above the number.
    pub your_number: &'static str,
    /// What to do with the ticket.
    pub ticket_advice: &'static str,
    /// Why the code must be kept.
    pub code_advice: &'static str,
    /// Link to the booking page from a ticket.
    pub book_another: &'static str,
    /// Link to the booking page from an error.
    pub back_to_booking: &'static str,
    /// Name of the language switch.
    pub choose_language: &'static str,
    /// The first link of each page, for those who cannot see it.
    pub skip_to_content: &'static str,
    /// What the hospital keeps.
    pub privacy: &'static str,
    /// Heading above what a refusal says.
    pub notice: &'static str,
    pub(crate) availability: &'static AvailabilityTexts,
    pub(crate) ticket: &'static TicketTexts,
    pub(crate) payment: &'static PaymentTexts,
    pub(crate) board: &'static BoardTexts,
    pub(crate) desk: &'static DeskTexts,
    language: Language,
}

impl Messages {
    /// The texts in `language`.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Vietnamese => &VIETNAMESE,
            Language::English => &ENGLISH,
        }
    }

    /// What has to be put right in a field.
    #[must_use]
    pub fn correction(&self, field: Field) -> &'static str {
        match (self.language, field) {
            (Language::Vietnamese, Field::Department) => "Vui lòng chọn một khoa khám.",
            (Language::English, Field::Department) => "Please choose a department.",
            (Language::Vietnamese, Field::Day) => "Vui lòng chọn một trong các ngày đang mở đăng ký.",
            (Language::English, Field::Day) => "Please choose one of the days that are open for booking.",
            (Language::Vietnamese, Field::Session) => {
                "Vui lòng chọn buổi sáng hoặc buổi chiều còn mở đăng ký."
            }
            (Language::English, Field::Session) => {
                "Please choose a morning or an afternoon that is open for booking."
            }
            (Language::Vietnamese, Field::Phone) => {
                "Số điện thoại cần có từ 9 đến 15 chữ số, ví dụ 0912 345 678; hoặc để trống."
            }
            (Language::English, Field::Phone) => {
                "A telephone number has 9 to 15 digits, for example 0912 345 678; or leave it empty."
            }
            (Language::Vietnamese, Field::BirthYear) => {
                "Năm sinh cần là bốn chữ số, từ 1900 đến năm nay; hoặc để trống."
            }
            (Language::English, Field::BirthYear) => {
                "A year of birth has four digits, from 1900 to this year; or leave it empty."
            }
            (Language::Vietnamese, Field::ShortCode) => {
                "Mã rút gọn gồm 8 chữ và số đầu của mã phiếu, ví dụ 7K2M-4QXD."
            }
            (Language::English, Field::ShortCode) => {
                "A short code is the first 8 letters and digits of the ticket code, like 7K2M-4QXD."
            }
        }
    }

    /// What went wrong, in a few words.
    #[must_use]
    pub fn problem_title(&self, problem: &Problem) -> &'static str {
        let (vietnamese, english) = match problem {
            Problem::NotFound => ("Không tìm thấy trang", "Page not found"),
            Problem::TicketNotFound => ("Không tìm thấy phiếu", "Ticket not found"),
            Problem::Forbidden => ("Cần đăng nhập lại", "Please sign in again"),
            Problem::MethodNotAllowed => ("Cách gửi không được hỗ trợ", "Method not allowed"),
            Problem::UnsupportedMediaType => ("Định dạng không được hỗ trợ", "Unsupported media type"),
            Problem::TooLarge => ("Nội dung gửi quá lớn", "Request too large"),
            Problem::Malformed(_) => ("Không đọc được nội dung gửi", "Request not understood"),
            Problem::InvalidBooking(_) => ("Thông tin chưa đúng", "Booking not valid"),
            Problem::InvalidQuestion(_) => ("Câu hỏi chưa đúng", "Question not valid"),
            Problem::InvalidIdempotencyKey(_) => {
                ("Idempotency-Key không hợp lệ", "Idempotency-Key not valid")
            }
            Problem::IdempotencyKeyReused => ("Idempotency-Key đã được dùng", "Idempotency-Key already used"),
            Problem::AlreadyCalled => ("Số đã được gọi", "Already called"),
            Problem::NotAcceptable => ("Định dạng trả lời không được hỗ trợ", "Not acceptable"),
            Problem::Full => ("Buổi khám đã hết số", "This session is full"),
            Problem::Unverified => ("Chữ ký không hợp lệ", "Signature not valid"),
            Problem::NothingToPay => ("Không còn khoản cần thanh toán", "Nothing to pay"),
            Problem::Busy => ("Đang có nhiều người đăng ký", "Many people are booking"),
            Problem::Unavailable => ("Hệ thống tạm ngưng", "Not available at the moment"),
            Problem::TimedOut => ("Yêu cầu mất quá nhiều thời gian", "The request took too long"),
            Problem::Internal => ("Hệ thống gặp sự cố", "Something went wrong on our side"),
        };
        self.choose(vietnamese, english)
    }

    /// What went wrong and what to do about it.
    #[must_use]
    pub fn problem_detail(&self, problem: &Problem) -> &'static str {
        let (vietnamese, english) = match problem {
            Problem::NotFound => (
                "Địa chỉ này không có trên hệ thống. Vui lòng kiểm tra lại đường dẫn.",
                "There is nothing at this address. Please check the link.",
            ),
            Problem::TicketNotFound => (
                "Không có phiếu nào mang mã này. Mã phiếu gồm 16 chữ và số, ví dụ 7K2M-4QXD-9HTB-W3RA.",
                "No ticket has this code. A ticket code has 16 letters and digits, like 7K2M-4QXD-9HTB-W3RA.",
            ),
            Problem::Forbidden => (
                "Biểu mẫu hoặc lần đăng nhập không còn hiệu lực, chưa có gì thay đổi. Vui lòng mở lại trang bàn gọi số (/desk).",
                "The form or the sign-in is no longer valid, and nothing was changed. Please open the desk's page (/desk) again.",
            ),
            Problem::MethodNotAllowed => (
                "Địa chỉ này không nhận yêu cầu kiểu đó.",
                "This address does not take requests of that kind.",
            ),
            Problem::UnsupportedMediaType => (
                "Vui lòng gửi biểu mẫu từ trang đăng ký; giao diện lập trình nhận application/json.",
                "Please send the form from the booking page; the programming interface takes application/json.",
            ),
            Problem::TooLarge => (
                "Một yêu cầu không được quá 16 KiB.",
                "A request may not be larger than 16 KiB.",
            ),
            Problem::Malformed(_) => (
                "Nội dung gửi bị lỗi hoặc thiếu. Vui lòng thử lại từ trang đăng ký.",
                "What was sent is damaged or incomplete. Please try again from the booking page.",
            ),
            Problem::InvalidBooking(_) => (
                "Vui lòng sửa các mục được nêu rồi gửi lại.",
                "Please put the named fields right and send again.",
            ),
            Problem::InvalidQuestion(_) => (
                "Vui lòng sửa các mục được nêu rồi hỏi lại.",
                "Please put the named fields right and ask again.",
            ),
            Problem::InvalidIdempotencyKey(_) => (
                "Khóa cần 16 đến 128 ký tự ASCII nhìn thấy được, ví dụ một UUID ngẫu nhiên.",
                "The key needs 16 to 128 visible ASCII characters, for example a random UUID.",
            ),
            Problem::IdempotencyKeyReused => (
                "Khóa này đã dùng cho một đăng ký khác. Vui lòng dùng khóa mới.",
                "This key names a different booking. Please use a new key for a new booking.",
            ),
            Problem::AlreadyCalled => (
                "Số này đã được gọi nên không hủy được nữa.",
                "This number has been called, so it cannot be cancelled any more.",
            ),
            Problem::NotAcceptable => (
                "Giao diện lập trình trả lời bằng application/json; báo lỗi là application/problem+json.",
                "The programming interface answers with application/json; problems are application/problem+json.",
            ),
            Problem::Full => (
                "Khoa này đã cấp hết số cho buổi khám này. Vui lòng chọn buổi, ngày hoặc khoa khác.",
                "The department has given out all numbers of this session. Please choose another session, day or department.",
            ),
            Problem::Unverified => (
                "Yêu cầu cần webhook-id, webhook-timestamp (lệch không quá 5 phút) và webhook-signature đúng với nội dung.",
                "A call-back needs webhook-id, webhook-timestamp (at most 5 minutes off) and webhook-signature for its body.",
            ),
            Problem::NothingToPay => (
                "Phiếu này đã thanh toán đủ, đã hủy hoặc không cần thanh toán. Vui lòng không chuyển thêm tiền.",
                "This ticket is paid for, cancelled or free. Please do not transfer any more money.",
            ),
            Problem::Busy => (
                "Vui lòng thử lại sau ít giây. Số thứ tự của quý vị chưa được cấp.",
                "Please try again in a few seconds. No number has been given out to you yet.",
            ),
            Problem::Unavailable => (
                "Chưa có số nào được cấp. Vui lòng thử lại sau vài phút hoặc đến quầy tiếp đón.",
                "No number has been given out. Please try again in a few minutes or come to the reception desk.",
            ),
            Problem::TimedOut => (
                "Kết nối có thể đang chậm. Vui lòng thử lại; gửi lại cùng một biểu mẫu không cấp thêm số.",
                "Your connection may be slow. Please try again; sending the same form twice books only once.",
            ),
            Problem::Internal => (
                "Lỗi thuộc về hệ thống và đã được ghi nhận. Vui lòng thử lại sau hoặc đến quầy tiếp đón.",
                "It is our fault and has been recorded. Please try again later or come to the reception desk.",
            ),
        };
        self.choose(vietnamese, english)
    }

    /// What the code of a payment is, for those who cannot see it.
    #[must_use]
    pub fn payment_code(&self, amount: Dong) -> String {
        match self.language {
            Language::Vietnamese => format!("Mã VietQR để thanh toán {amount} đồng"),
            Language::English => format!("VietQR code to pay {amount} dong"),
        }
    }

    /// The name of a day of the week, as short as it is usual to write it.
    #[must_use]
    pub fn weekday(&self, day: Date) -> &'static str {
        let (vietnamese, english) = match day.weekday() {
            Weekday::Monday => ("Thứ Hai", "Mon"),
            Weekday::Tuesday => ("Thứ Ba", "Tue"),
            Weekday::Wednesday => ("Thứ Tư", "Wed"),
            Weekday::Thursday => ("Thứ Năm", "Thu"),
            Weekday::Friday => ("Thứ Sáu", "Fri"),
            Weekday::Saturday => ("Thứ Bảy", "Sat"),
            Weekday::Sunday => ("Chủ Nhật", "Sun"),
        };
        self.choose(vietnamese, english)
    }

    /// A date without its year, as short as it can be said.
    #[must_use]
    pub fn short_date(&self, day: Date) -> String {
        match self.language {
            Language::Vietnamese => day.strftime("%d/%m").to_string(),
            Language::English => day.strftime("%-d %b").to_string(),
        }
    }

    /// A date with its day of the week and its year.
    #[must_use]
    pub fn long_date(&self, day: Date) -> String {
        match self.language {
            Language::Vietnamese => format!("{}, {}", self.weekday(day), day.strftime("%d/%m/%Y")),
            Language::English => day.strftime("%A, %-d %B %Y").to_string(),
        }
    }

    fn is_english(&self) -> bool {
        self.language == Language::English
    }

    fn choose(&self, vietnamese: &'static str, english: &'static str) -> &'static str {
        match self.language {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        }
    }
}

static VIETNAMESE: Messages = Messages {
    booking_title: "Lấy số thứ tự khám bệnh",
    booking_lead: "Chọn khoa, ngày và buổi khám. Quý vị nhận số ngay, không cần tài khoản.",
    department: "Khoa khám",
    day: "Ngày khám",
    today: "Hôm nay",
    optional_details: "Thông tin thêm (không bắt buộc)",
    optional_hint: "Giúp chúng tôi báo cho quý vị khi lịch khám thay đổi.",
    phone: "Số điện thoại",
    phone_hint: "Ví dụ: 0912 345 678",
    birth_year: "Năm sinh của người khám",
    birth_year_hint: "Ví dụ: 1958",
    submit: "Lấy số thứ tự",
    put_right: "Vui lòng kiểm tra lại",
    find_title: "Đã có số thứ tự?",
    ticket_code: "Mã phiếu",
    find: "Xem phiếu",
    ticket_title: "Phiếu khám bệnh",
    your_number: "Số thứ tự của quý vị",
    ticket_advice: "Vui lòng đến trước giờ khám và xuất trình số này tại quầy tiếp đón của khoa.",
    code_advice: "Hãy chụp màn hình, in trang này hoặc ghi lại mã phiếu để xem lại khi cần.",
    book_another: "Lấy thêm số khác",
    back_to_booking: "Về trang lấy số",
    choose_language: "Ngôn ngữ",
    skip_to_content: "Đến nội dung chính",
    privacy: "Chúng tôi chỉ lưu những gì quý vị nhập ở đây và không chia sẻ với bên khác.",
    notice: "Thông báo",
    availability: &availability::VIETNAMESE,
    ticket: &ticket::VIETNAMESE,
    payment: &ticket::PAYMENT_VIETNAMESE,
    board: &board::VIETNAMESE,
    desk: &desk::VIETNAMESE,
    language: Language::Vietnamese,
};

static ENGLISH: Messages = Messages {
    booking_title: "Get an examination queue number",
    booking_lead: "Choose a department, a day and a session. You get your number at once; no account is needed.",
    department: "Department",
    day: "Day of examination",
    today: "Today",
    optional_details: "More about you (optional)",
    optional_hint: "It helps us to tell you when something changes.",
    phone: "Telephone number",
    phone_hint: "For example: 0912 345 678",
    birth_year: "Patient's year of birth",
    birth_year_hint: "For example: 1958",
    submit: "Get a number",
    put_right: "Please check these",
    find_title: "Do you have a number already?",
    ticket_code: "Ticket code",
    find: "Show the ticket",
    ticket_title: "Examination ticket",
    your_number: "Your queue number",
    ticket_advice: "Please come in good time and show this number at the department's reception desk.",
    code_advice: "Take a screenshot, print this page or write down the code, so that you can find it again.",
    book_another: "Get another number",
    back_to_booking: "To the booking page",
    choose_language: "Language",
    skip_to_content: "Skip to content",
    privacy: "We keep only what you enter here, and share it with nobody.",
    notice: "Notice",
    availability: &availability::ENGLISH,
    ticket: &ticket::ENGLISH,
    payment: &ticket::PAYMENT_ENGLISH,
    board: &board::ENGLISH,
    desk: &desk::ENGLISH,
    language: Language::English,
};
