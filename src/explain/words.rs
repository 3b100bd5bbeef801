//! The few words of the engine itself, by language. All other words come from the policy.

/// Words in one language.
#[derive(Debug)]
pub(crate) struct Words {
    /// Yes and no.
    pub(crate) truth: (&'static str, &'static str),
    /// The forms of month, day, year, week and working day: singular and, if the language has them, others.
    pub(crate) months: &'static [&'static str],
    pub(crate) days: &'static [&'static str],
    pub(crate) years: &'static [&'static str],
    pub(crate) weeks: &'static [&'static str],
    pub(crate) working_days: &'static [&'static str],
    pub(crate) numbers: NumberStyle,
    pub(crate) dates: DateStyle,
    pub(crate) undetermined: &'static str,
    pub(crate) not_in_force: &'static str,
    pub(crate) reasons: &'static str,
    pub(crate) needed: &'static str,
    pub(crate) answered_by: &'static str,
    pub(crate) blocked: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) means: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) unasked: &'static str,
    pub(crate) text_open: &'static str,
    pub(crate) faults: &'static str,
    pub(crate) provisional: &'static str,
    pub(crate) open: &'static str,
    pub(crate) notices: &'static str,
    pub(crate) assumptions: &'static str,
    pub(crate) outputs: &'static str,
    pub(crate) in_force: &'static str,
    pub(crate) from: &'static str,
    pub(crate) through: &'static str,
    pub(crate) statuses: Statuses,
}

/// The names of statuses in a trace.
#[derive(Debug)]
pub(crate) struct Statuses {
    pub(crate) fires: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) off: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) void: &'static str,
    pub(crate) out_of_scope: &'static str,
    pub(crate) suspended: &'static str,
    pub(crate) replaced: &'static str,
    pub(crate) other_outcome: &'static str,
    pub(crate) known: &'static str,
    /// True and false of a clause.
    pub(crate) clause: (&'static str, &'static str),
}

/// How a language writes numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberStyle {
    pub(crate) point: char,
    pub(crate) group: &'static str,
}

/// How a language writes dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `11 November 2025`
    English,
    /// `11.11.2025`
    Dotted,
    /// `11/11/2025`
    Slashed,
    /// `2025-11-11`
    Iso,
}

/// The words of a language; the English ones if it has none.
pub(crate) fn words(language: &str) -> &'static Words {
    match language {
        "ru" => &RU,
        "kk" => &KK,
        "vi" => &VI,
        "en" => &EN,
        _ => &OTHER,
    }
}

const EN: Words = Words {
    truth: ("yes", "no"),
    months: &["month", "months"],
    days: &["day", "days"],
    years: &["year", "years"],
    weeks: &["week", "weeks"],
    working_days: &["working day", "working days"],
    numbers: NumberStyle { point: '.', group: "," },
    dates: DateStyle::English,
    undetermined: "undetermined",
    not_in_force: "not in force",
    reasons: "Reasons",
    needed: "Still needed",
    answered_by: "from",
    blocked: "What stands in the way",
    absent: "no record",
    means: "which means",
    unavailable: "the registry could not answer",
    unasked: "not asked yet",
    text_open: "the text of the law is not known",
    faults: "What went wrong",
    provisional: "Provisional: a registry was down.",
    open: "Rules of the same outcome that are still unknown",
    notices: "Notices",
    assumptions: "Rests on these assumptions",
    outputs: "Outputs",
    in_force: "In force",
    from: "from",
    through: "through",
    statuses: Statuses {
        fires: "fires",
        holds: "holds",
        off: "off",
        pending: "pending",
        void: "void",
        out_of_scope: "out of scope",
        suspended: "suspended by",
        replaced: "replaced by",
        other_outcome: "for another outcome",
        known: "known",
        clause: ("true", "false"),
    },
};

const OTHER: Words = Words { numbers: NumberStyle { point: '.', group: "" }, dates: DateStyle::Iso, ..EN };

