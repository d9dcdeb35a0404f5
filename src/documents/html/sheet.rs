//! Style sheets inside a document: the rules that may hide text.

use std::collections::HashMap;

use super::style::Declarations;

/// Most rules that are kept of a document.
const MAX_RULES: usize = 512;

/// Most parts of a selector that are kept.
const MAX_COMPOUNDS: usize = 8;

/// An element as selectors see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// The id.
    pub(super) id: &'a str,
    /// The classes, between spaces.
    pub(super) classes: &'a str,
}

/// Rules of a document, in order of specificity, then of appearance.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rules: Vec<Rule>,
    /// Rules by what their last compound names: `#id`, `.class`, a name or `*`.
    by_key: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Rule {
    compounds: Vec<Compound>,
    specificity: usize,
    declarations: Declarations,
}

/// A part of a selector that one element has to match.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compound {
    name: String,
    ids: Vec<String>,
    classes: Vec<String>,
}

impl Compound {
    /// Parses a part such as `p.note#x`; `None` for what only a browser knows, such as `:hover`.
    fn parse(text: &str) -> Option<Self> {
        if text.contains([':', '[', '\\', '+', '~', '&']) {
            return None;
        }
        let mut compound = Self::default();
        let mut rest = text;
        let name_end = rest.find(['.', '#']).unwrap_or(rest.len());
        compound.name = rest.get(..name_end)?.trim_matches('*').to_ascii_lowercase();
        rest = rest.get(name_end..)?;
        while let Some(kind) = rest.chars().next() {
            let after = rest.get(1..)?;
            let end = after.find(['.', '#']).unwrap_or(after.len());
            let part = after.get(..end).filter(|part| !part.is_empty())?.to_owned();
            if kind == '#' {
                compound.ids.push(part);
            } else {
                compound.classes.push(part);
            }
            rest = after.get(end..)?;
        }
        Some(compound)
    }

    fn key(&self) -> String {
        match (self.ids.first(), self.classes.first()) {
            (Some(id), _) => format!("#{id}"),
            (None, Some(class)) => format!(".{class}"),
            (None, None) if self.name.is_empty() => "*".to_owned(),
            (None, None) => self.name.clone(),
        }
    }

    fn specificity(&self) -> usize {
        self.ids.len() * 10_000 + self.classes.len() * 100 + usize::from(!self.name.is_empty())
    }

    fn matches(&self, element: &Named<'_>) -> bool {
        let has = |class: &String| element.classes.split_ascii_whitespace().any(|one| one == class);
        (self.name.is_empty() || element.name.eq_ignore_ascii_case(&self.name))
            && self.ids.iter().all(|id| id == element.id)
            && self.classes.iter().all(has)
    }
}

impl Sheet {
    /// Whether it has no rules.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Adds the rules of `css`. Those for print alone, and those that a browser only knows at run time, are left out. Linear.
    pub(super) fn add(&mut self, css: &str) {
        let before = self.rules.len();
        let css = without_comments(css);
        let mut rest = css.as_str();
        while let Some(open) = rest.find(['{', '}']) {
            let (head, block) = rest.split_at(open);
            let block_is_open = block.starts_with('{');
            rest = block.get(1..).unwrap_or_default();
            let head = head.rsplit(';').next().unwrap_or_default().trim().trim_start_matches("<!--").trim();
            if !block_is_open {
                continue;
            }
            if head.starts_with('@') {
                if !applies(head) {
                    rest = after_block(rest);
                }
                continue;
            }
            let (body, after) = rest.split_once('}').unwrap_or((rest, ""));
            rest = after;
            self.rule(head, body);
        }
        // At most as often as there are rules.
        if self.rules.len() > before {
            self.sort();
        }
    }

