//! The fixed sentences of a review, by language. `{a}`, `{b}` and `{c}` stand for what is put in.
//!
//! The sections of a snapshot have their names in the file in English, whatever its language; a report tells them in its own.

use ereje_review::phrases::{self as spoken, Translations, say};
use ereje_review::review::Section;

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct ReviewPhrases {
    /// Theirs.
    language: &'static str,
    /// One and several: case, further case, line, decision, acceptance. Empty where the sentences have them.
    nouns: [(&'static str, &'static str); 5],
    pub(super) heading: &'static str,
    /// What changed: what is decided, the case itself, the explanation.
    pub(super) changes: [&'static str; 3],
    pub(super) the_same_in: &'static str,
    pub(super) not_as_expected: &'static str,
    pub(super) more_cases: &'static str,
    pub(super) beside: &'static str,
    pub(super) renamed: &'static str,
    pub(super) was: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) unreadable_title: &'static str,
    pub(super) new: &'static str,
    pub(super) gone: &'static str,
    pub(super) split_into: &'static str,
    pub(super) as_accepted: &'static str,
    pub(super) as_accepted_title: &'static str,
    pub(super) accepted_by: &'static str,
    pub(super) accepted_by_nobody: &'static str,
    pub(super) not_reviewed: &'static str,
    pub(super) acceptances: &'static str,
    /// How many are changed, renamed, new, gone, unreadable, not reviewed, the same.
    counts: [&'static str; 7],
    pub(super) all_as_accepted: &'static str,
    pub(super) errors_above: &'static str,
    pub(super) no_acceptance: &'static str,
    pub(super) accepted_on: &'static str,
    pub(super) accepted_from_to: &'static str,
    pub(super) accepted_times: &'static str,
    /// Why a decision has fewer acceptances: it changed, its snapshot is of another decision, there is none, it cannot be read.
    pub(super) changed_since: &'static str,
    pub(super) decided_otherwise: &'static str,
    pub(super) no_snapshot: &'static str,
    pub(super) unreadable_snapshot: &'static str,
    pub(super) decisions: &'static str,
    pub(super) with_none: &'static str,
    pub(super) with_some: &'static str,
    /// The case, what is decided, messages, numbers without end, why, what does not apply.
    sections: [&'static str; 6],
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Case,
    FurtherCase,
    Line,
    Decision,
    Acceptance,
}

/// What a case can be found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Changed,
    Renamed,
    New,
    Gone,
    Unreadable,
    NotReviewed,
    Same,
}

impl ReviewPhrases {
    /// `9 cases`, or the number alone where the sentences say what it counts.
    pub(super) fn counted(&self, number: usize, noun: Noun) -> String {
        let noun = self.nouns.get(noun as usize).copied().unwrap_or_default();
        spoken::counted(self.language, number as u64, noun)
    }

    /// `9 changed`
    pub(super) fn found(&self, number: usize, what: Found) -> String {
        let sentence = self.counts.get(what as usize).copied().unwrap_or_default();
        say(sentence, &[&spoken::count(self.language, number as u64)])
    }

    /// A line of a snapshot that others stand under: the name of a section in the language of the report, others as they are.
    pub(super) fn under(&self, line: &str) -> String {
        let [case, decided, messages, ratios, why, off] = self.sections;
        match Section::of(line) {
            None => line.to_owned(),
            Some(Section::Case) => case.to_owned(),
            Some(Section::Decided) => decided.to_owned(),
            Some(Section::Messages(language)) => say(messages, &[language]),
            Some(Section::Ratios) => ratios.to_owned(),
            Some(Section::Why) => why.to_owned(),
            Some(Section::Off) => off.to_owned(),
        }
    }
}

/// The sentences of a language; the English ones if it has none.
pub(super) fn phrases(language: &str) -> &'static ReviewPhrases {
    PHRASES.of(language)
}

static PHRASES: Translations<ReviewPhrases> = Translations { en: EN, ru: RU, kk: KK, vi: VI };

