//! What is still free, as the booking page says it.

use super::Messages;

/// Words about sessions and their places.
#[derive(Debug)]
pub(crate) struct AvailabilityTexts {
    /// Legend of the sessions.
    pub session: &'static str,
    /// The choice that leaves the session to the hospital.
    pub earliest: &'static str,
    /// Heading of the links to each department's free places.
    pub by_department: &'static str,
    /// Caption of the table of places, before the department's name.
    pub table: &'static str,
    /// A session without places.
    pub full: &'static str,
    /// A session that is over.
    pub over: &'static str,
    /// Nothing of today can be booked any more.
    pub today_over: &'static str,
    /// Heading of the offers after a refusal.
    pub nearest: &'static str,
    /// There is nothing to offer after a refusal.
    pub nothing_free: &'static str,
}

pub(super) static VIETNAMESE: AvailabilityTexts = AvailabilityTexts {
    session: "Buổi khám",
    earliest: "Buổi sớm nhất còn chỗ",
    by_department: "Xem chỗ còn trống theo khoa",
    table: "Chỗ còn trống",
    full: "Hết chỗ",
    over: "Đã qua",
    today_over: "Hôm nay đã hết giờ lấy số. Quý vị có thể chọn từ ngày mai.",
    nearest: "Những buổi gần nhất còn chỗ",
    nothing_free: "Khoa này đã hết chỗ trong tất cả các ngày đang mở đăng ký. Mỗi sáng có thêm một ngày mới; quý vị cũng có thể chọn khoa khác hoặc hỏi quầy tiếp đón.",
};

pub(super) static ENGLISH: AvailabilityTexts = AvailabilityTexts {
    session: "Session",
    earliest: "The earliest with a free place",
    by_department: "See the free places of a department",
    table: "Free places",
    full: "Full",
    over: "Over",
    today_over: "Booking for today has closed. You can choose from tomorrow on.",
    nearest: "The nearest sessions with free places",
    nothing_free: "This department is full on every day that is open for booking. A new day opens every morning; you can also choose another department or ask at the reception desk.",
};

impl Messages {
    /// How many places are free.
    pub(crate) fn places(&self, places: u32) -> String {
        match (self.is_english(), places) {
            (false, places) => format!("Còn {places} chỗ"),
            (true, 1) => "1 place".to_owned(),
            (true, places) => format!("{places} places"),
        }
    }
}
