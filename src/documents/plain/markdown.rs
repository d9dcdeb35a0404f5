//! The title of a Markdown text.

/// Whether a file of this name is Markdown.
pub(super) fn is_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("md" | "markdown" | "mdown" | "mkd"))
}

/// The first heading, outside fenced code.
pub(super) fn first_heading(text: &str) -> Option<&str> {
    let mut is_fenced = false;
    for line in text.trim_start_matches('\u{FEFF}').lines() {
        is_fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        let heading = heading.strip_prefix([' ', '\t']).map(|rest| rest.trim().trim_end_matches('#').trim());
        if let Some(heading) = heading
            && (1..=6).contains(&level)
            && !is_fenced
            && !heading.is_empty()
        {
            return Some(heading);
        }
    }
    None
}
