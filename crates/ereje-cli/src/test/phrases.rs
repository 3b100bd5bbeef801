//! The fixed sentences about cases that were run, by language. `{a}` and `{b}` stand for what is put in.

use ereje_review::phrases::{self as spoken, Translations};

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct TestPhrases {
    /// Theirs.
    language: &'static str,
    /// One and several cases; empty where the sentences have them.
    case: (&'static str, &'static str),
    pub(super) not_as_expected: &'static str,
    pub(super) at: &'static str,
    /// A part of a decision, what is expected of it, and what came out.
    pub(super) difference: &'static str,
    pub(super) policy_has_errors: &'static str,
    pub(super) needed: &'static str,
    pub(super) blocked: &'static str,
    pub(super) faults: &'static str,
    pub(super) unknown: &'static str,
    pub(super) none_run: &'static str,
    pub(super) all_as_expected: &'static str,
    /// Of one case, of several.
    pub(super) some_are_not: [&'static str; 2],
    pub(super) errors_above: &'static str,
}

impl TestPhrases {
    /// `6 cases`, or the number alone where the sentences say what it counts.
    pub(super) fn counted_cases(&self, number: usize) -> String {
        spoken::counted(self.language, number as u64, self.case)
    }

    /// A number as the language groups it.
    pub(super) fn count(&self, number: usize) -> String {
        spoken::count(self.language, number as u64)
    }
}

/// The sentences of a language; the English ones if it has none.
pub(super) fn phrases(language: &str) -> &'static TestPhrases {
    PHRASES.of(language)
}

static PHRASES: Translations<TestPhrases> = Translations {
    en: TestPhrases {
        language: "en",
        case: ("case", "cases"),
        not_as_expected: "not as expected",
        at: "at {a}",
        difference: "{a}: expected {b}, got {c}",
        policy_has_errors: "the policy has errors under the assumptions of this case",
        needed: "still needed: {a}",
        blocked: "in the way: {a}",
        faults: "went wrong: {a}",
        unknown: "not known: {a}",
        none_run: "no case was run",
        all_as_expected: "{a}: all as expected",
        some_are_not: ["{a}: {b} is not as expected", "{a}: {b} are not as expected"],
        errors_above: "; errors are reported above",
    },
    ru: TestPhrases {
        language: "ru",
        case: ("", ""),
        not_as_expected: "не совпало с ожидаемым",
        at: "место: {a}",
        difference: "{a}: ожидалось {b}, получено {c}",
        policy_has_errors: "при допущениях этого примера в правилах есть ошибки",
        needed: "ещё требуется узнать: {a}",
        blocked: "мешает решить: {a}",
        faults: "ошибка: {a}",
        unknown: "не известно: {a}",
        none_run: "Контрольных примеров: {a}; ни один не проверен",
        all_as_expected: "Контрольных примеров: {a}; все совпали с ожидаемым",
        some_are_not: ["Контрольных примеров: {a}; не совпало с ожидаемым: {b}"; 2],
        errors_above: "; об ошибках сказано выше",
    },
    kk: TestPhrases {
        language: "kk",
        case: ("", ""),
        not_as_expected: "күтілгенге сай емес",
        at: "орны: {a}",
        difference: "{a}: күтілгені {b}, шыққаны {c}",
        policy_has_errors: "осы мысалдың болжамдарымен қағидаларда қателер бар",
        needed: "қосымша мәлімет қажет: {a}",
        blocked: "шешім қабылдауға кедергі: {a}",
        faults: "қате: {a}",
        unknown: "белгісіз: {a}",
        none_run: "Бақылау мысалдарының саны: {a}; бірде-біреуі тексерілген жоқ",
        all_as_expected: "Бақылау мысалдарының саны: {a}; барлығы күтілгенге сай",
        some_are_not: ["Бақылау мысалдарының саны: {a}; күтілгенге сай еместері: {b}"; 2],
        errors_above: "; қателер жоғарыда айтылған",
    },
    vi: TestPhrases {
        language: "vi",
        case: ("", ""),
        not_as_expected: "không như dự kiến",
        at: "tại {a}",
        difference: "{a}: dự kiến {b}, nhận được {c}",
        policy_has_errors: "với các giả định của ca này, các quy định có lỗi",
        needed: "còn cần biết: {a}",
        blocked: "điều cản trở: {a}",
        faults: "lỗi: {a}",
        unknown: "chưa biết: {a}",
        none_run: "Số ca kiểm tra: {a}; chưa ca nào được chạy",
        all_as_expected: "Số ca kiểm tra: {a}; tất cả như dự kiến",
        some_are_not: ["Số ca kiểm tra: {a}; không như dự kiến: {b}"; 2],
        errors_above: "; các lỗi đã nêu ở trên",
    },
};