    fn rule(&mut self, selectors: &str, body: &str) {
        let declarations = Declarations::parse(body);
        if declarations.is_empty() {
            return;
        }
        for selector in selectors.split(',').take(MAX_RULES) {
            let parts =
                selector.split(|c: char| c.is_whitespace() || c == '>').filter(|part| !part.is_empty());
            let compounds: Option<Vec<Compound>> =
                parts.take(MAX_COMPOUNDS + 1).map(Compound::parse).collect();
            if let Some(compounds) = compounds
                && (1..=MAX_COMPOUNDS).contains(&compounds.len())
                && self.rules.len() < MAX_RULES
            {
                let specificity = compounds.iter().map(Compound::specificity).sum();
                self.rules.push(Rule { compounds, specificity, declarations: declarations.clone() });
            }
        }
    }

    fn sort(&mut self) {
        self.rules.sort_by_key(|rule| rule.specificity);
        self.by_key.clear();
        for (index, rule) in self.rules.iter().enumerate() {
            let key = rule.compounds.last().map(Compound::key).unwrap_or_default();
            self.by_key.entry(key).or_default().push(index);
        }
    }

    /// What the rules declare for `element` inside `ancestors`, the outermost first.
    pub(super) fn declarations<'a>(
        &self,
        element: Named<'a>,
        ancestors: &(impl DoubleEndedIterator<Item = Named<'a>> + Clone),
    ) -> Declared {
        let name = element.name.to_ascii_lowercase();
        let classes = element.classes.split_ascii_whitespace().map(|class| format!(".{class}")).take(64);
        let keys = classes.chain([format!("#{}", element.id), name, "*".to_owned()]);
        let mut found: Vec<usize> = keys.filter_map(|key| self.by_key.get(&key)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let looked_at = found.len();
        let mut declarations = Declarations::default();
        for rule in found.into_iter().filter_map(|index| self.rules.get(index)) {
            if rule.matches(&element, ancestors.clone()) {
                declarations.extend(&rule.declarations);
            }
        }
        Declared { declarations, looked_at }
    }
}

/// What the rules declare for an element.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) declarations: Declarations,
    /// How many rules were looked at.
    pub(super) looked_at: usize,
}

impl Rule {
    fn matches<'a>(
        &self,
        element: &Named<'a>,
        ancestors: impl DoubleEndedIterator<Item = Named<'a>>,
    ) -> bool {
        let mut compounds = self.compounds.iter().rev();
        if !compounds.next().is_some_and(|last| last.matches(element)) {
            return false;
        }
        let mut ancestors = ancestors.rev();
        compounds.all(|compound| ancestors.any(|ancestor| compound.matches(&ancestor)))
    }
}

/// Whether the rules in the block of an at-rule apply on a screen.
fn applies(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    let Some(condition) = head.strip_prefix("@media") else {
        return head.starts_with("@supports") || head.starts_with("@layer");
    };
    let condition = condition.trim();
    matches!(condition, "" | "all" | "screen" | "only screen" | "screen, print" | "print, screen")
}

/// What follows the block that is open.
fn after_block(text: &str) -> &str {
    let mut depth = 1_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::super::style::Style;
    use super::*;

    #[test]
    fn selectors_of_names_classes_ids_and_descendants_hide() {
        let mut sheet = Sheet::default();
        sheet.add(
            "/* p{display:none} */ @import url(x.css); .a, #b { display: none } p.c{color:#fff}\n\
             div.outer > span { font-size: 0 } a:hover{display:none} @media print { .d { display:none } }\n\
             @media screen { .e{display:none} } .shown.shown { color: black } .shown { color: white }",
        );
        let hides = |name: &str, id: &str, classes: &str, parent: &str| {
            let element = Named { name, id, classes };
            let outer = [Named { name: "DIV", id: "", classes: parent }];
            let mut style = Style::default();
            style.apply(&sheet.declarations(element, &outer.into_iter()).declarations);
            style.hides().is_some()
        };
        assert!(hides("P", "", "x a", ""));
        assert!(hides("i", "b", "", ""));
        assert!(hides("p", "", "c", "") && !hides("i", "", "c", ""));
        assert!(hides("span", "", "", "outer") && !hides("span", "", "", "inner"));
        assert!(!hides("a", "", "", "") && !hides("p", "", "d", "") && hides("p", "", "e", ""));
        assert!(!hides("p", "", "shown", ""));
    }
}
