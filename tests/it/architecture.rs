//! The invariants of ARCHITECTURE.md that a reader of the sources can check.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{SourceFile, files};

/// The modules, each with the modules that it may name.
const MAY_NAME: [(&str, &[&str]); 23] = [
    ("private", &[]),
    ("model", &[]),
    ("text", &["model"]),
    ("fingerprint", &["model", "text"]),
    ("index", &["model", "text", "fingerprint"]),
    ("matching", &["model", "text"]),
    ("report", &["model", "text", "matching"]),
    ("chance", &["model", "text"]),
    ("related", &["model", "text", "matching"]),
    ("store", &["model", "index", "private"]),
    ("corpus", &["model", "text", "fingerprint", "index", "related", "store"]),
    (
        "detection",
        &["model", "text", "fingerprint", "index", "matching", "report", "chance", "store", "corpus"],
    ),
    (
        "engine",
        &[
            "model",
            "text",
            "fingerprint",
            "index",
            "matching",
            "report",
            "related",
            "chance",
            "store",
            "corpus",
            "detection",
            "writing",
        ],
    ),
    ("cluster", &["model", "private", "report", "corpus", "detection", "engine"]),
    ("contained", &[]),
    ("documents", &["contained"]),
    ("writing", &["model", "text", "contained"]),
    ("proto", &[]),
    ("render", &["model", "text", "matching", "proto"]),
    (
        "service",
        &[
            "model",
            "engine",
            "contained",
            "documents",
            "writing",
            "fingerprint",
            "matching",
            "report",
            "text",
            "proto",
            "render",
        ],
    ),
    ("web", &["service", "proto", "render"]),
    (
        "server",
        &[
            "model",
            "service",
            "engine",
            "cluster",
            "contained",
            "documents",
            "writing",
            "index",
            "proto",
            "web",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "private",
            "server",
            "service",
            "engine",
            "cluster",
            "contained",
            "documents",
            "writing",
            "report",
            "text",
            "matching",
            "proto",
            "render",
            "writing",
        ],
    ),
];

/// The modules that may name networking crates. The empty name is the crate's root.
const ASYNC_MODULES: [&str; 8] = ["", "proto", "cluster", "service", "web", "server", "cli", "main"];

/// Most files in a folder, without its `mod.rs` and files that hold only tests.
const MOST_FILES: usize = 12;

/// Most files in a cycle of imports. A parent with its children does not count.
const MOST_IN_A_CYCLE: usize = 3;

#[test]
fn dependencies_point_one_way() {
    let files = files();
    // Files that hold only tests may name any module.
    let is_code = |file: &&SourceFile| !file.module.iter().any(|part| part == "tests");
    let of_modules = files.iter().filter(is_code).filter(|file| !["", "allocator"].contains(&file.top()));
    let mut seen = 0;
    for file in of_modules {
        let may = MAY_NAME.iter().find(|(name, _)| *name == file.top());
        let (_, may) = may.unwrap_or_else(|| panic!("{} is not in MAY_NAME", file.top()));
        for path in file.paths.iter().filter(|path| path[0] == "crate") {
            let Some(other) = path.get(1) else { continue };
            let is_module = MAY_NAME.iter().any(|(name, _)| name == other);
            let is_allowed = other == file.top() || may.contains(&other.as_str());
            assert!(!is_module || is_allowed, "{} names {}", file.path.display(), path.join("::"));
        }
        seen += 1;
    }
    assert!(seen > 100, "only {seen} files were looked at");
}

#[test]
fn the_engine_is_synchronous() {
    for file in files().iter().filter(|file| !ASYNC_MODULES.contains(&file.top())) {
        for path in &file.paths {
            let is_network = ["tonic", "prost", "tokio"].iter().any(|name| path[0].starts_with(name));
            assert!(!is_network, "{} names {}", file.path.display(), path.join("::"));
        }
        for keyword in ["async fn", "async move", ".await"] {
            assert!(!file.code.contains(keyword), "{} has {keyword}", file.path.display());
        }
    }
}

#[test]
fn dashmap_and_postings_have_one_home() {
    for file in files() {
        let may_dashmap = ["corpus", "store"].contains(&file.top());
        let names = |name: &str| file.paths.iter().any(|path| path.iter().any(|part| part == name));
        assert!(may_dashmap || !names("dashmap"), "{} names dashmap", file.path.display());
        assert!(file.top() == "index" || !names("slab"), "{} names index::slab", file.path.display());
    }
}

