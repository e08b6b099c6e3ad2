//! What can be covered.

use std::fmt;

use cx_mock::schema::Reading;

/// One thing that a document says and that can be seen on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Unit {
    /// An operation that answered.
    Operation(String),
    /// Operation, status as documented, media type (empty for no body).
    Status(String, String, String),
    /// Operation and media type of a request.
    Request(String, String),
    /// A parameter of an operation, in one of its guises.
    Parameter(String, String, Guise),
    /// A known value of the schema at a pointer.
    EnumValue(Way, String, String),
    /// An object without a member that the schema at a pointer requires.
    Missing(Way, String, String),
    /// A request of an operation without a parameter that it requires.
    MissingParameter(String, String),
    /// A null where the schema at a pointer allows it.
    Nullable(Way, String),
    /// An example of an operation, by its pointer.
    Example(String, String),
}

/// How a parameter shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Guise {
    /// Given.
    Present,
    /// Left out, though it may be given.
    Absent,
    /// At the bound that this keyword sets.
    At(&'static str),
}

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    /// To the vendor.
    Request,
    /// From the vendor.
    Reply,
}

/// Units of one kind are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Operations that answered.
    Operations,
    /// Operation × documented status × media type.
    Statuses,
    /// Operation × media type of the request.
    Requests,
    /// Parameters present, absent, at each of their bounds.
    Parameters,
    /// Known values of parameters, requests and replies.
    EnumValues,
    /// Required parameters and members, missing.
    RequiredMissing,
    /// Nulls, each way.
    Nullables,
    /// Examples of parameters, requests and replies.
    Examples,
}

impl Kind {
    /// All kinds, in the order in which they are printed.
    pub const ALL: [Self; 8] = [
        Self::Operations,
        Self::Statuses,
        Self::Requests,
        Self::Parameters,
        Self::EnumValues,
        Self::RequiredMissing,
        Self::Nullables,
        Self::Examples,
    ];

    /// Its name in JSON and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Statuses => "statuses",
            Self::Requests => "requests",
            Self::Parameters => "parameters",
            Self::EnumValues => "enum_values",
            Self::RequiredMissing => "required_missing",
            Self::Nullables => "nullables",
            Self::Examples => "examples",
        }
    }

    /// The share of units that has to be covered, in percent.
    ///
    /// Our own documents are covered whole, but for what `exemptions.json` explains. What falls short of all is room for a
    /// new one: it may declare what no case is made for, such as a length beside a pattern, or a longer list than is made up.
    /// That is listed as a gap and closes the gate only where there is much of it. Operations, statuses and requests need no
    /// such room, because each has a case whatever its schemas say.
    pub fn threshold(self) -> usize {
        match self {
            Self::Operations | Self::Statuses | Self::Requests => 100,
            _ => 95,
        }
    }
}

impl Unit {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Operation(..) => Kind::Operations,
            Self::Status(..) => Kind::Statuses,
            Self::Request(..) => Kind::Requests,
            Self::Parameter(..) => Kind::Parameters,
            Self::EnumValue(..) => Kind::EnumValues,
            Self::Missing(..) | Self::MissingParameter(..) => Kind::RequiredMissing,
            Self::Nullable(..) => Kind::Nullables,
            Self::Example(..) => Kind::Examples,
        }
    }
}

impl Way {
    pub(super) fn reading(self) -> Reading {
        match self {
            Self::Request => Reading::Request,
            Self::Reply => Reading::Reply,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "a request",
            Self::Reply => "a reply",
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(id) => write!(f, "{id}: never answered"),
            Self::Status(id, status, media_type) if media_type.is_empty() => {
                write!(f, "{id}: {status} without a body")
            }
            Self::Status(id, status, media_type) => write!(f, "{id}: {status} as {media_type}"),
            Self::Request(id, media_type) => write!(f, "{id}: request as {media_type}"),
            Self::Parameter(id, name, Guise::Present) => write!(f, "{id}: parameter `{name}` given"),
            Self::Parameter(id, name, Guise::Absent) => write!(f, "{id}: parameter `{name}` left out"),
            Self::Parameter(id, name, Guise::At(keyword)) => write!(f, "{id}: parameter `{name}` at its {keyword}"),
            Self::EnumValue(way, pointer, value) => write!(f, "{pointer}: {value} in {way}"),
            Self::Missing(way, pointer, name) => write!(f, "{pointer}: {way} without `{name}`"),
            Self::MissingParameter(id, name) => write!(f, "{id}: a request without parameter `{name}`"),
            Self::Nullable(way, pointer) => write!(f, "{pointer}: null in {way}"),
            Self::Example(id, pointer) => write!(f, "{id}: the example at {pointer}"),
        }
    }
}
