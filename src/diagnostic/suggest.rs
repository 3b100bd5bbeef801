//! «Did you mean»: the known name most similar to an unknown one.

/// The candidate most similar to `name`, if at most a third of the letters differ. Of several, the first in
/// alphabetical order.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    // If the only letter differs, nothing is similar.
    let length = name.chars().count();
    let limit = if length < 2 { 0 } else { (length / 3).max(1) };
    candidates
        .into_iter()
        .filter(|c| *c != name)
        .map(|c| (strsim::osa_distance(&lower, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["dwelling", "applicant", "application"];
        assert_eq!(nearest("dweling", names), Some("dwelling"));
        assert_eq!(nearest("Applicant", names), Some("applicant"));
        assert_eq!(nearest("owner", names), None);
        assert_eq!(nearest("xy", ["xz", "dwelling"]), Some("xz"));
        assert_eq!(nearest("x", ["y", "dwelling"]), None);
    }
}
