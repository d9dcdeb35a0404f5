//! What is behind the text of a place: the page, a table, a cell, a shape.

use super::properties::{Fill, Ground};
use crate::documents::look::Rgb;
use crate::documents::xml::Element;

/// The grounds of the places that are open, inside one another.
#[derive(Debug)]
pub(super) struct Grounds {
    pub(super) page: Rgb,
    places: Vec<Ground>,
    /// Shapes that are open: what their text is on.
    shapes: Vec<Ground>,
}

impl Grounds {
    pub(super) fn new() -> Self {
        Self { page: Rgb::WHITE, places: Vec::new(), shapes: Vec::new() }
    }

    /// What is behind the text of the innermost place.
    pub(super) fn current(&self) -> Ground {
        self.places.last().copied().unwrap_or(Ground::Colour(self.page))
    }

    /// Opens a place on the ground of the one around it.
    pub(super) fn open(&mut self) {
        self.places.push(self.current());
    }

    /// Says what the innermost place has behind its text, if it has something of its own.
    pub(super) fn set(&mut self, ground: Option<Ground>) {
        if let (Some(place), Some(ground)) = (self.places.last_mut(), ground) {
            *place = ground;
        }
    }

    pub(super) fn close(&mut self) {
        self.places.pop();
    }

    /// Opens a shape of which nothing is known yet.
    pub(super) fn open_shape(&mut self) {
        self.shapes.push(Ground::Unknown);
    }

    /// Opens a shape of VML, which is white unless it says otherwise.
    pub(super) fn open_vml(&mut self, element: &Element<'_>) {
        let is_empty = element.is("filled", &["f", "false", "0"]);
        let colour = element.attribute("fillcolor");
        let name = colour.as_deref().map(|colour| colour.split(' ').next().unwrap_or_default());
        self.shapes.push(match name {
            _ if is_empty => Ground::Colour(self.page),
            None | Some("white" | "window") => Ground::Colour(Rgb::WHITE),
            Some("black") => Ground::Colour(Rgb::BLACK),
            Some(name) => Rgb::from_hex(name).map_or(Ground::Unknown, Ground::Colour),
        });
    }

    /// Says how the innermost shape is filled.
    pub(super) fn fill_shape(&mut self, fill: Fill) {
        let page = Ground::Colour(self.page);
        if let Some(shape) = self.shapes.last_mut() {
            *shape = match fill {
                Fill::None => page,
                Fill::Colour(colour) => Ground::Colour(colour),
                Fill::Other | Fill::Unsaid => Ground::Unknown,
            };
        }
    }

    pub(super) fn close_shape(&mut self) {
        self.shapes.pop();
    }

    /// Opens the text of the innermost shape.
    pub(super) fn open_box(&mut self) {
        self.places.push(self.shapes.last().copied().unwrap_or(Ground::Unknown));
    }
}