const EN: ReviewPhrases = ReviewPhrases {
    language: "en",
    nouns: [
        ("case", "cases"),
        ("more case", "more cases"),
        ("line", "lines"),
        ("decision", "decisions"),
        ("acceptance", "acceptances"),
    ],
    heading: "Review of cases",
    changes: [
        "what is decided changed",
        "the case itself changed, and is decided as before",
        "only the explanation changed",
    ],
    the_same_in: "{a}, the same in {b}",
    not_as_expected: "not as its case expects",
    more_cases: "… and {a}",
    beside: "and {a} about rules that do not apply",
    renamed: "renamed or moved, and decided as before",
    was: "was {a}",
    unreadable: "the snapshot cannot be read",
    unreadable_title: "snapshots that cannot be read",
    new: "new",
    gone: "gone",
    split_into: "split into {a}",
    as_accepted: "as accepted, {a}",
    as_accepted_title: "as accepted before",
    accepted_by: "by {a}",
    accepted_by_nobody: "by nobody who is recorded",
    not_reviewed: "not reviewed",
    acceptances: "acceptances",
    counts: ["{a} changed", "{a} renamed", "{a} new", "{a} gone", "{a} unreadable", "{a} not reviewed", "{a} the same"],
    all_as_accepted: "{a}: all as accepted",
    errors_above: "; errors are reported above",
    no_acceptance: "no acceptance",
    accepted_on: "{a} on {b}",
    accepted_from_to: "{a} from {b} to {c}",
    accepted_times: "{a}: {b}",
    changed_since: "changed since {a} accepted it on {b}",
    decided_otherwise: "is decided otherwise than its snapshot says",
    no_snapshot: "has no snapshot",
    unreadable_snapshot: "has a snapshot that cannot be read",
    decisions: "{a}: {b}",
    with_none: "{a} with none",
    with_some: "{a} with {b}",
    sections: ["the case", "what is decided", "messages in {a}", "numbers without end", "why", "what does not apply"],
};

const RU: ReviewPhrases = ReviewPhrases {
    language: "ru",
    nouns: [("", ""); 5],
    heading: "Проверка контрольных примеров",
    changes: ["изменилось решение", "изменился сам пример, решение прежнее", "изменилось только обоснование"],
    the_same_in: "{a}; то же в примерах, их число: {b}",
    not_as_expected: "не совпало с ожидаемым",
    more_cases: "… и ещё примеров: {a}",
    beside: "и строк о неприменимых правилах: {a}",
    renamed: "переименовано или перенесено, решение прежнее",
    was: "прежде: {a}",
    unreadable: "утверждённое решение не удалось прочитать",
    unreadable_title: "утверждённые решения, которые не удалось прочитать",
    new: "новое",
    gone: "исключено",
    split_into: "разделено на примеры, их число: {a}",
    as_accepted: "как утверждено ({a})",
    as_accepted_title: "как утверждено прежде",
    accepted_by: "кем: {a}",
    accepted_by_nobody: "кем — не записано",
    not_reviewed: "не проверено",
    acceptances: "утверждения",
    counts: [
        "изменено: {a}",
        "переименовано: {a}",
        "новых: {a}",
        "исключено: {a}",
        "не прочитано: {a}",
        "не проверено: {a}",
        "без изменений: {a}",
    ],
    all_as_accepted: "Контрольных примеров: {a}; все решения такие, как утверждены",
    errors_above: "; об ошибках сказано выше",
    no_acceptance: "не утверждено",
    accepted_on: "{a}, {b}",
    accepted_from_to: "{a}, с {b} по {c}",
    accepted_times: "утверждений: {a} ({b})",
    changed_since: "изменилось после утверждения ({a}, {b})",
    decided_otherwise: "решение иное, чем утверждено",
    no_snapshot: "утверждённого решения нет",
    unreadable_snapshot: "утверждённое решение не удалось прочитать",
    decisions: "Решений: {a}; {b}",
    with_none: "без утверждений: {a}",
    with_some: "с числом утверждений {b}: {a}",
    sections: [
        "пример",
        "решение",
        "сообщения на языке {a}",
        "бесконечные десятичные дроби",
        "обоснование",
        "что не применяется",
    ],
};

