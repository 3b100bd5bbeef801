//! The shortest form of each item, for help lines about an item that cannot be read.

/// The form of the item that a keyword opens. Parts in capitals are placeholders.
pub(super) fn form(word: &str) -> Option<&'static str> {
    Some(match word {
        "policy" => "policy NAME in REGION from DATE",
        "amendment" => "amendment NAME to POLICY from DATE",
        "import" => "import \"FOLDER\"",
        "source" => "source NAME = \"TITLE\"",
        "registry" => "registry NAME if unavailable then OUTCOME CODE",
        "region" => "region NAME { REGION, REGION }",
        "unit" => "unit NAME = NUMBER UNIT",
        "calendar" => "calendar NAME from DATE through DATE weekend DAY, DAY holidays DATE, DATE",
        "enum" => "enum NAME { VALUE, VALUE }",
        "record" => "record NAME { FIELD: TYPE, FIELD: TYPE }",
        "facts" => "facts NAME { FACT: TYPE, FACT: TYPE }",
        "as" => "as of DATE in REGION",
        "decision" => "decision NAME OUTCOME > OUTCOME otherwise OUTCOME",
        "calculation" => "calculation NAME output NAME: TYPE = EXPRESSION",
        "outcome" => "outcome NAME of DECISION above OUTCOME",
        "output" => "output NAME of DECISION: TYPE = EXPRESSION",
        "reason" => "reason CODE en \"MESSAGE\"",
        "assumption" => "assumption NAME: TYPE = VALUE one of { VALUE, VALUE }",
        "norm" => "norm NAME: TYPE = VALUE in REGION from DATE",
        "replace" => "replace rule NAME OUTCOME CODE when CONDITION afresh",
        "define" => "define NAME = EXPRESSION",
        "case" => "case LABEL of DEFINITION = VALUE when CONDITION",
        "table" => "table NAME: TYPE by EXPRESSION | CONDITION | VALUE |",
        "scale" => "scale NAME: TYPE of AMOUNT up to BOUND rate RATE above rate RATE",
        "rule" => "rule NAME OUTCOME CODE when CONDITION",
        "impossible" => "impossible NAME when CONDITION en \"MESSAGE\"",
        "exception" => "exception NAME to RULE when CONDITION",
        "notice" => "notice CODE on OUTCOME when CONDITION",
        "suspend" => "suspend rule NAME in REGION from DATE",
        _ => return None,
    })
}

/// The form of one element in braces of the item that a keyword opens.
pub(super) fn element_form(word: &str) -> Option<&'static str> {
    Some(match word {
        "facts" | "record" => "NAME: TYPE from REGISTRY if absent then OUTCOME CODE",
        "enum" => "NAME ru \"LABEL\"",
        "region" => "NAME { REGION, REGION }",
        _ => return None,
    })
}

/// True if the item that a keyword opens has `source` clauses, or has parts with such clauses.
pub(super) fn takes_sources(word: &str) -> bool {
    !matches!(
        word,
        "import"
            | "source"
            | "region"
            | "unit"
            | "calendar"
            | "enum"
            | "as"
            | "decision"
            | "calculation"
            | "outcome"
            | "output"
            | "reason"
    )
}

#[cfg(test)]
mod tests {
    use super::{element_form, form};
    use crate::source::Sources;
    use crate::syntax::parse;
    use crate::syntax::rule_names::ITEM_WORDS;

    fn reads(form: &str) {
        let text = form.replace("NUMBER", "1").replace("RATE", "10%").replace("from DATE", "from 2026-01-01");
        let text = text.replace("through DATE", "through 2026-01-01").replace("DATE, DATE", "2026-01-01");
        let mut sources = Sources::new();
        let file = sources.add("form", text);
        let (tree, errors) = parse(&sources, file);
        assert!(errors.is_empty() && tree.items.len() == 1, "{form}: {errors:?}");
    }

    #[test]
    fn every_item_has_a_form_that_can_be_read() {
        for word in ITEM_WORDS {
            reads(form(word).expect("a form"));
        }
        for word in ["facts", "record", "enum", "region"] {
            reads(&format!("{word} A {{ {} }}", element_form(word).expect("a form")));
        }
    }
}
