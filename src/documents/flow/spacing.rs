//! What separates one block from the next.

/// What separates two texts, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::documents) enum Gap {
    Cell,
    Line,
    Paragraph,
}

/// A block of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::documents) enum Block {
    /// A paragraph or a heading.
    #[default]
    Paragraph,
    /// An item of a list, or a paragraph in one.
    Item,
}

/// What comes between the last text and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pending {
    #[default]
    Nothing,
    /// A paragraph ended inside a cell: a line, if the next one is in the same cell.
    InCell,
    /// An item ended: a line, if the next block is one too.
    AfterItem,
    Gap(Gap),
}

/// Decides what separates one block from the next.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    pending: Pending,
    block: Block,
    /// Whether the block has text.
    has_text: bool,
    /// Whether the last text was hidden, and a block ended since.
    hidden: Hidden,
    /// Tables that are open.
    tables: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Hidden {
    #[default]
    No,
    Last,
    BlockEnded,
}

impl Spacing {
    pub(super) fn has_text(&self) -> bool {
        self.has_text
    }

    pub(super) fn was_hidden(&self) -> bool {
        self.hidden == Hidden::Last
    }

    pub(super) fn begin(&mut self, block: Block) {
        self.block = block;
    }

    /// What comes before visible text.
    pub(super) fn before_text(&mut self) -> Option<Gap> {
        self.has_text = true;
        self.hidden = Hidden::No;
        match std::mem::take(&mut self.pending) {
            Pending::Nothing => None,
            Pending::InCell => Some(Gap::Line),
            Pending::AfterItem if self.block == Block::Item => Some(Gap::Line),
            Pending::AfterItem => Some(Gap::Paragraph),
            Pending::Gap(gap) => Some(gap),
        }
    }

    /// Whether a paragraph ended before hidden text, which then stands in the next one. It is answered once.
    pub(super) fn take_paragraph(&mut self) -> bool {
        let is_paragraph = self.pending == Pending::Gap(Gap::Paragraph);
        if is_paragraph {
            self.pending = Pending::Nothing;
        }
        is_paragraph
    }

    /// Whether a line break separates hidden text from hidden text before.
    pub(super) fn before_hidden(&mut self) -> bool {
        std::mem::replace(&mut self.hidden, Hidden::Last) == Hidden::BlockEnded
    }

    pub(super) fn end(&mut self) {
        if self.hidden == Hidden::Last {
            self.hidden = Hidden::BlockEnded;
        }
        let block = std::mem::take(&mut self.block);
        if std::mem::take(&mut self.has_text) {
            self.pending = match block {
                _ if self.tables > 0 => Pending::InCell,
                Block::Item => Pending::AfterItem,
                Block::Paragraph => Pending::Gap(Gap::Paragraph),
            };
        }
    }

    pub(super) fn begin_table(&mut self) {
        self.end();
        if self.tables == 0 && self.pending != Pending::Nothing {
            self.pending = Pending::Gap(Gap::Paragraph);
        }
        self.tables += 1;
    }

    pub(super) fn end_table(&mut self) {
        self.end();
        self.tables = self.tables.saturating_sub(1);
        self.at_least(if self.tables == 0 { Gap::Paragraph } else { Gap::Line });
    }

    pub(super) fn end_cell(&mut self) {
        self.end();
        if matches!(self.pending, Pending::Nothing | Pending::InCell) {
            self.pending = Pending::Gap(Gap::Cell);
        }
    }

    pub(super) fn end_row(&mut self) {
        self.end();
        self.at_least(Gap::Line);
    }

    fn at_least(&mut self, gap: Gap) {
        self.pending = match self.pending {
            Pending::Gap(pending) => Pending::Gap(pending.max(gap)),
            Pending::AfterItem => Pending::Gap(Gap::Paragraph),
            Pending::Nothing | Pending::InCell => Pending::Gap(gap),
        };
    }
}