const KK: ReviewPhrases = ReviewPhrases {
    language: "kk",
    nouns: [("", ""); 5],
    heading: "Бақылау мысалдарын тексеру",
    changes: ["шешім өзгерді", "мысалдың өзі өзгерді, шешім бұрынғыдай", "тек негіздемесі өзгерді"],
    the_same_in: "{a}; дәл осылай өзгерген мысалдар саны: {b}",
    not_as_expected: "күтілгенге сай емес",
    more_cases: "… тағы мысалдар саны: {a}",
    beside: "қолданылмайтын қағидалар туралы жолдар саны: {a}",
    renamed: "атауы өзгерген немесе көшірілген, шешім бұрынғыдай",
    was: "бұрын: {a}",
    unreadable: "бекітілген шешім оқылмады",
    unreadable_title: "оқылмаған бекітілген шешімдер",
    new: "жаңа",
    gone: "алып тасталды",
    split_into: "мысалдарға бөлінді, олардың саны: {a}",
    as_accepted: "бекітілгендей ({a})",
    as_accepted_title: "бұрын бекітілгендей",
    accepted_by: "бекіткен: {a}",
    accepted_by_nobody: "кім бекіткені жазылмаған",
    not_reviewed: "тексерілмеген",
    acceptances: "бекітулер",
    counts: [
        "өзгергені: {a}",
        "атауы өзгергені: {a}",
        "жаңасы: {a}",
        "алып тасталғаны: {a}",
        "оқылмағаны: {a}",
        "тексерілмегені: {a}",
        "өзгеріссіз: {a}",
    ],
    all_as_accepted: "Бақылау мысалдарының саны: {a}; барлық шешім бекітілгендей",
    errors_above: "; қателер жоғарыда айтылған",
    no_acceptance: "бекітілмеген",
    accepted_on: "{a}, {b}",
    accepted_from_to: "{a}, {b} – {c}",
    accepted_times: "бекітулер саны: {a} ({b})",
    changed_since: "бекітілгеннен кейін өзгерген ({a}, {b})",
    decided_otherwise: "шешім бекітілгеннен өзгеше",
    no_snapshot: "бекітілген шешім жоқ",
    unreadable_snapshot: "бекітілген шешім оқылмады",
    decisions: "Шешімдер саны: {a}; {b}",
    with_none: "бекітілмегені: {a}",
    with_some: "{b} рет бекітілгені: {a}",
    sections: [
        "мысал",
        "шешім",
        "{a} тіліндегі хабарламалар",
        "шексіз ондық бөлшектер",
        "негіздеме",
        "не қолданылмайды",
    ],
};

const VI: ReviewPhrases = ReviewPhrases {
    language: "vi",
    nouns: [("", ""); 5],
    heading: "Rà soát các ca kiểm tra",
    changes: [
        "quyết định đã thay đổi",
        "chính ca kiểm tra thay đổi, quyết định như trước",
        "chỉ phần giải thích thay đổi",
    ],
    the_same_in: "{a}; số ca thay đổi như vậy: {b}",
    not_as_expected: "không như dự kiến",
    more_cases: "… và {a} ca nữa",
    beside: "và {a} dòng về các quy tắc không áp dụng",
    renamed: "đổi tên hoặc chuyển chỗ, quyết định như trước",
    was: "trước đây: {a}",
    unreadable: "không đọc được quyết định đã phê duyệt",
    unreadable_title: "các quyết định đã phê duyệt không đọc được",
    new: "mới",
    gone: "đã bỏ",
    split_into: "tách thành {a} ca",
    as_accepted: "như đã phê duyệt ({a})",
    as_accepted_title: "như đã phê duyệt trước đây",
    accepted_by: "người phê duyệt: {a}",
    accepted_by_nobody: "không ghi người phê duyệt",
    not_reviewed: "chưa rà soát",
    acceptances: "phê duyệt",
    counts: [
        "thay đổi: {a}",
        "đổi tên: {a}",
        "mới: {a}",
        "đã bỏ: {a}",
        "không đọc được: {a}",
        "chưa rà soát: {a}",
        "không thay đổi: {a}",
    ],
    all_as_accepted: "Số ca kiểm tra: {a}; mọi quyết định đều như đã phê duyệt",
    errors_above: "; các lỗi đã nêu ở trên",
    no_acceptance: "chưa được phê duyệt",
    accepted_on: "{a}, {b}",
    accepted_from_to: "{a}, từ {b} đến {c}",
    accepted_times: "số lần phê duyệt: {a} ({b})",
    changed_since: "đã thay đổi sau khi được phê duyệt ({a}, {b})",
    decided_otherwise: "quyết định khác với bản đã phê duyệt",
    no_snapshot: "không có bản phê duyệt",
    unreadable_snapshot: "không đọc được bản phê duyệt",
    decisions: "Số quyết định: {a}; {b}",
    with_none: "chưa được phê duyệt: {a}",
    with_some: "đã phê duyệt {b} lần: {a}",
    sections: [
        "ca kiểm tra",
        "quyết định",
        "thông báo bằng ngôn ngữ {a}",
        "số thập phân vô hạn",
        "giải thích",
        "những gì không áp dụng",
    ],
};