/// Constructors of statuses, each of which one file may use.
const CONSTRUCTORS: [&str; 7] = [
    "new",
    "with_details",
    "with_metadata",
    "with_details_and_metadata",
    "with_error_details",
    "with_error_details_and_metadata",
    "ok",
];

#[test]
fn statuses_are_built_in_one_table() {
    let codes = ["unauthenticated", "internal", "unavailable", "not_found", "invalid_argument", "cancelled"];
    for file in files() {
        // Tests at the end of a file of a layer build their own statuses.
        let code = file.code.split("#[cfg(test)]").next().unwrap();
        let path = file.path.to_string_lossy().into_owned();
        if path.ends_with("service/problem/mod.rs") {
            continue;
        }
        for constructor in CONSTRUCTORS.iter().chain(&codes) {
            assert!(!code.contains(&format!("Status::{constructor}(")), "{path} builds a status");
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    let without: Vec<_> =
        files().iter().filter(|file| !file.has_module_docs).map(|file| &file.path).collect();
    assert!(without.is_empty(), "these files begin without //!: {without:?}");
}

#[test]
fn folders_have_at_most_a_dozen_files() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for file in files() {
        let name = file.path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "mod" || name.ends_with("tests") {
            continue;
        }
        let folder = file.path.parent().unwrap().to_string_lossy().into_owned();
        let folder = folder.rsplit_once("/src").unwrap().1.trim_start_matches('/').to_owned();
        *counts.entry(folder).or_default() += 1;
    }
    for (folder, count) in counts {
        assert!(count <= MOST_FILES, "{folder} has {count} files, and may have {MOST_FILES}");
    }
}

/// The file that a path of this crate leads to, through re-exports.
fn target<'a>(by_module: &BTreeMap<&[String], &'a SourceFile>, path: &[String]) -> Option<&'a SourceFile> {
    let mut path = path.to_vec();
    for _ in 0..5 {
        let inside = path.get(1..)?;
        let (length, file) =
            (1..=inside.len()).rev().find_map(|n| Some((n, *by_module.get(&inside[..n])?)))?;
        match inside.get(length).and_then(|name| file.imports.get(name)) {
            Some(passed_on) => {
                let is_here = passed_on[0] == "crate";
                let relative = || {
                    let root = std::iter::once("crate".to_owned());
                    root.chain(file.module.iter().cloned()).chain(passed_on.iter().cloned()).collect()
                };
                path = if is_here { passed_on.clone() } else { relative() };
            }
            None => return Some(file),
        }
    }
    None
}

/// Files that imports reach from `from`. `from` itself is one of them only if a cycle leads back to it.
fn reached(from: usize, edges: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        next.extend(edges[file].iter().filter(|to| reached.insert(**to)));
    }
    reached
}

#[test]
fn imports_have_no_long_cycles() {
    let files = files();
    let by_module: BTreeMap<&[String], &SourceFile> = files
        .iter()
        .filter(|file| !file.module.is_empty())
        .map(|file| (file.module.as_slice(), file))
        .collect();
    let place = |wanted: &SourceFile| files.iter().position(|file| file.path == wanted.path).unwrap();
    let edges: Vec<BTreeSet<usize>> = files
        .iter()
        .map(|file| {
            let is_family = |other: &&SourceFile| {
                other.module.starts_with(&file.module) || file.module.starts_with(&other.module)
            };
            let paths = file.paths.iter().filter(|path| path[0] == "crate");
            let others = paths.filter_map(|path| target(&by_module, path)).filter(|other| !is_family(other));
            others.map(place).collect()
        })
        .collect();
    let reached: Vec<BTreeSet<usize>> = (0..files.len()).map(|file| reached(file, &edges)).collect();
    assert!(edges.iter().map(BTreeSet::len).sum::<usize>() > 200, "imports are not read");
    let mut cycles: BTreeSet<Vec<String>> = BTreeSet::new();
    for number in 0..files.len() {
        let is_in_cycle = |other: &&usize| reached[**other].contains(&number);
        let cycle = reached[number].iter().filter(is_in_cycle);
        cycles.insert(cycle.map(|other| files[*other].module.join("::")).collect());
    }
    cycles.retain(|cycle| cycle.len() > MOST_IN_A_CYCLE);
    assert!(cycles.is_empty(), "files import one another in a cycle: {cycles:?}");
}
