//! How conditions are said in words, by language: a sentence for each operator, with `{a}` and `{b}` for its sides.
//!
//! The sentences leave the words of the policy as its labels have them, in no other case or number: «меньше, чем» and not «меньше» with
//! a genitive, which nobody can build from a label.

/// The sentences of one language.
#[derive(Debug)]
pub(crate) struct Phrases {
    /// A number or a duration against another: less, at most, more, at least.
    pub(crate) amounts: [&'static str; 4],
    /// A date against another: before, not after, after, not before.
    pub(crate) dates: [&'static str; 4],
    pub(crate) is: &'static str,
    pub(crate) is_not: &'static str,
    pub(crate) or: &'static str,
    pub(crate) and: &'static str,
    /// In a trace, of which `{a}` it is asked whether it is not so.
    pub(crate) not: &'static str,
    pub(crate) has_record: &'static str,
    pub(crate) has_no_record: &'static str,
    pub(crate) has_answered: &'static str,
    pub(crate) has_not_answered: &'static str,
    /// The age of one born on `{a}`.
    pub(crate) age: &'static str,
    /// The period `{a}` covers `{b}`, or not.
    pub(crate) covers: [&'static str; 2],
    /// The periods `{a}` and `{b}` overlap, or not.
    pub(crate) overlap: [&'static str; 2],
    /// The period `{b}` follows on `{a}`, or not.
    pub(crate) meets: [&'static str; 2],
    /// The days and the months of the period `{a}`; the days of `{b}` that the periods `{a}` cover.
    pub(crate) days: &'static str,
    pub(crate) months: &'static str,
    pub(crate) days_covered: &'static str,
    /// Sum, difference, product, quotient.
    pub(crate) arithmetic: [&'static str; 4],
    pub(crate) rounded: &'static str,
    /// What stands before the condition of a conditional, and before its other value.
    pub(crate) conditional: [&'static str; 2],
    /// At least one element of `{a}` is `{b}`; every one.
    pub(crate) any: &'static str,
    pub(crate) all: &'static str,
    /// How many elements `{a}` has; of how many of them `{b}` is true.
    pub(crate) count: &'static str,
    pub(crate) count_where: &'static str,
    pub(crate) as_of: &'static str,
    pub(crate) governing_date: &'static str,
    pub(crate) governing_region: &'static str,
    /// The number of an element in a list.
    pub(crate) numbered: &'static str,
    /// The clauses of a rule: `when`, `unless`, `where`, `for each`, `for`, `if`, `within`.
    pub(crate) clauses: [&'static str; 7],
    /// Above what a short explanation says of an outcome that no rule gives.
    pub(crate) nothing_fired: &'static str,
    /// What a short explanation says of a fault; empty where the message itself can be read.
    pub(crate) faulty: &'static str,
    /// What a short explanation leaves out.
    pub(crate) more: &'static str,
}

/// The sentences of a language; the English ones if it has none.
pub(crate) fn phrases(language: &str) -> &'static Phrases {
    match language {
        "ru" => &RU,
        "kk" => &KK,
        "vi" => &VI,
        _ => &EN,
    }
}

const EN: Phrases = Phrases {
    amounts: ["{a} is less than {b}", "{a} is at most {b}", "{a} is more than {b}", "{a} is at least {b}"],
    dates: ["{a} is before {b}", "{a} is not after {b}", "{a} is after {b}", "{a} is not before {b}"],
    is: "{a}: {b}",
    is_not: "{a}: not {b}",
    or: "or",
    and: "and",
    not: "not: {a}",
    has_record: "{a}: there is a record",
    has_no_record: "{a}: no record",
    has_answered: "{a}: the registry has answered",
    has_not_answered: "{a}: the registry could not answer",
    age: "age ({a})",
    covers: ["{a} covers {b}", "{a} does not cover {b}"],
    overlap: ["{a} and {b} have a day in common", "{a} and {b} have no day in common"],
    meets: ["{b} begins on the day after {a} ends", "{b} does not begin on the day after {a} ends"],
    days: "days ({a})",
    months: "whole months ({a})",
    days_covered: "days covered ({a}) within {b}",
    arithmetic: ["{a} plus {b}", "{a} less {b}", "{a} times {b}", "{a} divided by {b}"],
    rounded: "{a}, rounded",
    conditional: [" if ", ", otherwise "],
    any: "at least one ({a}): {b}",
    all: "every one ({a}): {b}",
    count: "number ({a})",
    count_where: "number ({a}: {b})",
    as_of: "{a} on the day: {b}",
    governing_date: "the day whose law is applied",
    governing_region: "the place whose law is applied",
    numbered: "{a} no. {b}",
    clauses: ["when", "unless", "where", "for each", "for", "if", "within"],
    nothing_fired: "No rule leads to another outcome.",
    faulty: "",
    more: "… and {a} more",
};

const RU: Phrases = Phrases {
    amounts: ["{a} меньше, чем {b}", "{a} не больше, чем {b}", "{a} больше, чем {b}", "{a} не меньше, чем {b}"],
    dates: ["{a} раньше, чем {b}", "{a} не позже, чем {b}", "{a} позже, чем {b}", "{a} не раньше, чем {b}"],
    is: "{a}: {b}",
    is_not: "{a}: не {b}",
    or: "или",
    and: "и",
    not: "не: {a}",
    has_record: "{a}: запись есть",
    has_no_record: "{a}: записи нет",
    has_answered: "{a}: информационная система ответила",
    has_not_answered: "{a}: информационная система не ответила",
    age: "возраст ({a})",
    covers: ["{a} включает: {b}", "{a} не включает: {b}"],
    overlap: ["{a} и {b}: есть общий день", "{a} и {b}: общих дней нет"],
    meets: [
        "{a} и {b}: второй период начинается сразу после первого",
        "{a} и {b}: второй период не начинается сразу после первого",
    ],
    days: "число дней ({a})",
    months: "число полных месяцев ({a})",
    days_covered: "число дней ({a}) в пределах: {b}",
    arithmetic: ["{a} плюс {b}", "{a} минус {b}", "{a}, умноженное на {b}", "{a}, делённое на {b}"],
    rounded: "{a} с округлением",
    conditional: [", если ", ", иначе "],
    any: "хотя бы в одном случае ({a}): {b}",
    all: "во всех случаях ({a}): {b}",
    count: "количество ({a})",
    count_where: "количество ({a}: {b})",
    as_of: "{a} на день: {b}",
    governing_date: "день применяемого права",
    governing_region: "место применяемого права",
    numbered: "{a} № {b}",
    clauses: ["если", "кроме случая, когда", "где", "для каждого:", "для тех, у кого", "если", "так как"],
    nothing_fired: "Ни одно правило не ведёт к иному исходу.",
    faulty: "Правила не дают результата для этих данных: требуется проверка.",
    more: "… и ещё {a}",
};

const KK: Phrases = Phrases {
    amounts: ["{a} мынадан аз: {b}", "{a} мынадан көп емес: {b}", "{a} мынадан көп: {b}", "{a} мынадан кем емес: {b}"],
    dates: [
        "{a} мынадан бұрын: {b}",
        "{a} мынадан кеш емес: {b}",
        "{a} мынадан кейін: {b}",
        "{a} мынадан ерте емес: {b}",
    ],
    is: "{a}: {b}",
    is_not: "{a}: {b} емес",
    or: "немесе",
    and: "және",
    not: "емес: {a}",
    has_record: "{a}: жазба бар",
    has_no_record: "{a}: жазба жоқ",
    has_answered: "{a}: ақпараттық жүйе жауап берді",
    has_not_answered: "{a}: ақпараттық жүйе жауап бермеді",
    age: "жасы ({a})",
    covers: ["{a} қамтиды: {b}", "{a} қамтымайды: {b}"],
    overlap: ["{a} және {b}: ортақ күні бар", "{a} және {b}: ортақ күні жоқ"],
    meets: [
        "{a} және {b}: екінші кезең біріншісінен кейін бірден басталады",
        "{a} және {b}: екінші кезең біріншісінен кейін бірден басталмайды",
    ],
    days: "күн саны ({a})",
    months: "толық ай саны ({a})",
    days_covered: "күн саны ({a}), мына шекте: {b}",
    arithmetic: ["{a} қосу {b}", "{a} алу {b}", "{a} көбейту {b}", "{a} бөлу {b}"],
    rounded: "{a}, дөңгелектелген",
    conditional: [", егер ", ", әйтпесе "],
    any: "кемінде бір жағдайда ({a}): {b}",
    all: "барлық жағдайда ({a}): {b}",
    count: "саны ({a})",
    count_where: "саны ({a}: {b})",
    as_of: "{a}, мына күнгі: {b}",
    governing_date: "құқығы қолданылатын күн",
    governing_region: "құқығы қолданылатын жер",
    numbered: "{a} № {b}",
    clauses: ["егер", "мына жағдайдан басқа:", "мұнда", "әрқайсысы үшін:", "мыналар үшін:", "егер", "себебі"],
    nothing_fired: "Өзге нәтижеге әкелетін қағида жоқ.",
    faulty: "Қағидалар бұл деректер бойынша нәтиже бермейді: тексеру қажет.",
    more: "… тағы {a}",
};

const VI: Phrases = Phrases {
    amounts: ["{a} nhỏ hơn {b}", "{a} không quá {b}", "{a} lớn hơn {b}", "{a} ít nhất là {b}"],
    dates: ["{a} trước {b}", "{a} không muộn hơn {b}", "{a} sau {b}", "{a} không sớm hơn {b}"],
    is: "{a}: {b}",
    is_not: "{a}: không phải {b}",
    or: "hoặc",
    and: "và",
    not: "không: {a}",
    has_record: "{a}: có dữ liệu",
    has_no_record: "{a}: không có dữ liệu",
    has_answered: "{a}: cơ sở dữ liệu đã trả lời",
    has_not_answered: "{a}: cơ sở dữ liệu không trả lời",
    age: "tuổi ({a})",
    covers: ["{a} bao gồm {b}", "{a} không bao gồm {b}"],
    overlap: ["{a} và {b} có ngày chung", "{a} và {b} không có ngày chung"],
    meets: ["{b} bắt đầu ngay sau khi {a} kết thúc", "{b} không bắt đầu ngay sau khi {a} kết thúc"],
    days: "số ngày ({a})",
    months: "số tháng tròn ({a})",
    days_covered: "số ngày ({a}) trong {b}",
    arithmetic: ["{a} cộng {b}", "{a} trừ {b}", "{a} nhân {b}", "{a} chia cho {b}"],
    rounded: "{a}, làm tròn",
    conditional: [" nếu ", ", nếu không thì "],
    any: "ít nhất một ({a}): {b}",
    all: "tất cả ({a}): {b}",
    count: "số lượng ({a})",
    count_where: "số lượng ({a}: {b})",
    as_of: "{a} vào ngày: {b}",
    governing_date: "ngày áp dụng luật",
    governing_region: "nơi áp dụng luật",
    numbered: "{a} số {b}",
    clauses: ["khi", "trừ khi", "trong đó", "với mỗi", "đối với", "nếu", "vì"],
    nothing_fired: "Không quy tắc nào dẫn đến kết quả khác.",
    faulty: "Quy tắc không cho kết quả với dữ liệu này: cần kiểm tra.",
    more: "… và {a} mục nữa",
};

/// A sentence with its sides. What is put in for `{a}` is not looked through for `{b}`.
pub(crate) fn say(sentence: &str, a: &str, b: &str) -> String {
    let mut said = String::with_capacity(sentence.len() + a.len() + b.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let (mark, behind) = after.split_once('}').unwrap_or((after, ""));
        said.push_str(if mark == "a" { a } else { b });
        rest = behind;
    }
    said + rest
}
