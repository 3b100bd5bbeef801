//! Words of other languages, of people and of programs, with the words of this language that they can stand for.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Where a word is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordOrigin {
    /// A language that people speak.
    Spoken,
    /// English, or a language of programs.
    Programs,
    /// This language, with capitals.
    Capitals,
}

/// What a borrowed word can stand for, the likelier first.
pub(super) type Meanings = &'static [&'static str];

/// Of languages that people speak; in small letters, and in the order of the alphabet of their language.
const SPOKEN: &[(&str, Meanings)] = &[
    // ru
    ("ввести", &["define"]),
    ("вне", &["not in"]),
    ("выше", &["above"]),
    ("в", &["in"]),
    ("группа", &["facts"]),
    ("дано", &["facts"]),
    ("да", &["true"]),
    ("для", &["for"]),
    ("до", &["through", "up to"]),
    ("допущение", &["assumption"]),
    ("если", &["when", "if"]),
    ("запись", &["record"]),
    ("и", &["and"]),
    ("из", &["from"]),
    ("изменение", &["amendment"]),
    ("или", &["or"]),
    ("иначе", &["otherwise", "else"]),
    ("исключение", &["exception"]),
    ("истина", &["true"]),
    ("исход", &["outcome"]),
    ("источник", &["source"]),
    ("календарь", &["calendar"]),
    ("каждого", &["each"]),
    ("когда", &["when"]),
    ("кроме", &["unless", "exception"]),
    ("ложь", &["false"]),
    ("на", &["on", "as of"]),
    ("не", &["not"]),
    ("нет", &["absent", "false"]),
    ("ниже", &["below"]),
    ("норма", &["norm"]),
    ("норматив", &["norm"]),
    ("область", &["region"]),
    ("округлить", &["round"]),
    ("определение", &["define"]),
    ("определить", &["define"]),
    ("основание", &["reason"]),
    ("отсутствует", &["absent", "is absent"]),
    ("перечень", &["enum"]),
    ("перечисление", &["enum"]),
    ("по", &["through", "by"]),
    ("политика", &["policy"]),
    ("поправка", &["amendment"]),
    ("правило", &["rule"]),
    ("при", &["when"]),
    ("причина", &["reason"]),
    ("расчёт", &["calculation"]),
    ("расчет", &["calculation"]),
    ("регион", &["region"]),
    ("реестр", &["registry"]),
    ("решение", &["decision"]),
    ("с", &["from"]),
    ("свыше", &["above"]),
    ("случай", &["case"]),
    ("справочник", &["enum"]),
    ("ставка", &["rate"]),
    ("таблица", &["table"]),
    ("то", &["then"]),
    ("уведомление", &["notice"]),
    ("факт", &["facts"]),
    ("факты", &["facts"]),
    ("шкала", &["scale"]),
    ("это", &["is"]),
    // kk
    ("аймақ", &["region"]),
    ("ақиқат", &["true"]),
    ("басқаша", &["otherwise"]),
    ("бастап", &["from"]),
    ("иә", &["true"]),
    ("болса", &["when"]),
    ("болжам", &["assumption"]),
    ("дейін", &["through"]),
    ("деректер", &["facts"]),
    ("егер", &["when", "if"]),
    ("емес", &["not"]),
    ("ереже", &["rule"]),
    ("ерекшелік", &["exception"]),
    ("есептеу", &["calculation"]),
    ("жағдай", &["case"]),
    ("жалған", &["false"]),
    ("және", &["and"]),
    ("жоқ", &["absent", "false"]),
    ("қайнар", &["source"]),
    ("қоспағанда", &["unless"]),
    ("кезде", &["when"]),
    ("кесте", &["table"]),
    ("күнтізбе", &["calendar"]),
    ("мен", &["and"]),
    ("мерзімі", &["from"]),
    ("негіз", &["reason"]),
    ("немесе", &["or"]),
    ("өзгеріс", &["amendment"]),
    ("өңір", &["region"]),
    ("саясат", &["policy"]),
    ("себеп", &["reason"]),
    ("тізілім", &["registry"]),
    ("үшін", &["for"]),
    ("хабарлама", &["notice"]),
    ("шешім", &["decision"]),
    ("фактілер", &["facts"]),
    // vi
    ("bảng", &["table"]),
    ("bằng", &["="]),
    ("các dữ kiện", &["facts"]),
    ("cho", &["for"]),
    ("chính sách", &["policy"]),
    ("đến", &["through"]),
    ("đúng", &["true"]),
    ("định mức", &["norm"]),
    ("định nghĩa", &["define"]),
    ("dữ kiện", &["facts"]),
    ("giả định", &["assumption"]),
    ("hoặc", &["or"]),
    ("khi", &["when"]),
    ("không", &["not"]),
    ("khu vực", &["region"]),
    ("là", &["is"]),
    ("lịch", &["calendar"]),
    ("lý do", &["reason"]),
    ("mỗi", &["each"]),
    ("nếu", &["when", "if"]),
    ("ngoại lệ", &["exception"]),
    ("nguồn", &["source"]),
    ("nhân", &["*"]),
    ("quy tắc", &["rule"]),
    ("quyết định", &["decision"]),
    ("sai", &["false"]),
    ("sổ đăng ký", &["registry"]),
    ("sửa đổi", &["amendment"]),
    ("thì", &["then"]),
    ("thông báo", &["notice"]),
    ("trừ khi", &["unless"]),
    ("trong", &["in"]),
    ("trường hợp", &["case"]),
    ("từ", &["from"]),
    ("và", &["and"]),
    ("vùng", &["region"]),
];

