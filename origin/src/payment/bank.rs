//! Names of banks.

/// The name under which people know the bank with these six digits (NAPAS's list of members' identification numbers), for
/// the banks that most accounts are with.
pub(crate) fn bank_name(digits: &str) -> Option<&'static str> {
    Some(match digits {
        "970403" => "Sacombank",
        "970405" => "Agribank",
        "970407" => "Techcombank",
        "970415" => "VietinBank",
        "970416" => "ACB",
        "970418" => "BIDV",
        "970422" => "MB Bank",
        "970423" => "TPBank",
        "970432" => "VPBank",
        "970436" => "Vietcombank",
        _ => return None,
    })
}
