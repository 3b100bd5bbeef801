//! The name that each grammar rule has in a sentence.

use super::grammar::Rule;

/// How a sentence speaks of what a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A word of the language.
    Word(&'static str),
    /// A sign.
    Sign(&'static str),
    /// Something that is described.
    Part(&'static str),
    /// One of the operators.
    Operator,
    /// What may always follow and is not worth a word where something else is expected.
    Minor(&'static str),
    /// A word that opens an item.
    Item(&'static str),
    /// The end of the text.
    End,
    /// Never asked for by name.
    Nothing,
}

/// What a language code is called where nothing else is expected.
pub(super) const LANGUAGE: &str = "a language code such as `ru`";

/// What it is called beside other things: there it opens a label.
pub(super) const LABEL: &str = "a label such as `ru \"…\"`";

/// The words that open items, as the grammar knows them.
pub(super) const ITEM_WORDS: &[&str] = &[
    "policy",
    "amendment",
    "import",
    "source",
    "registry",
    "region",
    "unit",
    "calendar",
    "enum",
    "record",
    "facts",
    "as",
    "decision",
    "outcome",
    "reason",
    "assumption",
    "norm",
    "replace",
    "define",
    "case",
    "table",
    "scale",
    "rule",
    "exception",
    "notice",
    "suspend",
];

/// The words that are reserved in expressions.
pub(super) const HARD_WORDS: &[&str] =
    &["and", "or", "not", "is", "in", "where", "true", "false", "absent", "unavailable"];

/// Every word of the language.
pub(super) fn all_words() -> impl Iterator<Item = &'static str> {
    let soft = Rule::all_rules().iter().filter_map(|rule| match said(*rule) {
        Said::Word(word) if !word.contains(' ') => Some(word),
        Said::Word(_)
        | Said::Sign(_)
        | Said::Part(_)
        | Said::Operator
        | Said::Minor(_)
        | Said::Item(_)
        | Said::End
        | Said::Nothing => None,
    });
    soft.chain(HARD_WORDS.iter().copied()).chain(ITEM_WORDS.iter().copied())
}

/// What a rule is called.
pub(super) fn said(rule: Rule) -> Said {
    match rule {
        Rule::EOI => Said::End,
        Rule::name => Said::Part("a name"),
        Rule::path => Said::Part("a name such as `kz.registration`"),
        Rule::lang => Said::Part(LANGUAGE),
        Rule::label => Said::Part(LABEL),
        Rule::number => Said::Part("a number"),
        Rule::percent => Said::Part("a percentage"),
        Rule::date => Said::Part("a date such as `2025-11-30`"),
        Rule::text | Rule::odd_text | Rule::any_text => Said::Part("a text in double quotes"),
        Rule::bool_word => Said::Part("`true` or `false`"),
        Rule::state_word => Said::Part("`absent` or `unavailable`"),
        Rule::quantity => Said::Part("a number"),
        Rule::duration_unit | Rule::duration_word => Said::Part("a unit of time such as `years`"),
        Rule::unit_literal | Rule::unit_name => Said::Minor("a unit"),

        Rule::expr
        | Rule::sum_expr
        | Rule::operand
        | Rule::primary
        | Rule::reference
        | Rule::paren
        | Rule::list
        | Rule::round_call
        | Rule::prefix
        | Rule::minus
        | Rule::whole_expr => Said::Part("an expression"),
        Rule::infix | Rule::sum_infix | Rule::at_word | Rule::is_test | Rule::in_test | Rule::kw_is => Said::Operator,
        Rule::kw_not => Said::Word("not"),
        Rule::kw_in | Rule::scope_in => Said::Word("in"),
        Rule::kw_where | Rule::where_part => Said::Word("where"),
        Rule::set | Rule::cell_set => Said::Part("values in braces, `{ a, b }`"),
        Rule::field_access | Rule::dot => Said::Minor("`.`"),
        Rule::call_args | Rule::reason_args | Rule::open_paren => Said::Minor("`(`"),
        Rule::binder => Said::Minor("`NAME in`"),
        Rule::body_part | Rule::colon => Said::Sign(":"),
        Rule::otherwise_part | Rule::otherwise_clause | Rule::decision_otherwise => Said::Word("otherwise"),

        Rule::close_paren => Said::Sign(")"),
        Rule::open_bracket => Said::Sign("["),
        Rule::close_bracket => Said::Sign("]"),
        Rule::open_brace => Said::Sign("{"),
        Rule::close_brace => Said::Sign("}"),
        Rule::equals | Rule::value_clause | Rule::unit_value | Rule::norm_value => Said::Sign("="),
        Rule::bar => Said::Sign("|"),
        Rule::dots => Said::Sign(".."),
        Rule::above_sign => Said::Sign(">"),
        Rule::list_comma | Rule::comma => Said::Sign(","),

        Rule::type_expr
        | Rule::unit_type
        | Rule::list_of
        | Rule::duration_type
        | Rule::record_type
        | Rule::enum_type => Said::Part("a type"),
        Rule::unit_op => Said::Minor("`per`"),
        Rule::field | Rule::fields | Rule::some_fields => Said::Part("a field such as `birth_date: date`"),
        Rule::field_clause | Rule::field_at_least | Rule::norm_at_least => Said::Word("at least"),
        Rule::norm_at_most => Said::Word("at most"),
        Rule::field_from | Rule::scope_from | Rule::calendar_from | Rule::rows_from => Said::Word("from"),
        Rule::handler => Said::Word("if"),
        Rule::enum_value | Rule::enum_values | Rule::some_values => Said::Part("a value of the enum"),
        Rule::params => Said::Part("parameters such as `(age: integer)`"),
        Rule::param => Said::Part("a parameter such as `age: integer`"),

        Rule::scope | Rule::bound => Said::Part("a date such as `2025-11-30`"),
        Rule::scope_through | Rule::calendar_through => Said::Word("through"),
        Rule::scope_for => Said::Word("for"),
        Rule::for_each => Said::Word("for each"),
        Rule::source_clause => Said::Word("source"),
        Rule::when_clause => Said::Word("when"),
        Rule::unless_clause => Said::Word("unless"),
        Rule::condition => Said::Part("a condition"),
        Rule::decides_clause => Said::Word("decides"),
        Rule::keeping_clause => Said::Word("keeping exceptions"),
        Rule::over_clause => Said::Word("over"),
        Rule::languages_clause => Said::Word("languages"),
        Rule::leap_birthday_clause => Said::Word("leap_birthday"),
        Rule::month_end_clause => Said::Word("month_end"),
        Rule::reason_ref => Said::Part("the code of a reason"),
        Rule::open_clause => Said::Word("open"),
        Rule::one_of_clause => Said::Word("one of"),
        Rule::by_clause => Said::Word("by"),
        Rule::row => Said::Part("a row, `| … | … |`"),
        Rule::cell
        | Rule::cell_any
        | Rule::cell_compare
        | Rule::cell_op
        | Rule::cell_state
        | Rule::cell_value
        | Rule::whole_cell => Said::Part("a cell"),
        Rule::hit => Said::Minor("how rows are combined, such as `first`"),
        Rule::scale_of => Said::Word("of"),
        Rule::scale_band => Said::Word("up to"),
        Rule::scale_above => Said::Word("above rate"),
        Rule::decision_outcome => Said::Word("outcome"),
        Rule::output_clause => Said::Word("output"),
        Rule::ranking => Said::Part("the outcomes, the strongest first, with `>` between them"),
        Rule::case_clause => Said::Word("case"),
        Rule::notice_as => Said::Word("as"),
        Rule::notice_on => Said::Word("on"),
        Rule::calendar_weekend => Said::Word("weekend"),
        Rule::calendar_holidays => Said::Word("holidays"),
        Rule::calendar_workdays => Said::Word("workdays"),
        Rule::calendar_days => Said::Word("days"),
        Rule::region_node | Rule::regions | Rule::some_regions => Said::Part("a region"),
        Rule::facts_group => Said::Part("a group of facts, `NAME { … }`"),

        Rule::item | Rule::chunk | Rule::chunk_start => Said::Item("rule"),
        Rule::policy_item => Said::Item("policy"),
        Rule::amendment_item => Said::Item("amendment"),
        Rule::import_item => Said::Item("import"),
        Rule::source_item => Said::Item("source"),
        Rule::registry_item => Said::Item("registry"),
        Rule::region_item => Said::Item("region"),
        Rule::unit_item => Said::Item("unit"),
        Rule::calendar_item => Said::Item("calendar"),
        Rule::enum_item => Said::Item("enum"),
        Rule::record_item => Said::Item("record"),
        Rule::facts_item => Said::Item("facts"),
        Rule::as_of_item => Said::Item("as of"),
        Rule::decision_item => Said::Item("decision"),
        Rule::outcome_item => Said::Item("outcome"),
        Rule::reason_item => Said::Item("reason"),
        Rule::assumption_item => Said::Item("assumption"),
        Rule::norm_item => Said::Item("norm"),
        Rule::define_item => Said::Item("define"),
        Rule::case_item => Said::Item("case"),
        Rule::table_item => Said::Item("table"),
        Rule::scale_item => Said::Item("scale"),
        Rule::rule_item => Said::Item("rule"),
        Rule::exception_item => Said::Item("exception"),
        Rule::notice_item => Said::Item("notice"),
        Rule::suspend_item => Said::Item("suspend"),

        Rule::kw_policy => Said::Word("policy"),
        Rule::kw_amendment => Said::Word("amendment"),
        Rule::kw_import => Said::Word("import"),
        Rule::kw_source => Said::Word("source"),
        Rule::kw_registry => Said::Word("registry"),
        Rule::kw_region => Said::Word("region"),
        Rule::kw_unit => Said::Word("unit"),
        Rule::kw_calendar => Said::Word("calendar"),
        Rule::kw_enum => Said::Word("enum"),
        Rule::kw_record => Said::Word("record"),
        Rule::kw_facts => Said::Word("facts"),
        Rule::kw_as => Said::Word("as"),
        Rule::kw_decision => Said::Word("decision"),
        Rule::kw_outcome => Said::Word("outcome"),
        Rule::kw_reason => Said::Word("reason"),
        Rule::kw_assumption => Said::Word("assumption"),
        Rule::kw_norm => Said::Word("norm"),
        Rule::kw_replace => Said::Word("replace"),
        Rule::kw_define => Said::Word("define"),
        Rule::kw_case => Said::Word("case"),
        Rule::kw_table => Said::Word("table"),
        Rule::kw_scale => Said::Word("scale"),
        Rule::kw_rule => Said::Word("rule"),
        Rule::kw_exception => Said::Word("exception"),
        Rule::kw_notice => Said::Word("notice"),
        Rule::kw_suspend => Said::Word("suspend"),
        Rule::kw_to => Said::Word("to"),
        Rule::kw_over => Said::Word("over"),
        Rule::kw_languages => Said::Word("languages"),
        Rule::kw_leap_birthday => Said::Word("leap_birthday"),
        Rule::kw_month_end => Said::Word("month_end"),
        Rule::kw_from => Said::Word("from"),
        Rule::kw_through => Said::Word("through"),
        Rule::kw_for => Said::Word("for"),
        Rule::kw_each => Said::Word("each"),
        Rule::kw_when => Said::Word("when"),
        Rule::kw_unless => Said::Word("unless"),
        Rule::kw_if => Said::Word("if"),
        Rule::kw_then => Said::Word("then"),
        Rule::kw_means => Said::Word("means"),
        Rule::kw_else => Said::Word("else"),
        Rule::kw_at => Said::Word("at"),
        Rule::kw_least => Said::Word("least"),
        Rule::kw_most => Said::Word("most"),
        Rule::kw_by => Said::Word("by"),
        Rule::kw_of => Said::Word("of"),
        Rule::kw_otherwise => Said::Word("otherwise"),
        Rule::kw_open => Said::Word("open"),
        Rule::kw_keeping => Said::Word("keeping"),
        Rule::kw_exceptions => Said::Word("exceptions"),
        Rule::kw_afresh => Said::Word("afresh"),
        Rule::kw_decides => Said::Word("decides"),
        Rule::kw_on => Said::Word("on"),
        Rule::kw_output => Said::Word("output"),
        Rule::kw_above => Said::Word("above"),
        Rule::kw_below => Said::Word("below"),
        Rule::kw_up => Said::Word("up"),
        Rule::kw_rate => Said::Word("rate"),
        Rule::kw_one => Said::Word("one"),
        Rule::kw_days => Said::Word("days"),
        Rule::kw_weekend => Said::Word("weekend"),
        Rule::kw_holidays => Said::Word("holidays"),
        Rule::kw_workdays => Said::Word("workdays"),
        Rule::kw_list => Said::Word("list"),
        Rule::kw_duration => Said::Word("duration"),
        Rule::kw_per => Said::Word("per"),
        Rule::kw_working => Said::Word("working"),
        Rule::kw_round => Said::Word("round"),
        Rule::kw_down => Said::Word("down"),
        Rule::kw_unique => Said::Word("unique"),
        Rule::kw_first => Said::Word("first"),
        Rule::kw_sum => Said::Word("sum"),
        Rule::kw_min => Said::Word("min"),
        Rule::kw_max => Said::Word("max"),
        Rule::kw_count => Said::Word("count"),

        Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::blank
        | Rule::letter
        | Rule::name_char
        | Rule::hard
        | Rule::soft
        | Rule::no_colon
        | Rule::condition_word => Said::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, all_words, said};
    use crate::syntax::grammar::Rule;

    /// The words that the grammar file declares, and the words that sentences know, are the same.
    #[test]
    fn every_word_of_the_grammar_has_its_name() {
        let file = include_str!("../../grammar/keywords.pest");
        let mut declared = 0;
        for line in file.lines().filter(|l| l.starts_with("kw_")) {
            let word = line.split('"').nth(1).expect("a word in quotes");
            assert!(all_words().any(|w| w == word), "{word}");
            assert!(line.starts_with(&format!("kw_{word} ")), "{line}");
            declared += 1;
        }
        assert!(declared > 70);
        let known = Rule::all_rules().iter().filter(|r| matches!(said(**r), Said::Word(_))).count();
        assert!(known >= declared - 5);
    }
}