const RU: Words = Words {
    truth: ("да", "нет"),
    months: &["месяц", "месяца", "месяцев"],
    days: &["день", "дня", "дней"],
    years: &["год", "года", "лет"],
    weeks: &["неделя", "недели", "недель"],
    working_days: &["рабочий день", "рабочих дня", "рабочих дней"],
    numbers: NumberStyle { point: ',', group: "\u{a0}" },
    dates: DateStyle::Dotted,
    undetermined: "не определено",
    not_in_force: "не действует",
    reasons: "Основания",
    needed: "Ещё требуется узнать",
    answered_by: "отвечает",
    blocked: "Что мешает решить",
    absent: "записи нет",
    means: "это значит",
    unavailable: "реестр не ответил",
    unasked: "ещё не запрошено",
    text_open: "текст нормы неизвестен",
    faults: "Ошибки",
    provisional: "Предварительно: реестр был недоступен.",
    open: "Правила того же исхода, которые ещё не ясны",
    notices: "Уведомления",
    assumptions: "Решение опирается на допущения",
    outputs: "Показатели",
    in_force: "Действует",
    from: "с",
    through: "по",
    statuses: Statuses {
        fires: "срабатывает",
        holds: "действует",
        off: "не применяется",
        pending: "ждёт сведений",
        void: "нельзя узнать",
        out_of_scope: "вне действия",
        suspended: "приостановлено:",
        replaced: "заменено:",
        other_outcome: "для других исходов",
        known: "известно",
        clause: ("верно", "неверно"),
    },
};

const KK: Words = Words {
    truth: ("иә", "жоқ"),
    months: &["ай"],
    days: &["күн"],
    years: &["жыл"],
    weeks: &["апта"],
    working_days: &["жұмыс күні"],
    numbers: NumberStyle { point: ',', group: "\u{a0}" },
    dates: DateStyle::Dotted,
    undetermined: "анықталмаған",
    not_in_force: "қолданыста емес",
    reasons: "Негіздер",
    needed: "Әлі білу қажет",
    answered_by: "жауап беретін",
    blocked: "Шешуге не кедергі",
    absent: "жазба жоқ",
    means: "бұл дегеніміз",
    unavailable: "тізілім жауап бермеді",
    unasked: "әлі сұралмаған",
    text_open: "норманың мәтіні белгісіз",
    faults: "Қателер",
    provisional: "Алдын ала: тізілім қолжетімсіз болды.",
    open: "Сол нәтиженің әлі белгісіз қағидалары",
    notices: "Хабарламалар",
    assumptions: "Шешім мына болжамдарға сүйенеді",
    outputs: "Көрсеткіштер",
    in_force: "Қолданылу мерзімі",
    from: "басы",
    through: "соңы",
    statuses: Statuses {
        fires: "іске қосылады",
        holds: "қолданылады",
        off: "қолданылмайды",
        pending: "мәлімет күтеді",
        void: "білу мүмкін емес",
        out_of_scope: "қолданыстан тыс",
        suspended: "тоқтатқан:",
        replaced: "ауыстырған:",
        other_outcome: "басқа нәтижелер үшін",
        known: "белгілі",
        clause: ("рас", "рас емес"),
    },
};

const VI: Words = Words {
    truth: ("có", "không"),
    months: &["tháng"],
    days: &["ngày"],
    years: &["năm"],
    weeks: &["tuần"],
    working_days: &["ngày làm việc"],
    numbers: NumberStyle { point: ',', group: "." },
    dates: DateStyle::Slashed,
    undetermined: "chưa xác định",
    not_in_force: "không có hiệu lực",
    reasons: "Lý do",
    needed: "Còn cần biết",
    answered_by: "từ",
    blocked: "Điều gì cản trở",
    absent: "không có dữ liệu",
    means: "nghĩa là",
    unavailable: "cơ sở dữ liệu không trả lời",
    unasked: "chưa hỏi",
    text_open: "chưa rõ văn bản luật",
    faults: "Lỗi",
    provisional: "Tạm thời: một cơ sở dữ liệu không trả lời.",
    open: "Quy tắc cùng kết quả chưa rõ",
    notices: "Thông báo",
    assumptions: "Dựa trên các giả định",
    outputs: "Chỉ số",
    in_force: "Hiệu lực",
    from: "từ",
    through: "đến",
    statuses: Statuses {
        fires: "áp dụng",
        holds: "có hiệu lực",
        off: "không áp dụng",
        pending: "chờ dữ liệu",
        void: "không thể biết",
        out_of_scope: "ngoài phạm vi",
        suspended: "bị đình chỉ bởi",
        replaced: "bị thay bởi",
        other_outcome: "cho kết quả khác",
        known: "đã biết",
        clause: ("đúng", "sai"),
    },
};
