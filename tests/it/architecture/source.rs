//! Reads the paths that each source file names, in `use` items and in code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A file of `src`.
pub struct SourceFile {
    pub path: PathBuf,
    /// The path of its module: empty for the crate's root.
    pub module: Vec<String>,
    /// The file's text without comments, with empty literals.
    pub code: String,
    pub has_module_docs: bool,
    /// The paths that the file names: from the crate's root if they are of this crate (`crate::…`), as written
    /// otherwise.
    pub paths: Vec<Vec<String>>,
    /// The paths of the file's `use` items, by the name that each has in the file.
    pub imports: BTreeMap<String, Vec<String>>,
}

impl SourceFile {
    fn read(src: &Path, path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let inside = path.strip_prefix(src).unwrap().with_extension("");
        let mut module: Vec<String> =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|last| last == "mod") || ["lib", "main"].contains(&module[0].as_str()) {
            module.pop();
        }
        let (code, has_module_docs) = (without_comments(&text), text.starts_with("//!"));
        let mut file =
            Self { path, module, code, has_module_docs, paths: Vec::new(), imports: BTreeMap::new() };
        file.parse();
        file
    }

    /// The topmost module that holds the file.
    pub fn top(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    fn parse(&mut self) {
        let tokens = tokens(&self.code);
        let mut inline: Vec<(String, usize)> = Vec::new();
        let (mut depth, mut at) = (0, 0);
        while at < tokens.len() {
            let token = tokens[at].as_str();
            let module = || {
                let inside = inline.iter().map(|(name, _)| name.clone());
                self.module.iter().cloned().chain(inside).collect::<Vec<_>>()
            };
            match token {
                "{" => depth += 1,
                "}" => {
                    assert!(
                        depth > 0,
                        "{} closes more braces than it opens, as this reader sees it",
                        self.path.display()
                    );
                    depth -= 1;
                    inline.retain(|(_, at_depth)| *at_depth < depth + 1);
                }
                "mod" if tokens.get(at + 2).is_some_and(|next| next == "{") => {
                    inline.push((tokens[at + 1].clone(), depth + 1));
                }
                // `use<…>` names captured types, not paths.
                "use" if tokens[at + 1] != "<" => {
                    let module = module();
                    let mut found = Vec::new();
                    at = use_tree(&tokens, at + 1, &[], &mut found);
                    for (path, name) in found {
                        let path = absolute(&path, &module);
                        self.imports.insert(name, path.clone());
                        self.paths.push(path);
                    }
                    continue;
                }
                _ if is_name(token) && tokens.get(at + 1).is_some_and(|next| next == "::") => {
                    let mut path = vec![token.to_owned()];
                    while tokens.get(at + 1).is_some_and(|next| next == "::")
                        && tokens.get(at + 2).is_some_and(|next| is_name(next))
                    {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    let path = absolute(&path, &module());
                    self.paths.push(path);
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// All files of `src`, read once.
pub fn files() -> &'static [SourceFile] {
    static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(read);
    &FILES
}

fn read() -> Vec<SourceFile> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(SourceFile::read(&src, path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The path from the crate's root, if `path` begins with `crate`, `self` or `super`.
fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let mut base = match path[0].as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ => return path.to_vec(),
    };
    let mut rest = path;
    while let [first, more @ ..] = rest {
        match first.as_str() {
            "crate" | "self" => {}
            "super" => drop(base.pop()),
            _ => break,
        }
        rest = more;
    }
    let root = std::iter::once("crate".to_owned());
    root.chain(base).chain(rest.iter().cloned()).collect()
}

/// Reads a tree of `use` from `at` on. Returns the position of its end.
fn use_tree(
    tokens: &[String],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at).map_or(";", String::as_str) {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = use_tree(tokens, at, &path, found);
                    if tokens[at] == "," {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => {
                found.push((path, tokens[at + 1].clone()));
                return at + 2;
            }
            "*" => {
                found.push((path, "*".to_owned()));
                return at + 1;
            }
            token if is_name(token) => {
                // `a::{self}` is `a`.
                if token != "self" || path.is_empty() {
                    path.push(token.to_owned());
                }
                at += 1;
            }
            _ => {
                let name = path.last().cloned().unwrap_or_default();
                found.push((path, name));
                return at;
            }
        }
    }
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if is_name(&rest[..first.len_utf8()]) {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            tokens.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    tokens
}

/// The length of a literal at the start of `rest`, if there is one.
fn literal(rest: &str) -> Option<usize> {
    let raw = rest.trim_start_matches(['b', 'c']);
    let (prefix, raw) = (rest.len() - raw.len(), raw.strip_prefix('r'));
    if let Some(raw) = raw.filter(|_| prefix <= 1) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if let Some(body) = raw[hashes..].strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            return Some(prefix + 1 + hashes + 1 + body.find(&end)? + end.len());
        }
    }
    // b"…" and b'…' are literals too.
    let (prefix, rest) = match rest.strip_prefix(['b', 'c']) {
        Some(bytes) if bytes.starts_with(['"', '\'']) => (1, bytes),
        _ => (0, rest),
    };
    let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first))?;
    let mut characters = rest.char_indices().skip(1);
    let mut count = 0;
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            _ if c == quote => return Some(prefix + at + 1),
            // The quote begins a lifetime.
            _ if quote == '\'' && count == 1 && !rest.starts_with("'\\") => return None,
            _ => {}
        }
        count += 1;
    }
    None
}

/// The text without comments; literals become `""`.
fn without_comments(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let is_inside_name = code.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest).filter(|_| !is_inside_name) {
            code.push_str("\"\"");
            length
        } else {
            code.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    code
}
