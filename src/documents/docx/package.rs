//! The parts of a package of Office Open XML, and how they are related (ISO/IEC 29500-2).

use std::collections::BTreeMap;

use crate::documents::archive::{Archive, resolve};
use crate::documents::xml::{Node, Part};
use crate::documents::{Document, Failure, Format, Limits};

/// What a part refers to.
#[derive(Debug)]
pub(super) struct Relation {
    /// The last part of the name of its type, which is the same in all versions of the standard.
    kind: String,
    /// The name of the part.
    target: String,
}

/// The parts of a document.
pub(super) struct Package<'a> {
    archive: Archive<'a>,
    pub(super) limits: Limits,
    /// The name of the part with the text.
    pub(super) main: String,
    /// What the package refers to.
    own_relations: BTreeMap<String, Relation>,
    /// What the main part refers to, by id.
    main_relations: BTreeMap<String, Relation>,
}

impl<'a> Package<'a> {
    pub(super) fn open(document: Document<'a>, limits: &Limits) -> Result<Self, Failure> {
        let archive = Archive::open(document.content, limits).map_err(|problem| problem.of(Format::Docx))?;
        let mut package = Self {
            archive,
            limits: *limits,
            main: String::new(),
            own_relations: BTreeMap::new(),
            main_relations: BTreeMap::new(),
        };
        package.own_relations = package.relations("")?;
        let stated = target_of(&package.own_relations, "officeDocument");
        package.main = match stated.filter(|name| package.archive.has(name)) {
            Some(name) => name,
            None => package.main_by_type()?,
        };
        package.main_relations = package.relations(&package.main.clone())?;
        Ok(package)
    }

    /// Whether an entry's name ends so.
    pub(super) fn has_ending(&self, ending: &str) -> bool {
        self.archive.names().any(|name| name.to_lowercase().ends_with(ending))
    }

    /// Whether there are pictures, which may be scanned pages.
    pub(super) fn has_pictures(&self) -> bool {
        self.archive.names().any(|name| name.contains("media/"))
    }

    /// Reads a part.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.archive.read(name).map_err(|problem| problem.of(Format::Docx))
    }

    /// The name of the part of this kind that the main part refers to, or that has the usual name.
    pub(super) fn related(&self, kind: &str) -> String {
        target_of(&self.main_relations, kind).unwrap_or_else(|| resolve(&self.main, &format!("{kind}.xml")))
    }

    /// The names of all parts of this kind that the main part refers to, in the order of their ids.
    pub(super) fn all_related(&self, kind: &str) -> Vec<String> {
        let of_kind = self.main_relations.values().filter(|relation| relation.kind == kind);
        of_kind.map(|relation| relation.target.clone()).collect()
    }

    /// The ids of all parts of this kind.
    pub(super) fn ids_related(&self, kind: &str) -> Vec<String> {
        let of_kind = self.main_relations.iter().filter(|(_, relation)| relation.kind == kind);
        of_kind.map(|(id, _)| id.clone()).collect()
    }

    /// The name of the part with this id.
    pub(super) fn target(&self, id: &str) -> Option<&str> {
        self.main_relations.get(id).map(|relation| relation.target.as_str())
    }

    /// The part of this kind that the package refers to, or that has the usual name.
    pub(super) fn read_properties(&mut self, kind: &str, usual: &str) -> Result<Option<Vec<u8>>, Failure> {
        let name = target_of(&self.own_relations, kind).unwrap_or_else(|| usual.to_owned());
        self.read(&name)
    }

    /// The main part by the list of types.
    fn main_by_type(&mut self) -> Result<String, Failure> {
        let usual = "word/document.xml".to_owned();
        if let Some(content) = self.read("[Content_Types].xml")? {
            let part = Part::new("[Content_Types].xml", Format::Docx, &content);
            let mut nodes = part.nodes(&self.limits);
            while let Ok(Some(node)) = nodes.next() {
                let Node::Open(element) = node else { continue };
                let kind = element.attribute("ContentType").unwrap_or_default();
                if element.name() == "Override"
                    && kind.contains("wordprocessingml")
                    && kind.contains(".main+xml")
                {
                    let name = resolve("", &element.attribute("PartName").unwrap_or_default());
                    if self.archive.has(&name) {
                        return Ok(name);
                    }
                }
            }
        }
        if self.archive.has(&usual) {
            return Ok(usual);
        }
        Err(Failure::Damaged { format: Format::Docx, problem: "it has no part with the text".to_owned() })
    }

    /// What a part refers to inside the package. Relations that can't be read are none: the usual names stand in.
    fn relations(&mut self, of: &str) -> Result<BTreeMap<String, Relation>, Failure> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = format!("{folder}/_rels/{file}.rels");
        let mut relations = BTreeMap::new();
        let Some(content) = self.read(&name)? else { return Ok(relations) };
        let part = Part::new(&name, Format::Docx, &content);
        let mut nodes = part.nodes(&self.limits);
        while let Ok(Some(node)) = nodes.next() {
            let Node::Open(element) = node else { continue };
            if element.name() != "Relationship" || element.is("TargetMode", &["External"]) {
                continue;
            }
            let kind = element.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let target = resolve(of, &element.attribute("Target").unwrap_or_default());
            let id = element.attribute("Id").unwrap_or_default().into_owned();
            relations.insert(id, Relation { kind, target });
        }
        Ok(relations)
    }
}

fn target_of(relations: &BTreeMap<String, Relation>, kind: &str) -> Option<String> {
    relations.values().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
}
