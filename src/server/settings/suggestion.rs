//! The nearest name for one that is unknown.

/// Similarity from which a name is suggested, as in clap.
const LEAST_SIMILARITY: f64 = 0.7;

/// The name among `known` that is most like `unknown`; none if all are too different.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let rated = known.into_iter().map(|name| (strsim::jaro(unknown, name), name));
    rated
        .filter(|(near, _)| *near > LEAST_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// A suggestion for the unknown setting in an error of TOML: `; did you mean listen?`.
pub(super) fn for_setting(error: &toml::de::Error) -> String {
    let mut names = error.message().split('`').skip(1).step_by(2);
    let is_unknown = error.message().starts_with("unknown field");
    let unknown = names.next().filter(|_| is_unknown);
    let near = unknown.and_then(|unknown| nearest(&unknown.replace('-', "_"), names));
    near.map_or_else(String::new, |near| format!("\ndid you mean {near}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_if_there_is_one() {
        let known = ["listen", "log", "data_dir"];
        assert_eq!(nearest("lisen", known), Some("listen"));
        assert_eq!(nearest("frobnicate", known), None);
    }
}
