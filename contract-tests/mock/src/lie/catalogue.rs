//! The lies by name.

use std::{fmt, str::FromStr};

/// Declares [`Lie`], so that a lie, its name and its words stand in one place.
macro_rules! lies {
    ($($(#[doc = $about:literal])+ $lie:ident = $name:literal,)+) => {
        /// One way in which a mock vendor departs from its document.
        ///
        /// A vendor tells at most one lie about an operation, so that whoever is to notice it can be asked which it was.
        /// Each has a name that stays: `cargo xtask mock --list-lies` prints them, [`Lie::from_str`] reads them.
        ///
        /// ```
        /// use cx_mock::Lie;
        /// let lie: Lie = "missing-member".parse()?;
        /// assert_eq!(lie, Lie::MissingMember);
        /// assert!(Lie::ALL.iter().all(|lie| lie.name().parse() == Ok(*lie)));
        /// # Ok::<(), cx_mock::UnknownLie>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Lie {
            $($(#[doc = $about])+ $lie,)+
        }

        impl Lie {
            /// All of them, in the order in which they are declared.
            pub const ALL: &'static [Lie] = &[$(Self::$lie,)+];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$lie => $name,)+
                }
            }

            /// What it does, in one sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$lie => concat!($($about,)+).trim_ascii(),)+
                }
            }
        }
    };
}

lies! {
    /// A success with a status that is not documented.
    OtherSuccess = "other-success",
    /// A redirect that is not documented.
    Redirect = "redirect",
    /// A 4xx that is not documented.
    ClientError = "client-error",
    /// A 5xx that is not documented.
    ServerError = "server-error",

    /// The body under a media type that is not documented.
    OtherMediaType = "other-media-type",
    /// A page of HTML where the document promises something else.
    HtmlPage = "html-page",
    /// A body without a content type.
    NoMediaType = "no-media-type",

    /// No body where one is documented.
    MissingBody = "missing-body",
    /// A body where none is documented.
    UnexpectedBody = "unexpected-body",
    /// JSON that ends too early.
    CutBody = "cut-body",
    /// The body as a member of an object that the document does not have.
    WrappedBody = "wrapped-body",
    /// The body as the only item of a list.
    ListedBody = "listed-body",

    /// Without a member that is required.
    MissingMember = "missing-member",
    /// A member under another name.
    RenamedMember = "renamed-member",
    /// A member that the document does not have, at the top.
    ExtraMember = "extra-member",
    /// A member that the document does not have, further down.
    ExtraNestedMember = "extra-nested-member",
    /// Null where the document forbids it.
    NullMember = "null-member",
    /// Null as an item of a list that has none.
    NullItem = "null-item",

    /// A number as text.
    NumberAsText = "number-as-text",
    /// Text as a number.
    TextAsNumber = "text-as-number",
    /// True or false as text.
    FlagAsText = "flag-as-text",
    /// True or false as 1 or 0.
    FlagAsNumber = "flag-as-number",
    /// A plain value as a member of an object.
    ScalarAsObject = "scalar-as-object",
    /// A plain value as the only item of a list.
    ScalarAsList = "scalar-as-list",
    /// An object as the only item of a list.
    ObjectAsList = "object-as-list",
    /// An object as text.
    ObjectAsText = "object-as-text",
    /// A list as an object with its indices for names.
    ListAsObject = "list-as-object",
    /// A list as text, its items parted by commas.
    ListAsText = "list-as-text",
    /// A whole number with a fraction.
    Fraction = "fraction",

    /// A value that its enumeration does not have.
    UnknownValue = "unknown-value",
    /// A value of an enumeration in capitals.
    OtherCase = "other-case",
    /// Text that is not of its format.
    BadFormat = "bad-format",
    /// A number below its minimum.
    TooSmall = "too-small",
    /// A number above its maximum.
    TooLarge = "too-large",
    /// A whole number outside the range of its format.
    TooWide = "too-wide",

    /// Without a header that is required.
    MissingHeader = "missing-header",
    /// Words in a header that is a number.
    BadHeader = "bad-header",
    /// A header that is not documented.
    ExtraHeader = "extra-header",

    /// Requests that break the document are answered as if they did not.
    AcceptsAnything = "accepts-anything",
    /// Missing and wrong credentials do no harm.
    IgnoresCredentials = "ignores-credentials",
    /// A 405 does not say which methods there are.
    NoAllow = "no-allow",
    /// What is created cannot be found afterwards. Needs a memory.
    ForgetsCreated = "forgets-created",
    /// What is deleted stays. Needs a memory.
    KeepsDeleted = "keeps-deleted",
}

impl fmt::Display for Lie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no [`Lie`] has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no lie is called `{0}`")]
pub struct UnknownLie(String);

impl FromStr for Lie {
    type Err = UnknownLie;

    fn from_str(name: &str) -> Result<Self, UnknownLie> {
        Self::ALL.iter().copied().find(|lie| lie.name() == name).ok_or_else(|| UnknownLie(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let mut names: Vec<&str> = Lie::ALL.iter().map(|lie| lie.name()).collect();
        assert!(Lie::ALL.iter().all(|lie| lie.name().parse() == Ok(*lie)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Lie::ALL.len());
        assert_eq!("none".parse::<Lie>().unwrap_err().to_string(), "no lie is called `none`");
        assert_eq!(Lie::NoMediaType.about(), "A body without a content type.");
    }
}
