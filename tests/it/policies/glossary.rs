//! The terms of the law of registration: each stands in the texts of policies/kz as the law has it, and in no other words.

use super::texts;
use std::collections::BTreeSet;

/// A way to write a term that is not the law's.
struct Variant {
    language: &'static str,
    /// Small letters.
    written: &'static str,
    /// It is the term after all behind this, or before that.
    unless: (&'static str, &'static str),
}

const fn never(language: &'static str, written: &'static str) -> Variant {
    Variant { language, written, unless: ("", "") }
}

const fn unless_behind(language: &'static str, before: &'static str, written: &'static str) -> Variant {
    Variant { language, written, unless: (before, "") }
}

const fn unless_before(language: &'static str, written: &'static str, after: &'static str) -> Variant {
    Variant { language, written, unless: ("", after) }
}

/// The terms in ru, kk and en, by what all their forms begin with, and what people write in their place.
const TERMS: &[([&str; 3], &[Variant])] = &[
    (
        ["по месту жительства", "тұрғылықты жері бойынша", "place of residence"],
        &[
            never("ru", "прописк"),
            never("ru", "прописан"),
            never("ru", "по адресу проживания"),
            never("kk", "мекенжай бойынша тұр"),
            never("kk", "прописка"),
            never("en", "domicile"),
        ],
    ),
    (
        ["временного пребывания", "уақытша бол", "temporary stay"],
        &[
            never("ru", "временная регистрация"),
            never("ru", "временной регистрации"),
            never("ru", "временное проживание"),
            never("ru", "временного проживания"),
            never("kk", "уақытша тіркеу"),
            never("kk", "уақытша мекен"),
            never("en", "temporary registration"),
            never("en", "temporary residence"),
        ],
    ),
    (
        ["собственник", "меншік иесі", "owner"],
        &[
            never("ru", "владелец"),
            never("ru", "владельц"),
            never("ru", "хозяин"),
            never("ru", "домовладел"),
            never("kk", "үй иесі"),
            never("kk", "пәтер иесі"),
            never("kk", "қожайын"),
            never("en", "landlord"),
            never("en", "proprietor"),
        ],
    ),
    (
        ["нанимател", "жалдаушы", "tenant"],
        &[
            never("ru", "арендатор"),
            never("ru", "съёмщик"),
            never("ru", "съемщик"),
            never("kk", "жалгер"),
            never("kk", "жалға алушы"),
            never("en", "lessee"),
            never("en", "renter"),
        ],
    ),
    (
        ["согласи", "келісім", "consent"],
        &[
            never("ru", "разрешение собственника"),
            never("ru", "одобрени"),
            never("kk", "рұқсат"),
            never("kk", "ризашылық"),
            never("en", "permission"),
            never("en", "approval"),
        ],
    ),
    (
        ["полезн", "пайдалы алаң", "usable area"],
        &[
            never("ru", "жилплощад"),
            never("ru", "жилая площадь"),
            never("ru", "жилой площади"),
            never("ru", "полезный метраж"),
            never("kk", "пайдалы аудан"),
            never("kk", "тұрғын алаң"),
            never("en", "useful area"),
            never("en", "living area"),
            never("en", "usable space"),
        ],
    ),
    (
        ["норматив площади", "алаң нормативі", "area norm"],
        &[
            never("ru", "норма площади"),
            never("ru", "нормы площади"),
            never("ru", "норму площади"),
            never("ru", "площадь по норме"),
            // «Аудан» is a district as well.
            never("kk", "аудан"),
            never("kk", "алаң нормасы"),
            never("kk", "алаң мөлшері"),
            never("en", "area standard"),
            never("en", "norm of area"),
        ],
    ),
    (
        ["близки", "жақын туыс", "close relatives"],
        &[
            never("ru", "ближайшие родственник"),
            never("ru", "родня"),
            never("kk", "жақын туысқан"),
            never("kk", "жақын-жуық"),
            never("en", "next of kin"),
            never("en", "near relatives"),
        ],
    ),
    (
        ["свойственник", "жекжат", "in-law"],
        &[
            never("ru", "свояк"),
            never("ru", "сватья"),
            never("kk", "құда"),
            never("kk", "қайын"),
            never("en", "by marriage"),
        ],
    ),
    (
        ["супруг", "жұбайы", "spouse"],
        &[
            never("ru", " муж "),
            never("ru", " жена "),
            never("kk", "күйеуі"),
            never("kk", "әйелі"),
            never("en", "husband"),
            never("en", "wife"),
        ],
    ),
    (
        ["опекун", "қорғаншы", "guardian"],
        &[never("ru", "опекающ"), never("ru", "законный опекун"), never("kk", "опекун"), never("en", "custodian")],
    ),
    (
        ["недееспособн", "әрекетке қабілетсіз", "legally incapacitated"],
        &[
            never("ru", "неправоспособн"),
            never("ru", "не дееспособ"),
            never("kk", "әрекет қабілет"),
            unless_behind("kk", "әрекетке ", "қабілетсіз"),
            unless_behind("en", "legally ", "incapacitated"),
            never("en", "incompetent"),
        ],
    ),
    (
        ["несовершеннолетн", "кәмелетке толмаған", "minor"],
        &[
            never("ru", "малолетн"),
            never("ru", "подрост"),
            never("ru", "не достигший совершеннолетия"),
            unless_before("kk", "кәмелет", "ке тол"),
            never("kk", "жасөспірім"),
            never("en", "underage"),
            never("en", "under-age"),
            never("en", "juvenile"),
        ],
    ),
    (
        ["очно", "күндізгі нысан", "full-time"],
        &[
            never("ru", "дневн"),
            never("ru", "стационар"),
            unless_before("kk", "күндізгі", " нысан"),
            never("kk", "очно"),
            never("en", "day student"),
            never("en", "full time"),
        ],
    ),
    (
        ["цон", "хқко", "public service centre"],
        &[
            never("ru", "спеццон"),
            unless_before("ru", "центр обслуживания", " населения"),
            never("ru", "центр госуслуг"),
            never("kk", "цон"),
            never("kk", "қызмет орталығы"),
            never("en", "service center"),
            unless_behind("en", "public ", "service centre"),
            never("en", "tson"),
        ],
    ),
    (
        ["эцп", "эцқ", "electronic"],
        &[
            never("ru", "электронная подпись"),
            never("ru", "электронной подпис"),
            never("kk", "эцп"),
            never("kk", "электрондық қолтаңба"),
            unless_behind("en", "electronic ", "digital signature"),
        ],
    ),
    (
        ["общежити", "жатақхана", "dormitor"],
        &[never("ru", "хостел"), never("ru", "общаг"), unless_before("kk", "жатақ", "хана"), never("en", "hostel")],
    ),
    (
        ["отказ", "бас тарт", "refuse"],
        &[
            never("ru", "отклон"),
            never("ru", "отвергн"),
            never("kk", "қабылданбады"),
            never("kk", "кері қайтар"),
            never("en", "reject"),
            never("en", "denial"),
        ],
    ),
    (
        ["пилотный проект", "пилоттық жоба", "pilot project"],
        &[
            unless_before("ru", "пилот", "н"),
            never("ru", "эксперимент"),
            unless_before("kk", "пилот", "тық жоба"),
            never("kk", "эксперимент"),
            unless_before("en", "pilot", " project"),
            never("en", "experiment"),
        ],
    ),
];