/// Of English and of programs.
const PROGRAMS: &[(&str, Meanings)] = &[
    ("after", &["from", ">"]),
    ("allow", &["rule"]),
    ("applies", &["when"]),
    ("before", &["<"]),
    ("class", &["record"]),
    ("const", &["norm", "define"]),
    ("constant", &["norm"]),
    ("cite", &["source"]),
    ("data", &["facts"]),
    ("decide", &["decision"]),
    ("deny", &["rule"]),
    ("down", &["unavailable"]),
    ("def", &["define"]),
    ("default", &["otherwise"]),
    ("definition", &["define"]),
    ("div", &["/"]),
    ("during", &["from"]),
    ("effective", &["from"]),
    ("elif", &["case"]),
    ("else", &["otherwise"]),
    ("empty", &["absent"]),
    ("ending", &["through"]),
    ("enumeration", &["enum"]),
    ("eq", &["="]),
    ("equal", &["="]),
    ("equals", &["="]),
    ("except", &["unless"]),
    ("fact", &["facts"]),
    ("fn", &["define"]),
    ("forbid", &["rule"]),
    ("func", &["define"]),
    ("function", &["define"]),
    ("gt", &[">"]),
    ("gte", &[">="]),
    ("if", &["when"]),
    ("include", &["import"]),
    ("input", &["facts"]),
    ("inputs", &["facts"]),
    ("let", &["define"]),
    ("lt", &["<"]),
    ("lte", &["<="]),
    ("message", &["reason"]),
    ("minus", &["-"]),
    ("missing", &["absent"]),
    ("module", &["policy"]),
    ("ne", &["!="]),
    ("no", &["false"]),
    ("none", &["absent"]),
    ("nil", &["absent"]),
    ("nor", &["and not"]),
    ("null", &["absent"]),
    ("package", &["policy"]),
    ("parameter", &["norm"]),
    ("permit", &["rule"]),
    ("plus", &["+"]),
    ("provided", &["when"]),
    ("require", &["when"]),
    ("result", &["output"]),
    ("returns", &["output"]),
    ("since", &["from"]),
    ("starting", &["from"]),
    ("struct", &["record"]),
    ("structure", &["record"]),
    ("till", &["through"]),
    ("times", &["*"]),
    ("to", &["through"]),
    ("type", &["record"]),
    ("unknown", &["absent"]),
    ("until", &["through"]),
    ("upto", &["up to"]),
    ("use", &["import"]),
    ("var", &["define"]),
    ("variable", &["facts"]),
    ("where", &["when"]),
    ("whenever", &["when"]),
    ("while", &["when"]),
    ("when", &["if"]),
    ("with", &["and", "when"]),
    ("within", &["in"]),
    ("yes", &["true"]),
];

/// The meanings of a word, or of two with a space between them, and where it is from; `None` for any other.
pub(super) fn meanings(written: &str) -> Option<(WordOrigin, Meanings)> {
    // No word in the tables is longer.
    if written.len() > 40 {
        return None;
    }
    let lower: Cow<'_, str> = Cow::Owned(written.to_lowercase().nfc().collect());
    let find = |words: &'static [(&'static str, Meanings)]| {
        words.iter().find(|(word, _)| *word == lower).map(|(_, meant)| *meant)
    };
    if let Some(meant) = find(SPOKEN) {
        return Some((WordOrigin::Spoken, meant));
    }
    find(PROGRAMS).map(|meant| (WordOrigin::Programs, meant))
}

#[cfg(test)]
mod tests {
    use super::{PROGRAMS, SPOKEN, meanings};
    use crate::syntax::rule_names::all_words;
    use std::collections::BTreeSet;

    #[test]
    fn every_meaning_is_a_word_or_a_sign_of_the_language() {
        let known: BTreeSet<&str> = all_words().collect();
        let mut seen = BTreeSet::new();
        for (word, meant) in SPOKEN.iter().chain(PROGRAMS) {
            assert_eq!(word.to_lowercase(), *word);
            assert!(seen.insert(*word), "`{word}` stands twice");
            assert!(meanings(word).is_some(), "`{word}` is not in NFC");
            for meaning in meant.iter().flat_map(|meaning| meaning.split(' ')) {
                let sign = meaning.chars().all(|c| !c.is_alphanumeric());
                assert!(sign || known.contains(meaning), "{word}: {meaning}");
            }
        }
    }

    #[test]
    fn no_word_of_the_language_is_borrowed_from_where_it_means_the_same() {
        for (word, _) in SPOKEN {
            assert!(all_words().all(|own| own != *word), "{word}");
        }
    }
}
