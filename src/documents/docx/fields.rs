//! Fields: an instruction, which is not text, and its result, which is.

/// Where a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Instruction,
    Result,
}

/// The fields that are open, inside one another.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<Phase>,
    instructions: usize,
}

impl Fields {
    pub(super) fn begin(&mut self) {
        self.open.push(Phase::Instruction);
        self.instructions += 1;
    }

    pub(super) fn separate(&mut self) {
        if let Some(phase @ Phase::Instruction) = self.open.last_mut() {
            *phase = Phase::Result;
            self.instructions -= 1;
        }
    }

    pub(super) fn end(&mut self) {
        if self.open.pop() == Some(Phase::Instruction) {
            self.instructions -= 1;
        }
    }

    /// Whether text is part of an instruction.
    pub(super) fn is_instruction(&self) -> bool {
        self.instructions > 0
    }

    /// Ends instructions with their paragraph, so that a field that does not end hides no more than that.
    pub(super) fn end_paragraph(&mut self) {
        if self.instructions > 0 {
            self.open.retain(|phase| *phase == Phase::Result);
            self.instructions = 0;
        }
    }
}
