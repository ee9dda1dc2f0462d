//! Enumerations whose list of all values cannot lack one, because it is made with them. A property that
//! `all` forgot to reset would be a way to hide text.

/// Defines an enumeration without fields, with the list of its values.
macro_rules! listed {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All values, in the order of their definition.
            pub(crate) const ALL: [Self; [$(Self::$variant),*].len()] = [$(Self::$variant),*];
        }
    };
}

/// Defines an enumeration whose values may have a field of a listed type, with the list of its values.
macro_rules! listed_with_fields {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $(($field:ty))?,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($variant $(($field))?,)*
        }

        impl $name {
            /// Returns all values.
            pub(crate) fn all() -> Vec<Self> {
                let mut all = Vec::new();
                $(listed_with_fields!(@add all, $variant $(, $field)?);)*
                all
            }
        }
    };
    (@add $all:ident, $variant:ident) => { $all.push(Self::$variant) };
    (@add $all:ident, $variant:ident, $field:ty) => {
        $all.extend(<$field>::ALL.map(Self::$variant))
    };
}

pub(super) use {listed, listed_with_fields};
