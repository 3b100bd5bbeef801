//! The name of each grammar rule in a sentence.

use super::grammar::Rule;

/// The words for what a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    /// A word of the language.
    Word(&'static str),
    /// A sign.
    Sign(&'static str),
    /// A description.
    Part(&'static str),
    /// One of the operators.
    Operator,
    /// Something that may always follow; named only if nothing else is expected.
    Minor(&'static str),
    /// A word that opens an item.
    Item(&'static str),
    /// The end of the text.
    End,
    /// Never named.
    Nothing,
}

/// The words for a language code if nothing else is expected.
pub(super) const LANGUAGE: &str = "a language code such as `ru`";

/// The words for a language code among others: there it begins a label.
pub(super) const LABEL: &str = "a label such as `ru \"…\"`";

/// The words that open items in the grammar.
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
    "calculation",
    "outcome",
    "output",
    "reason",
    "assumption",
    "norm",
    "replace",
    "define",
    "case",
    "table",
    "scale",
    "rule",
    "impossible",
    "exception",
    "notice",
    "suspend",
];

/// The words that are reserved in expressions.
pub(super) const HARD_WORDS: &[&str] =
    &["and", "or", "not", "is", "in", "where", "true", "false", "absent", "unavailable"];

/// Every word of the language.
pub(super) fn all_words() -> impl Iterator<Item = &'static str> {
    let soft = Rule::all_rules().iter().filter_map(|rule| match wording(*rule) {
        Wording::Word(word) if !word.contains(' ') => Some(word),
        Wording::Word(_)
        | Wording::Sign(_)
        | Wording::Part(_)
        | Wording::Operator
        | Wording::Minor(_)
        | Wording::Item(_)
        | Wording::End
        | Wording::Nothing => None,
    });
    soft.chain(HARD_WORDS.iter().copied()).chain(ITEM_WORDS.iter().copied())
}

/// The words for a rule.
pub(super) fn wording(rule: Rule) -> Wording {
    match rule {
        Rule::EOI => Wording::End,
        Rule::name => Wording::Part("a name"),
        Rule::path => Wording::Part("a name such as `kz.registration`"),
        Rule::lang => Wording::Part(LANGUAGE),
        Rule::label => Wording::Part(LABEL),
        Rule::number => Wording::Part("a number"),
        Rule::percent => Wording::Part("a percentage"),
        Rule::date => Wording::Part("a date such as `2025-11-30`"),
        Rule::text | Rule::odd_text | Rule::any_text => Wording::Part("a text in double quotes"),
        Rule::bool_word => Wording::Part("`true` or `false`"),
        Rule::state_word => Wording::Part("`absent` or `unavailable`"),
        Rule::quantity => Wording::Part("a number"),
        Rule::duration_unit | Rule::duration_word => Wording::Part("a unit of time such as `years`"),
        Rule::unit_literal | Rule::unit_name => Wording::Minor("a unit"),

        Rule::expr
        | Rule::sum_expr
        | Rule::operand
        | Rule::primary
        | Rule::reference
        | Rule::paren
        | Rule::list
        | Rule::round_call
        | Rule::period_call
        | Rule::record_value
        | Rule::prefix
        | Rule::minus
        | Rule::whole_expr => Wording::Part("an expression"),
        Rule::infix | Rule::sum_infix | Rule::at_word | Rule::is_test | Rule::in_test | Rule::kw_is | Rule::kw_and => {
            Wording::Operator
        }
        Rule::kw_not => Wording::Word("not"),
        Rule::kw_in | Rule::scope_in => Wording::Word("in"),
        Rule::kw_where | Rule::where_part => Wording::Word("where"),
        Rule::set | Rule::cell_set => Wording::Part("values in braces, `{ a, b }`"),
        Rule::record_part => Wording::Part("a field with its value, such as `rate: 5%`"),
        Rule::field_access | Rule::dot => Wording::Minor("`.`"),
        Rule::record_open => Wording::Minor("`{`"),
        Rule::call_args | Rule::reason_args | Rule::open_paren => Wording::Minor("`(`"),
        Rule::binder => Wording::Minor("`NAME in`"),
        Rule::body_part | Rule::colon => Wording::Sign(":"),
        Rule::otherwise_part | Rule::otherwise_clause | Rule::table_otherwise | Rule::decision_otherwise => {
            Wording::Word("otherwise")
        }

        Rule::close_paren => Wording::Sign(")"),
        Rule::open_bracket => Wording::Sign("["),
        Rule::close_bracket => Wording::Sign("]"),
        Rule::open_brace => Wording::Sign("{"),
        Rule::close_brace => Wording::Sign("}"),
        Rule::equals | Rule::value_clause | Rule::unit_value | Rule::norm_value => Wording::Sign("="),
        Rule::bar => Wording::Sign("|"),
        Rule::dots => Wording::Sign(".."),
        Rule::dots_below => Wording::Sign("..<"),
        Rule::above_sign => Wording::Sign(">"),
        Rule::list_comma | Rule::comma => Wording::Sign(","),

        Rule::type_expr
        | Rule::unit_type
        | Rule::list_of
        | Rule::duration_type
        | Rule::record_type
        | Rule::enum_type => Wording::Part("a type"),
        Rule::unit_op => Wording::Minor("`per`"),
        Rule::field | Rule::fields | Rule::some_fields => Wording::Part("a field such as `birth_date: date`"),
        Rule::field_clause | Rule::at_least => Wording::Word("at least"),
        Rule::at_most => Wording::Word("at most"),
        Rule::field_from | Rule::scope_from | Rule::calendar_from | Rule::rows_from | Rule::period_from => {
            Wording::Word("from")
        }
        Rule::over_time => Wording::Minor("`over time`"),
        Rule::field_masked | Rule::kw_masked => Wording::Word("masked"),
        Rule::handler => Wording::Word("if"),
        Rule::enum_value | Rule::enum_values | Rule::some_values => Wording::Part("a value of the enum"),
        Rule::params => Wording::Part("parameters such as `(age: integer)`"),
        Rule::param => Wording::Part("a parameter such as `age: integer`"),

        Rule::scope | Rule::bound => Wording::Part("a date such as `2025-11-30`"),
        Rule::scope_through | Rule::calendar_through | Rule::period_through => Wording::Word("through"),
        Rule::scope_for => Wording::Word("for"),
        Rule::for_each => Wording::Word("for each"),
        Rule::source_clause => Wording::Word("source"),
        Rule::when_clause => Wording::Word("when"),
        Rule::unless_clause => Wording::Word("unless"),
        Rule::condition => Wording::Part("a condition"),
        Rule::decides_clause => Wording::Word("decides"),
        Rule::keeping_clause => Wording::Word("keeping exceptions"),
        Rule::over_clause => Wording::Word("over"),
        Rule::language_clause => Wording::Word("language"),
        Rule::languages_clause => Wording::Word("languages"),
        Rule::leap_birthday_clause => Wording::Word("leap_birthday"),
        Rule::month_end_clause => Wording::Word("month_end"),
        Rule::reason_ref => Wording::Part("the code of a reason"),
        Rule::open_clause => Wording::Word("open"),
        Rule::one_of_clause => Wording::Word("one of"),
        Rule::letter_clause => Wording::Word("letter"),
        Rule::by_clause | Rule::key_clause => Wording::Word("by"),
        Rule::row => Wording::Part("a row, `| … | … |`"),
        Rule::cell
        | Rule::cell_any
        | Rule::cell_compare
        | Rule::cell_op
        | Rule::cell_state
        | Rule::cell_value
        | Rule::whole_cell => Wording::Part("a cell"),
        Rule::hit => Wording::Minor("how rows are combined, such as `first`"),
        Rule::scale_of => Wording::Word("of"),
        Rule::scale_band => Wording::Word("up to"),
        Rule::scale_above => Wording::Word("above rate"),
        Rule::decision_outcome => Wording::Word("outcome"),
        Rule::output_clause => Wording::Word("output"),
        Rule::tied_clause => Wording::Word("tied"),
        Rule::ranking => Wording::Part("the outcomes, the strongest first, with `>` between them"),
        Rule::case_clause => Wording::Word("case"),
        Rule::notice_as => Wording::Word("as"),
        Rule::notice_on => Wording::Word("on"),
        Rule::calendar_weekend => Wording::Word("weekend"),
        Rule::calendar_holidays => Wording::Word("holidays"),
        Rule::calendar_workdays => Wording::Word("workdays"),
        Rule::calendar_days => Wording::Word("days"),
        Rule::decimal_comma => Wording::Minor("`decimal comma`"),
        Rule::day_first => Wording::Minor("`day first`"),
        Rule::region_node | Rule::regions | Rule::some_regions => Wording::Part("a region"),
        Rule::facts_group => Wording::Part("a group of facts, `NAME { … }`"),
        Rule::facts_silence => Wording::Word("if"),

        Rule::item | Rule::chunk | Rule::chunk_start => Wording::Item("rule"),
        Rule::policy_item => Wording::Item("policy"),
        Rule::amendment_item => Wording::Item("amendment"),
        Rule::import_item => Wording::Item("import"),
        Rule::source_item => Wording::Item("source"),
        Rule::registry_item => Wording::Item("registry"),
        Rule::region_item => Wording::Item("region"),
        Rule::unit_item => Wording::Item("unit"),
        Rule::calendar_item => Wording::Item("calendar"),
        Rule::enum_item => Wording::Item("enum"),
        Rule::record_item => Wording::Item("record"),
        Rule::facts_item => Wording::Item("facts"),
        Rule::as_of_item => Wording::Item("as of"),
        Rule::decision_item => Wording::Item("decision"),
        Rule::calculation_item => Wording::Item("calculation"),
        Rule::outcome_item => Wording::Item("outcome"),
        Rule::output_item => Wording::Item("output"),
        Rule::reason_item => Wording::Item("reason"),
        Rule::assumption_item => Wording::Item("assumption"),
        Rule::norm_item => Wording::Item("norm"),
        Rule::define_item => Wording::Item("define"),
        Rule::case_item => Wording::Item("case"),
        Rule::table_item => Wording::Item("table"),
        Rule::scale_item => Wording::Item("scale"),
        Rule::rule_item => Wording::Item("rule"),
        Rule::impossible_item => Wording::Item("impossible"),
        Rule::exception_item => Wording::Item("exception"),
        Rule::notice_item => Wording::Item("notice"),
        Rule::suspend_item => Wording::Item("suspend"),

        Rule::kw_policy => Wording::Word("policy"),
        Rule::kw_amendment => Wording::Word("amendment"),
        Rule::kw_import => Wording::Word("import"),
        Rule::kw_source => Wording::Word("source"),
        Rule::kw_registry => Wording::Word("registry"),
        Rule::kw_region => Wording::Word("region"),
        Rule::kw_unit => Wording::Word("unit"),
        Rule::kw_calendar => Wording::Word("calendar"),
        Rule::kw_enum => Wording::Word("enum"),
        Rule::kw_record => Wording::Word("record"),
        Rule::kw_facts => Wording::Word("facts"),
        Rule::kw_as => Wording::Word("as"),
        Rule::kw_decision => Wording::Word("decision"),
        Rule::kw_calculation => Wording::Word("calculation"),
        Rule::kw_outcome => Wording::Word("outcome"),
        Rule::kw_reason => Wording::Word("reason"),
        Rule::kw_assumption => Wording::Word("assumption"),
        Rule::kw_norm => Wording::Word("norm"),
        Rule::kw_replace => Wording::Word("replace"),
        Rule::kw_define => Wording::Word("define"),
        Rule::kw_case => Wording::Word("case"),
        Rule::kw_table => Wording::Word("table"),
        Rule::kw_scale => Wording::Word("scale"),
        Rule::kw_rule => Wording::Word("rule"),
        Rule::kw_impossible => Wording::Word("impossible"),
        Rule::kw_exception => Wording::Word("exception"),
        Rule::kw_notice => Wording::Word("notice"),
        Rule::kw_suspend => Wording::Word("suspend"),
        Rule::kw_to => Wording::Word("to"),
        Rule::kw_over => Wording::Word("over"),
        Rule::kw_language => Wording::Word("language"),
        Rule::kw_languages => Wording::Word("languages"),
        Rule::kw_leap_birthday => Wording::Word("leap_birthday"),
        Rule::kw_month_end => Wording::Word("month_end"),
        Rule::kw_from => Wording::Word("from"),
        Rule::kw_through => Wording::Word("through"),
        Rule::kw_for => Wording::Word("for"),
        Rule::kw_each => Wording::Word("each"),
        Rule::kw_when => Wording::Word("when"),
        Rule::kw_unless => Wording::Word("unless"),
        Rule::kw_if => Wording::Word("if"),
        Rule::kw_then => Wording::Word("then"),
        Rule::kw_means => Wording::Word("means"),
        Rule::kw_else => Wording::Word("else"),
        Rule::kw_at => Wording::Word("at"),
        Rule::kw_least => Wording::Word("least"),
        Rule::kw_most => Wording::Word("most"),
        Rule::kw_by => Wording::Word("by"),
        Rule::kw_of => Wording::Word("of"),
        Rule::kw_otherwise => Wording::Word("otherwise"),
        Rule::kw_open => Wording::Word("open"),
        Rule::kw_keeping => Wording::Word("keeping"),
        Rule::kw_exceptions => Wording::Word("exceptions"),
        Rule::kw_afresh => Wording::Word("afresh"),
        Rule::kw_decides => Wording::Word("decides"),
        Rule::kw_on => Wording::Word("on"),
        Rule::kw_output => Wording::Word("output"),
        Rule::kw_tied => Wording::Word("tied"),
        Rule::kw_above => Wording::Word("above"),
        Rule::kw_below => Wording::Word("below"),
        Rule::kw_up => Wording::Word("up"),
        Rule::kw_rate => Wording::Word("rate"),
        Rule::kw_one => Wording::Word("one"),
        Rule::kw_letter => Wording::Word("letter"),
        Rule::kw_days => Wording::Word("days"),
        Rule::kw_weekend => Wording::Word("weekend"),
        Rule::kw_holidays => Wording::Word("holidays"),
        Rule::kw_workdays => Wording::Word("workdays"),
        Rule::kw_decimal => Wording::Word("decimal"),
        Rule::kw_comma => Wording::Word("comma"),
        Rule::kw_day => Wording::Word("day"),
        Rule::kw_list => Wording::Word("list"),
        Rule::kw_duration => Wording::Word("duration"),
        Rule::kw_per => Wording::Word("per"),
        Rule::kw_working => Wording::Word("working"),
        Rule::kw_round => Wording::Word("round"),
        Rule::kw_down => Wording::Word("down"),
        Rule::kw_even => Wording::Word("even"),
        Rule::kw_period => Wording::Word("period"),
        Rule::kw_unique => Wording::Word("unique"),
        Rule::kw_first => Wording::Word("first"),
        Rule::kw_sum => Wording::Word("sum"),
        Rule::kw_min => Wording::Word("min"),
        Rule::kw_max => Wording::Word("max"),
        Rule::kw_count => Wording::Word("count"),

        Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::blank
        | Rule::letter
        | Rule::name_char
        | Rule::hard
        | Rule::hard_word
        | Rule::csv_form
        | Rule::reserved
        | Rule::reserved_field
        | Rule::output_start
        | Rule::output_each
        | Rule::item_word
        | Rule::soft
        | Rule::no_colon
        | Rule::condition_word => Wording::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::{Wording, all_words, wording};
    use crate::syntax::grammar::Rule;

    /// The grammar and the sentences have the same words.
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
        let known = Rule::all_rules().iter().filter(|r| matches!(wording(**r), Wording::Word(_))).count();
        assert!(known >= declared - 5);
    }
}
