//! Numbers as they are written, and their neighbours.

/// The numbers one unit of the last written digit below and above; none below zero.
pub(super) fn neighbours(written: &str) -> Vec<String> {
    let Some((digits, scale)) = read(written) else { return Vec::new() };
    let near = [digits.checked_sub(1), digits.checked_add(1)].into_iter().flatten();
    near.filter(|n| *n >= 0).map(|n| write(n, scale, written.contains('_'))).collect()
}

/// The number times `by` hundredths, with as many digits after the point.
pub(super) fn scaled(written: &str, by: i128) -> Option<String> {
    let (digits, scale) = read(written)?;
    Some(write(digits.checked_mul(by)? / 100, scale, written.contains('_')))
}

/// All digits as one number, and how many of them follow the point.
fn read(written: &str) -> Option<(i128, usize)> {
    let plain: String = written.chars().filter(|c| *c != '_').collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    Some((format!("{whole}{part}").parse().ok()?, part.len()))
}

fn write(digits: i128, scale: usize, grouped: bool) -> String {
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if grouped && index > 0 && (whole.len() - index) % 3 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    if scale > 0 {
        out.push('.');
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_of_the_last_digit() {
        assert_eq!(neighbours("15"), ["14", "16"]);
        assert_eq!(neighbours("0"), ["1"]);
        assert_eq!(neighbours("10"), ["9", "11"]);
        assert_eq!(neighbours("0.01"), ["0.00", "0.02"]);
        assert_eq!(neighbours("44.99"), ["44.98", "45.00"]);
        assert_eq!(neighbours("3_932"), ["3_931", "3_933"]);
        assert_eq!(neighbours("1_000"), ["999", "1_001"]);
        assert_eq!(neighbours("x"), Vec::<String>::new());
        assert_eq!(scaled("1_000", 250).as_deref(), Some("2_500"));
        assert_eq!(scaled("0.5", 300).as_deref(), Some("1.5"));
    }
}