/// Where a text has a variant of a term.
fn caught(language: &str, text: &str) -> BTreeSet<&'static str> {
    let text = format!(" {} ", text.to_lowercase());
    let variants = TERMS.iter().flat_map(|(_, variants)| *variants).filter(|variant| variant.language == language);
    let is_there = |variant: &&Variant| {
        text.match_indices(variant.written).any(|(at, found)| {
            let (before, after) = variant.unless;
            let is_term = (!before.is_empty() && text[..at].ends_with(before))
                || (!after.is_empty() && text[at + found.len()..].starts_with(after));
            !is_term
        })
    };
    variants.filter(is_there).map(|variant| variant.written).collect()
}

/// The texts of a policy in one language: whatever stands in quotes behind its code.
fn said(policy: &str, language: &str) -> Vec<String> {
    let opening = format!("{language} \"");
    let behind = |line: &str| -> Vec<String> {
        let parts = line.match_indices(&opening).filter(|(at, _)| *at == 0 || line[..*at].ends_with([' ', '\t']));
        parts.filter_map(|(at, _)| line[at + opening.len()..].split('"').next().map(str::to_owned)).collect()
    };
    policy.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(behind).collect()
}

#[test]
fn every_term_stands_as_the_law_has_it() {
    let texts = texts("policies/kz");
    let policy: String =
        texts.iter().filter(|(name, _)| name.ends_with(".ereje")).map(|(_, text)| text.as_str()).collect();
    let mut wrong = Vec::new();
    for (index, language) in ["ru", "kk", "en"].into_iter().enumerate() {
        let said = said(&policy, language);
        assert!(said.len() > 300, "{language}: only {} texts", said.len());
        for text in &said {
            wrong.extend(
                caught(language, text).into_iter().map(|variant| format!("{language}: «{variant}» in «{text}»")),
            );
        }
        for (terms, _) in TERMS {
            let term = terms[index];
            assert!(said.iter().any(|text| text.to_lowercase().contains(term)), "{language}: nobody says «{term}»");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The test above notices what it is for, and leaves the terms themselves alone.
#[test]
fn what_people_write_is_noticed() {
    let noticed = [
        ("kk", "Аудан нормативі"),
        ("kk", "Пилот аяқталды"),
        ("ru", "Пилот завершён"),
        ("ru", "Временная регистрация прекращена"),
        ("en", "an incapacitated owner"),
        ("en", "The pilot ends"),
        ("kk", "кәмелет жасына толмаған"),
    ];
    for (language, text) in noticed {
        assert_eq!(caught(language, text).len(), 1, "{text}");
    }
    let fine = [
        ("kk", "Пилоттық жоба; алаң нормативі; кәмелетке толмаған; әрекетке қабілетсіз"),
        ("ru", "Пилотного проекта; в пилотном проекте; норматив площади; центр обслуживания населения"),
        ("en", "the pilot project; a legally incapacitated owner; an electronic digital signature"),
    ];
    for (language, text) in fine {
        assert!(caught(language, text).is_empty(), "{text}: {:?}", caught(language, text));
    }
}
