//! What the start of an element changes.

use super::super::super::{Failure, WarningKind};
use super::super::attributes::Attributes;
use super::super::elements::{Display, display};
use super::super::references::{Place, decode};
use super::super::sheet::Named;
use super::super::style::{Declarations, Style};
use super::{Context, Element, Reader};

impl<'a> Reader<'a, '_> {
    /// Begins an element.
    pub(super) fn push(
        &mut self,
        written_name: &'a str,
        name: &str,
        attributes: &Attributes<'a>,
    ) -> Result<(), Failure> {
        let named = Named { name: written_name, id: attributes.id, classes: attributes.class };
        let mut context = self.context();
        self.style(&mut context.style, named, name, attributes);
        let mut shown = display(name);
        match name {
            "svg" | "math" => context.is_foreign = true,
            "del" => context.is_deleted = true,
            "li" => context.is_item = true,
            "td" | "th" => context.is_item = false,
            "ul" | "ol" | "menu" | "dir" | "dl" if context.is_item => {
                shown = Display::Line;
                self.flow.stay_in_paragraph();
            }
            _ => {}
        }
        let has_text = !context.is_skipped && shown != Display::Nothing;
        context.is_skipped |= shown == Display::Nothing;
        if self.open.len() >= self.max_open {
            return self.push_too_deep(&context, shown);
        }
        if has_text {
            self.flow.open(shown)?;
            self.opened(name, attributes, &context);
        }
        if name == "q" && has_text {
            let mark = if context.quotations.is_multiple_of(2) { "“" } else { "‘" };
            self.text(mark)?;
            context.quotations = context.quotations.saturating_add(1);
        }
        self.open_paragraphs += usize::from(name == "p");
        let written = self.flow.written();
        self.open.push(Element { named, display: shown, context, written, is_ended: false });
        Ok(())
    }

    fn push_too_deep(&mut self, context: &Context, shown: Display) -> Result<(), Failure> {
        self.too_deep += 1;
        if context.is_skipped || context.style.hides().is_some() {
            self.hidden_too_deep.get_or_insert(self.too_deep);
        }
        let most = self.max_open;
        let message = format!(
            "Elements are nested more than {most} levels deep; the text is read as if the deeper ones stood side by side."
        );
        self.flow.writer().warn(WarningKind::Damaged, message);
        self.flow.open(shown)
    }

    /// Looks whether an element that begins is a heading or may be a reference to a note.
    fn opened(&mut self, name: &str, attributes: &Attributes<'_>, context: &Context) {
        let is_seen = context.style.hides().is_none() && !context.is_deleted && !context.style.keeps_space;
        if matches!(name, "h1" | "h2" | "h3") && self.flow.heading.is_empty() && is_seen {
            self.flow.is_heading = true;
        }
        if !matches!(name, "a" | "sup") || !is_seen {
            return;
        }
        let depth = self.open.len();
        let is_new = self.flow.candidate().is_none();
        let target = attributes.target();
        if is_new && name == "a" && target.is_empty() {
            return;
        }
        let is_marked = attributes.is_note_reference();
        let candidate = if is_new { Some(self.flow.begin_candidate(depth)) } else { self.flow.candidate() };
        if let Some(candidate) = candidate {
            candidate.is_marked |= is_marked;
            candidate.is_raised |= name == "sup";
            if !target.is_empty() {
                candidate.target = target;
            }
        }
    }

    fn style(&mut self, style: &mut Style, named: Named<'a>, name: &str, attributes: &Attributes<'a>) {
        match name {
            "pre" | "listing" | "xmp" | "plaintext" | "textarea" => style.keeps_space = true,
            "dialog" if !attributes.is_open => style.hide(),
            "font" if !attributes.color.is_empty() => style.set_colour(attributes.color, true),
            "body" if !attributes.text.is_empty() => style.set_colour(attributes.text, true),
            _ => {}
        }
        if attributes.is_hidden {
            style.hide();
        }
        if !attributes.bgcolor.is_empty() {
            style.set_ground(attributes.bgcolor, true);
        }
        if !attributes.background.is_empty() {
            style.set_ground("url(", false);
        }
        if !self.sheet.is_empty() && self.sheet_steps > 0 {
            let declared = self.sheet.declarations(named, &self.open.iter().map(|element| element.named));
            self.sheet_steps = self.sheet_steps.saturating_sub(declared.looked_at * (self.open.len() + 1));
            style.apply(&declared.declarations);
        }
        if !attributes.style.is_empty() {
            style.apply(&Declarations::parse(&decode(attributes.style, Place::Value)));
        }
        if name == "body" && self.is_root() {
            self.body = *style;
        }
    }

    fn is_root(&self) -> bool {
        self.open.len() <= 1
    }
}
