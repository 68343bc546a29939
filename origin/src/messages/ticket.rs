//! What a ticket's holder reads: the ticket, how to pay for it, how to give it back, how to find it again.

use super::Messages;

/// Words about a ticket.
#[derive(Debug)]
pub(crate) struct TicketTexts {
    /// It waits to be called.
    pub booked: &'static str,
    /// Its number was called.
    pub called: &'static str,
    /// It was given back.
    pub cancelled: &'static str,
    /// What somebody with a cancelled ticket can do.
    pub cancelled_advice: &'static str,
    /// Label of the number that was called last.
    pub now_serving: &'static str,
    /// Nobody has been called yet.
    pub nobody_called: &'static str,
    /// Label of how many wait before the holder.
    pub ahead: &'static str,
    /// Label of the time at which the holder can expect to be called.
    pub expected: &'static str,
    /// That the time is an estimate.
    pub expected_hint: &'static str,
    /// Label of the short code.
    pub short_code: &'static str,
    /// What the ticket's QR code shows, for those who cannot see it.
    pub qr_label: &'static str,
    /// What the ticket's QR code is for.
    pub qr_advice: &'static str,
    /// Link to the page that cancels.
    pub cancel: &'static str,
    /// Heading of the page that cancels.
    pub cancel_title: &'static str,
    /// What is asked there.
    pub cancel_question: &'static str,
    /// The button that cancels.
    pub cancel_confirm: &'static str,
    /// The link that does not.
    pub cancel_keep: &'static str,
    /// Heading when it is too late to cancel.
    pub too_late_title: &'static str,
    /// Why it is, and what to do instead.
    pub too_late: &'static str,
    /// How to get back what was paid.
    pub refund: &'static str,
    /// Back to the ticket.
    pub back: &'static str,
    /// Heading of the page that finds a ticket.
    pub find_title: &'static str,
    /// Heading of the form for the whole code.
    pub by_code: &'static str,
    /// Heading of the form for telephone number and short code.
    pub by_phone: &'static str,
    /// What the short code is.
    pub short_code_hint: &'static str,
    /// Nothing was found by the whole code.
    pub code_wrong: &'static str,
    /// Nothing was found by telephone number and short code; which of them is wrong stays unsaid.
    pub pair_wrong: &'static str,
    /// Link to the board.
    pub board: &'static str,
}

/// Words about paying.
#[derive(Debug)]
pub(crate) struct PaymentTexts {
    /// Heading, before the fee.
    pub fee: &'static str,
    /// Nothing has been paid.
    pub unpaid: &'static str,
    /// All has been paid.
    pub paid: &'static str,
    /// More than all has been paid.
    pub too_much: &'static str,
    /// Where to pay when there is no account to transfer to, or the transfer does not suit.
    pub at_the_counter: &'static str,
    /// Heading of the QR code for the bank's app.
    pub scan: &'static str,
    /// How to use it.
    pub scan_advice: &'static str,
    /// Link to the same code as a picture.
    pub save: &'static str,
    /// Label of the amount to transfer.
    pub amount: &'static str,
    /// Label of the bank.
    pub bank: &'static str,
    /// Label of the account's number.
    pub account: &'static str,
    /// Label of the account's holder.
    pub holder: &'static str,
    /// Label of the transfer's purpose.
    pub purpose: &'static str,
}

pub(super) static VIETNAMESE: TicketTexts = TicketTexts {
    booked: "Đang chờ đến lượt",
    called: "Đã đến lượt – mời quý vị vào khám ngay",
    cancelled: "Phiếu này đã hủy",
    cancelled_advice: "Số này không còn hiệu lực. Nếu vẫn cần khám, quý vị vui lòng lấy số mới.",
    now_serving: "Đang khám số",
    nobody_called: "chưa gọi",
    ahead: "Số người chờ trước quý vị",
    expected: "Dự kiến đến lượt",
    expected_hint: "Giờ dự kiến có thể sớm hoặc muộn hơn; vui lòng có mặt trước 15 phút.",
    short_code: "Mã ngắn",
    qr_label: "Mã QR của phiếu",
    qr_advice: "Đưa mã này cho nhân viên quét tại quầy. Để tra cứu lại, quý vị chỉ cần số điện thoại và mã ngắn.",
    cancel: "Hủy phiếu này",
    cancel_title: "Hủy phiếu khám",
    cancel_question: "Quý vị muốn hủy số này? Chỗ sẽ được nhường cho người khác và không lấy lại được.",
    cancel_confirm: "Hủy phiếu",
    cancel_keep: "Không, giữ phiếu",
    too_late_title: "Số này đã được gọi",
    too_late: "Phiếu không hủy trên mạng được nữa. Nếu không thể vào khám, quý vị vui lòng báo cho quầy tiếp đón của khoa.",
    refund: "Quý vị đã thanh toán. Để nhận lại tiền, vui lòng đưa mã phiếu tại quầy thu ngân hoặc gọi cho bệnh viện; tiền được chuyển về tài khoản đã trả.",
    back: "Về phiếu khám",
    find_title: "Tìm lại phiếu khám",
    by_code: "Bằng mã phiếu",
    by_phone: "Bằng số điện thoại và mã ngắn",
    short_code_hint: "8 chữ và số đầu của mã phiếu, ví dụ 7K2M-4QXD",
    code_wrong: "Không có phiếu nào mang mã này. Mã phiếu gồm 16 chữ và số, ví dụ 7K2M-4QXD-9HTB-W3RA.",
    pair_wrong: "Không tìm thấy phiếu với số điện thoại và mã ngắn này. Vui lòng kiểm tra lại cả hai; số điện thoại là số đã nhập khi lấy số.",
    board: "Xem bảng gọi số",
};

