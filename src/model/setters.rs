//! Setters of option structs.

/// Methods `with_FIELD` that set one field and return the struct, so that options are built from their defaults.
macro_rules! setters {
    ($type:ident { $($method:ident: $field:ident: $value:ty,)* }) => {
        impl $type {
            $(
                #[doc = concat!("With this [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $method(mut self, $field: impl Into<$value>) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*
        }
    };
}

pub(crate) use setters;
