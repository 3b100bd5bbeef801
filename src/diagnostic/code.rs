//! All diagnostic codes. A code is never reused for another finding.
//!
//! `E…` are errors, `W…` warnings. Hundreds by stage: 01 the text of a policy, 02 names and declarations, 03 types and
//! units, 04 scopes, versions and amendments, 05 definitions, norms and exceptions, 06 fact files, 07 loading and limits, 08 case
//! files, 09 explanations of wrong laws. Each has a page under `docs/codes/`, which `ereje explain-code` prints.

use super::severity::Severity;
use std::fmt;

macro_rules! codes {
    ($($code:ident $title:literal;)*) => {
        /// A diagnostic code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// All codes, sorted.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The title of the code's page.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }

            /// The code as written, `E0201`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// Its page, in Markdown.
            #[must_use]
            pub const fn page(self) -> &'static str {
                match self { $(Self::$code => include_str!(concat!("../../docs/codes/", stringify!($code), ".md")),)* }
            }
        }
    };
}

codes! {
    E0101 "this is not an item of the language";
    E0102 "a part of an item is missing or not understood";
    E0103 "a clause is written twice";
    E0104 "a name mixes scripts or looks like another";
    E0105 "a character that no name or text may hold";
    E0106 "a number or a date that cannot be read";
    E0107 "`and` mixed with `or` without parentheses, or a chained comparison";
    E0108 "nesting too deep";
    E0109 "a text is not closed, or an escape is not known";
    E0110 "a placeholder in a message cannot be read";

    E0201 "an unknown name";
    E0202 "a name is declared twice";
    E0203 "there is no policy, or more than one";
    E0204 "an amendment of a policy that is not there";
    E0205 "an item that may not stand here";
    E0206 "an outcome that the decision does not list";
    E0207 "a rule, exception or notice that is not there";
    E0208 "a reason is given the wrong number of values";
    E0209 "an outcome belongs to several decisions";
    E0210 "a decision that is not complete";
    E0211 "there is no governing date";
    E0212 "a CSV table that does not fit its declaration";
    E0213 "a placeholder that names nothing";
    E0214 "a version of the language that is not known";

    E0301 "a value of the wrong type";
    E0302 "units that do not agree";
    E0303 "an unknown unit";
    E0304 "durations of different kinds";
    E0305 "a quotient that has to be rounded";
    E0306 "a function is given the wrong values";
    E0307 "a value that must be constant";
    E0308 "a state of something that is not a fact";
    E0309 "a comparison that can never hold";
    E0310 "`is` or `in` with something that is no value of its type";

    E0401 "two versions of one name with equal claim";
    E0402 "a period that ends before it starts";
    E0403 "`replace` must say what becomes of the exceptions";
    E0404 "a version that replaces or suspends nothing";
    E0405 "a region in a policy without a place";
    E0406 "a cohort where none may stand";
    E0407 "versions that outrank one another in a circle";
    E0408 "the governing date depends on itself";
    E0409 "a masked fact tells the governing day or place";

    E0501 "a definition, norm or record that depends on itself";
    E0502 "exceptions that except one another in a circle";
    E0503 "a norm with no value where it is used";
    E0504 "a norm's value outside its bounds";
    E0505 "a definition without a case for everything else";
    E0506 "an exception to a definition needs a value, an exception to a rule has none";
    E0507 "an assumption without choices, or a default that is not among them";
    E0508 "a calendar that is not complete";
    E0509 "a definition that does not hold where something reads it";
    E0510 "two rows or cases that apply at once and differ";
    E0511 "bounds of a fact that leave no value, or a default outside them";

    E0601 "a fact file that cannot be read";
    E0602 "a key that the policy does not know";
    E0603 "a fact of the wrong type";
    E0604 "a value that is not on the list";
    E0605 "a date that does not exist";
    E0606 "a number that does not fit";
    E0607 "a key is written twice";
    E0608 "too few elements in a list";
    E0609 "a fact file past a limit";
    E0610 "an empty cell that nobody has given a meaning";
    E0611 "a value that the fact cannot have";
    E0612 "facts that the policy says are impossible";

    E0701 "a file that cannot be read";
    E0702 "a text that is not UTF-8, or holds what no text may hold";
    E0703 "a policy past a limit";
    E0704 "an import that is not there, or goes in a circle";
    E0705 "a path that leads out of what a policy may read";

    E0801 "a case file that cannot be read";
    E0802 "a key that a case file does not know";
    E0803 "a path that leads nowhere in the facts of a case";
    E0804 "two cases of one name";
    E0805 "days, values or cases that cannot be unfolded";
    E0806 "a case that asks what the policy does not know";
    E0807 "a table of cases that cannot be read";
    E0808 "an expectation that no decision can meet";

    E0901 "an explanation of a wrong law that cannot be read";
    E0902 "an explanation that explains nothing";

    W0201 "never used";
    W0202 "a translation is missing";
    W0203 "an outcome can rest on a fact that declares nothing";
    W0204 "`all` over a list that may be empty";
    W0205 "two headers declare a source of one name";
    W0206 "a rule or an exception without a condition";
    W0207 "a placeholder in a text that is no message";
    W0301 "months are added one after the other";
    W0302 "an age in arithmetic";
    W0303 "years are added to a date of birth";
    W0401 "a version that never holds";
    W0501 "two rows or cases that may apply at once and differ";
}

impl Code {
    /// The severity, which is the code's first letter.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.name().starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The code with a name such as `e0201`, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
