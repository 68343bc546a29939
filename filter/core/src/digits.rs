//! Numbers and bytes in digits, for what is written with every answer: formatting by the standard library would cost a
//! refusal more than its signature does.

/// Appends `number` in decimal digits.
pub(crate) fn push_decimal(text: &mut String, number: u64) {
    text.push_str(itoa::Buffer::new().format(number));
}

/// Appends `bytes` with two hexadecimal digits each.
pub(crate) fn push_hexadecimal(text: &mut String, bytes: &[u8]) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble & 0xf)).copied().unwrap_or_default();
    text.reserve(bytes.len().saturating_mul(2));
    for byte in bytes {
        text.push(char::from(digit(byte >> 4)));
        text.push(char::from(digit(*byte)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_with_two_digits_each() {
        let mut text = "id:".to_owned();
        push_hexadecimal(&mut text, &[0x00, 0x0f, 0xa5]);
        assert_eq!(text, "id:000fa5");
    }
}