pub(super) static ENGLISH: TicketTexts = TicketTexts {
    booked: "Waiting to be called",
    called: "It is your turn – please come in now",
    cancelled: "This ticket is cancelled",
    cancelled_advice: "The number is no longer valid. If you still need an examination, please get a new one.",
    now_serving: "Now serving",
    nobody_called: "nobody yet",
    ahead: "People ahead of you",
    expected: "Expected time",
    expected_hint: "You may be called earlier or later; please be there 15 minutes before.",
    short_code: "Short code",
    qr_label: "QR code of the ticket",
    qr_advice: "Show this code at the reception desk. To find the ticket again, your telephone number and the short code are enough.",
    cancel: "Cancel this ticket",
    cancel_title: "Cancel the ticket",
    cancel_question: "Do you want to cancel this number? The place goes to somebody else, and you cannot get it back.",
    cancel_confirm: "Cancel the ticket",
    cancel_keep: "No, keep it",
    too_late_title: "This number has been called",
    too_late: "The ticket can no longer be cancelled online. If you cannot come in, please tell the department's reception desk.",
    refund: "You have paid already. To get your money back, show the ticket's code at the cashier or call the hospital; it is returned to the account that it came from.",
    back: "Back to the ticket",
    find_title: "Find your ticket",
    by_code: "By its code",
    by_phone: "By telephone number and short code",
    short_code_hint: "The first 8 letters and digits of the ticket's code, like 7K2M-4QXD",
    code_wrong: "No ticket has this code. A ticket code has 16 letters and digits, like 7K2M-4QXD-9HTB-W3RA.",
    pair_wrong: "No ticket was found for this telephone number and short code. Please check both; the telephone number is the one given at the booking.",
    board: "See the board of numbers",
};

pub(super) static PAYMENT_VIETNAMESE: PaymentTexts = PaymentTexts {
    fee: "Tiền khám",
    unpaid: "Chưa thanh toán",
    paid: "Đã thanh toán đủ",
    too_much: "Đã thanh toán thừa; quầy thu ngân sẽ trả lại phần thừa",
    at_the_counter: "Quý vị cũng có thể thanh toán tại quầy thu ngân trước khi khám.",
    scan: "Thanh toán bằng mã VietQR",
    scan_advice: "Mở ứng dụng ngân hàng và quét mã, hoặc lưu ảnh mã rồi chọn ảnh trong ứng dụng. Vui lòng giữ nguyên nội dung chuyển khoản.",
    save: "Lưu ảnh mã QR",
    amount: "Số tiền",
    bank: "Ngân hàng",
    account: "Số tài khoản",
    holder: "Chủ tài khoản",
    purpose: "Nội dung chuyển khoản",
};

pub(super) static PAYMENT_ENGLISH: PaymentTexts = PaymentTexts {
    fee: "Fee",
    unpaid: "Not paid yet",
    paid: "Paid in full",
    too_much: "Paid too much; the cashier returns the difference",
    at_the_counter: "You can also pay at the cashier before the examination.",
    scan: "Pay with VietQR",
    scan_advice: "Scan the code with your bank's app, or save the picture and open it there. Please leave the purpose of the transfer as it is.",
    save: "Save the QR code as a picture",
    amount: "Amount",
    bank: "Bank",
    account: "Account",
    holder: "Account holder",
    purpose: "Purpose of the transfer",
};

impl Messages {
    /// An amount of money.
    pub(crate) fn money(&self, amount: crate::money::Dong) -> String {
        if self.is_english() {
            format!("{} VND", amount.to_string().replace('.', ","))
        } else {
            format!("{amount} đồng")
        }
    }

    /// A part of the fee has been paid, so much is left.
    pub(crate) fn left_to_pay(&self, left: crate::money::Dong) -> String {
        let left = self.money(left);
        if self.is_english() {
            format!("Paid in part, {left} left")
        } else {
            format!("Đã thanh toán một phần, còn {left}")
        }
    }
}
