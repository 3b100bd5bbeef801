//! The fixed sentences of coverage, by language. `{a}` and `{b}` stand for what is put in.

use super::goals::{CoverageGap, CoverageGoal, CoverageKind};
use crate::phrases::{self as spoken, Translations, say};
use ereje::eval::{CellState, CoveragePoint};

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct CoveragePhrases {
    /// Theirs.
    pub(super) language: &'static str,
    /// One and several cases; empty where the sentences have them.
    case: (&'static str, &'static str),
    pub(super) heading: &'static str,
    pub(super) subtitle: &'static str,
    pub(super) exercised_of: &'static str,
    pub(super) about: &'static str,
    /// What the signs mean: all of a line, some of it, none of it.
    pub(super) legend: [&'static str; 3],
    /// The same for one sign.
    pub(super) shares: [&'static str; 3],
    /// Between how many are reached and how many there are.
    pub(super) of: &'static str,
    pub(super) kinds_title: &'static str,
    pub(super) files_title: &'static str,
    pub(super) kind: &'static str,
    pub(super) file: &'static str,
    pub(super) exercised: &'static str,
    pub(super) all: &'static str,
    pub(super) share: &'static str,
    pub(super) bar: &'static str,
    pub(super) counts_when: &'static str,
    /// The kinds, in the order of [`CoverageKind::ALL`].
    kinds: [&'static str; 10],
    /// When a goal of each kind counts.
    meanings: [&'static str; 10],
    pub(super) ends_in: &'static str,
    pub(super) nothing_missing: &'static str,
    pub(super) missing: &'static str,
    pub(super) clause: &'static str,
    /// True, false.
    truth: [&'static str; 2],
    /// Known, absent, unavailable, unasked.
    states: [&'static str; 4],
    /// What is told of goals that no case exercises, without those of states.
    gaps: Gaps,
    pub(super) never_true_nor_false: &'static str,
    pub(super) never_read_while: &'static str,
    pub(super) never_outcome: &'static str,
    pub(super) nor_inside: &'static str,
    pub(super) and_more: &'static str,
    pub(super) which: &'static str,
    pub(super) goals_of: &'static str,
    pub(super) line: &'static str,
    pub(super) goal: &'static str,
    pub(super) cases: &'static str,
    pub(super) which_cases: &'static str,
}

/// What is told of a goal that no case exercises.
#[derive(Debug)]
struct Gaps {
    reason: &'static str,
    suspended_reason: &'static str,
    value: &'static str,
    difference: &'static str,
    notice: &'static str,
    suspended_notice: &'static str,
    row: &'static str,
    band: &'static str,
    norm: &'static str,
    stand_in: &'static str,
    handler: &'static str,
    when_true: &'static str,
    when_false: &'static str,
    outcome: &'static str,
    undetermined: &'static str,
    not_in_force: &'static str,
}

impl CoveragePhrases {
    /// `6 cases`, or the number alone where the sentences say what it counts.
    pub(super) fn counted_cases(&self, number: usize) -> String {
        spoken::counted(self.language, number as u64, self.case)
    }

    /// A number as the language groups it.
    pub(super) fn count(&self, number: usize) -> String {
        spoken::count(self.language, number as u64)
    }

    /// A kind, with its name for `--threshold` behind it if that is another.
    pub(super) fn kind(&self, kind: CoverageKind) -> String {
        spoken::labelled(self.kinds.get(kind as usize).copied(), kind.name())
    }

    /// What exercises a goal of a kind, as a phrase that goes on after «counts when it …».
    pub(super) fn meaning(&self, kind: CoverageKind) -> &'static str {
        self.meanings.get(kind as usize).copied().unwrap_or_default()
    }

    /// The side of a clause or the state of a fact, which distinguishes goals with the same name.
    pub(super) fn side(&self, goal: &CoverageGoal) -> Option<&'static str> {
        let [yes, no] = self.truth;
        match goal.point {
            CoveragePoint::Clause(_, true) => Some(yes),
            CoveragePoint::Clause(_, false) => Some(no),
            CoveragePoint::State(_, met) => Some(self.state(met)),
            CoveragePoint::Rule(..)
            | CoveragePoint::Exception(..)
            | CoveragePoint::Notice(..)
            | CoveragePoint::Case(..)
            | CoveragePoint::Row(_)
            | CoveragePoint::Band(_)
            | CoveragePoint::Norm(..)
            | CoveragePoint::Handler(_)
            | CoveragePoint::Verdict(..) => None,
        }
    }

    fn state(&self, state: CellState) -> &'static str {
        let [known, absent, unavailable, unasked] = self.states;
        match state {
            CellState::Known => known,
            CellState::Absent => absent,
            CellState::Unavailable => unavailable,
            CellState::Unasked => unasked,
        }
    }

    /// What is told of a goal that no case exercises.
    fn gap(&self, gap: CoverageGap) -> String {
        let gaps = &self.gaps;
        let told = match gap {
            CoverageGap::Reason => gaps.reason,
            CoverageGap::SuspendedReason => gaps.suspended_reason,
            CoverageGap::Value => gaps.value,
            CoverageGap::Difference => gaps.difference,
            CoverageGap::Notice => gaps.notice,
            CoverageGap::SuspendedNotice => gaps.suspended_notice,
            CoverageGap::Row => gaps.row,
            CoverageGap::Band => gaps.band,
            CoverageGap::Norm => gaps.norm,
            CoverageGap::StandIn => gaps.stand_in,
            CoverageGap::Handler => gaps.handler,
            CoverageGap::True => gaps.when_true,
            CoverageGap::False => gaps.when_false,
            CoverageGap::State(state) => return say(self.never_read_while, &[self.state(state)]),
            CoverageGap::Outcome => gaps.outcome,
            CoverageGap::Undetermined => gaps.undetermined,
            CoverageGap::NotInForce => gaps.not_in_force,
        };
        told.to_owned()
    }
}

impl CoverageGap {
    /// What is told of it in a language: `never gives a reason`.
    #[must_use]
    pub fn told(self, language: &str) -> String {
        phrases(language).gap(self)
    }
}

/// The sentences of a language; the English ones if it has none.
pub(super) fn phrases(language: &str) -> &'static CoveragePhrases {
    PHRASES.of(language)
}

static PHRASES: Translations<CoveragePhrases> = Translations { en: EN, ru: RU, kk: KK, vi: VI };

const EN: CoveragePhrases = CoveragePhrases {
    language: "en",
    case: ("case", "cases"),
    heading: "Coverage",
    subtitle: "{a} by {b}",
    exercised_of: "what {a} exercise of {b}",
    about: "What of the policy its cases exercise, as the evaluator saw it. A clause counts on a side where it was so and had a say of \
            its own: with the other value, the condition would have come to something else.",
    legend: [" all of a line is exercised, ", " some of it, ", " none of it; the number beside it counts the cases."],
    shares: ["exercised", "partly exercised", "not exercised"],
    of: "of",
    kinds_title: "Kinds",
    files_title: "Files",
    kind: "kind",
    file: "file",
    exercised: "exercised",
    all: "of",
    share: "share",
    bar: "as a bar",
    counts_when: "counts when it …",
    kinds: ["rules", "exceptions", "notices", "cases", "rows", "norms", "handlers", "clauses", "states", "outcomes"],
    meanings: [
        "gives a reason of the outcome, or keeps one from being given (a suspension)",
        "alone keeps a rule silent (suspended: lets it speak), or gives a definition its value",
        "is shown",
        "gives a definition its value",
        "applies (a row of a table), is reached (a band of a scale)",
        "is read",
        "speaks for a silent fact",
        "is true, and is false, with a say of its own",
        "is met when the fact is read: known, absent, unavailable, unasked",
        "is what the decision ends in",
    ],
    ends_in: "{a} ends in",
    nothing_missing: "Nothing is missing.",
    missing: "What is missing ({a})",
    clause: "clause",
    truth: ["true", "false"],
    states: ["known", "absent", "unavailable", "unasked"],
    gaps: Gaps {
        reason: "never gives a reason",
        suspended_reason: "never keeps a reason from being given",
        value: "never gives the value",
        difference: "never alone makes the difference",
        notice: "never shown",
        suspended_notice: "never keeps a notice from being shown",
        row: "never applies",
        band: "never reached",
        norm: "never read",
        stand_in: "never stands in for the fact",
        handler: "never decides",
        when_true: "never true with a say of its own",
        when_false: "never false with a say of its own",
        outcome: "never the outcome",
        undetermined: "never undetermined",
        not_in_force: "never out of force",
    },
    never_true_nor_false: "neither true nor false with a say of its own",
    never_read_while: "never read while {a}",
    never_outcome: "never the outcome: {a}",
    nor_inside: "nor is anything inside it exercised",
    and_more: "and {a} more",
    which: "Which cases exercise what",
    goals_of: "Goals, {a}",
    line: "line",
    goal: "goal",
    cases: "cases",
    which_cases: "which",
};

const RU: CoveragePhrases = CoveragePhrases {
    language: "ru",
    case: ("", ""),
    heading: "Полнота контрольных примеров",
    subtitle: "{a}; контрольных примеров: {b}",
    exercised_of: "Проверено контрольными примерами (их число: {a}): {b}",
    about: "Какие положения проверяются контрольными примерами, по записям самой программы. Часть условия засчитывается со значением «да» \
            или «нет», если имела его и от неё зависел итог: при другом её значении всё условие дало бы иной результат.",
    legend: [
        " в строке проверено всё, ",
        " проверена часть, ",
        " не проверено ничего; число рядом — количество примеров.",
    ],
    shares: ["проверено", "проверено частично", "не проверено"],
    of: "из",
    kinds_title: "Виды положений",
    files_title: "Файлы",
    kind: "Вид",
    file: "Файл",
    exercised: "Проверено",
    all: "Из",
    share: "Доля",
    bar: "Полоса",
    counts_when: "Засчитывается, если …",
    kinds: [
        "правила",
        "исключения",
        "уведомления",
        "случаи определений",
        "строки и ступени",
        "нормативы",
        "отсутствие сведений",
        "части условий",
        "состояния сведений",
        "исходы",
    ],
    meanings: [
        "даёт основание исхода; приостановление — если исключает основание",
        "одно не даёт правилу сработать (приостановленное — допускает это) или даёт определению значение",
        "включено в решение",
        "даёт определению значение",
        "строка таблицы применяется, ступень шкалы достигается",
        "значение использовано",
        "применяется при отсутствии сведений",
        "имеет значение «да», а в другом примере «нет», и каждый раз от неё зависит итог",
        "сведения использованы в этом состоянии: известно, записи нет, информационная система не ответила, ещё не запрошено",
        "решение завершается этим исходом",
    ],
    ends_in: "{a}, исходы",
    nothing_missing: "Проверено всё.",
    missing: "Что не проверено ({a})",
    clause: "часть условия",
    truth: ["да", "нет"],
    states: ["известно", "записи нет", "информационная система не ответила", "ещё не запрошено"],
    gaps: Gaps {
        reason: "ни разу не даёт основания",
        suspended_reason: "ни разу не исключает основания",
        value: "ни разу не даёт значения",
        difference: "ни разу само по себе не меняет итога",
        notice: "ни разу не показано",
        suspended_notice: "ни разу не исключает уведомления",
        row: "ни разу не применяется",
        band: "ни разу не достигается",
        norm: "ни разу не использовано",
        stand_in: "ни разу не заменяет сведений",
        handler: "ни разу не определяет решения",
        when_true: "значение «да» ни разу не влияет на итог",
        when_false: "значение «нет» ни разу не влияет на итог",
        outcome: "ни разу не становится исходом",
        undetermined: "решение ни разу не остаётся неопределённым",
        not_in_force: "ни разу не оказывается недействующим",
    },
    never_true_nor_false: "ни «да», ни «нет» ни разу не влияет на итог",
    never_read_while: "ни разу не использовано в состоянии: {a}",
    never_outcome: "ни разу не становится исходом: {a}",
    nor_inside: "не проверено и ничего внутри",
    and_more: "и ещё {a}",
    which: "Что какими примерами проверяется",
    goals_of: "Что проверяется, {a}",
    line: "Строка",
    goal: "Что проверяется",
    cases: "Примеров",
    which_cases: "Какими примерами",
};

const KK: CoveragePhrases = CoveragePhrases {
    language: "kk",
    case: ("", ""),
    heading: "Бақылау мысалдарының толықтығы",
    subtitle: "{a}; бақылау мысалдарының саны: {b}",
    exercised_of: "Бақылау мысалдарымен тексерілгені (мысалдар саны: {a}): {b}",
    about: "Бақылау мысалдары қандай ережелерді тексереді; бағдарламаның өз жазбалары бойынша. Шарттың бөлігі «иә» немесе «жоқ» мәнімен \
            есепке алынады, егер оның мәні сондай болып, қорытынды соған байланысты болса: мәні басқа болғанда бүкіл шарттың нәтижесі де \
            басқа болар еді.",
    legend: [
        " жолда бәрі тексерілген, ",
        " жолдың бір бөлігі тексерілген, ",
        " жолда ештеңе тексерілмеген; қасындағы сан — мысалдар саны.",
    ],
    shares: ["тексерілген", "ішінара тексерілген", "тексерілмеген"],
    of: "/",
    kinds_title: "Ережелердің түрлері",
    files_title: "Файлдар",
    kind: "Түрі",
    file: "Файл",
    exercised: "Тексерілген",
    all: "Бәрі",
    share: "Үлесі",
    bar: "Жолақ",
    counts_when: "Есепке алынады, егер …",
    kinds: [
        "қағидалар",
        "ерекшеліктер",
        "хабарламалар",
        "анықтама жағдайлары",
        "жолдар мен сатылар",
        "нормативтер",
        "мәліметтің болмауы",
        "шарт бөліктері",
        "мәлімет күйлері",
        "нәтижелер",
    ],
    meanings: [
        "нәтиженің негізін берсе; тоқтата тұру — негізді болдырмаса",
        "жалғыз өзі қағиданы іске қоспаса (тоқтатылғаны — іске қосса) немесе анықтаманың мәнін берсе",
        "шешімге енгізілсе",
        "анықтаманың мәнін берсе",
        "кестенің жолы қолданылса, шкаланың сатысына жетсе",
        "мәні пайдаланылса",
        "мәлімет болмағанда қолданылса",
        "бір мысалда «иә», басқасында «жоқ» болып, әр жолы қорытынды соған байланысты болса",
        "мәлімет осы күйінде пайдаланылса: белгілі, жазба жоқ, ақпараттық жүйе жауап бермеді, әлі сұралмаған",
        "шешім осы нәтижемен аяқталса",
    ],
    ends_in: "{a}, нәтижелері",
    nothing_missing: "Барлығы тексерілген.",
    missing: "Тексерілмегені ({a})",
    clause: "шарттың бөлігі",
    truth: ["иә", "жоқ"],
    states: ["белгілі", "жазба жоқ", "ақпараттық жүйе жауап бермеді", "әлі сұралмаған"],
    gaps: Gaps {
        reason: "бірде-бір рет негіз бермейді",
        suspended_reason: "бірде-бір рет негізді болдырмай қоймайды",
        value: "бірде-бір рет мән бермейді",
        difference: "бірде-бір рет жалғыз өзі қорытындыны өзгертпейді",
        notice: "бірде-бір рет көрсетілмейді",
        suspended_notice: "бірде-бір рет хабарламаны болдырмай қоймайды",
        row: "бірде-бір рет қолданылмайды",
        band: "бірде-бір рет жетілмейді",
        norm: "бірде-бір рет пайдаланылмайды",
        stand_in: "бірде-бір рет мәліметтің орнын баспайды",
        handler: "бірде-бір рет шешімді анықтамайды",
        when_true: "«иә» мәні қорытындыға бірде-бір рет әсер етпейді",
        when_false: "«жоқ» мәні қорытындыға бірде-бір рет әсер етпейді",
        outcome: "бірде-бір рет нәтиже болмайды",
        undetermined: "шешім бірде-бір рет анықталмай қалмайды",
        not_in_force: "бірде-бір рет қолданыстан тыс болмайды",
    },
    never_true_nor_false: "«иә» де, «жоқ» та қорытындыға бірде-бір рет әсер етпейді",
    never_read_while: "мына күйде бірде-бір рет пайдаланылмайды: {a}",
    never_outcome: "бірде-бір рет мынадай нәтиже болмайды: {a}",
    nor_inside: "ішіндегі ештеңе де тексерілмеген",
    and_more: "және тағы {a}",
    which: "Нені қандай мысалдар тексереді",
    goals_of: "Не тексеріледі, {a}",
    line: "Жол",
    goal: "Не тексеріледі",
    cases: "Мысалдар саны",
    which_cases: "Қандай мысалдармен",
};

const VI: CoveragePhrases = CoveragePhrases {
    language: "vi",
    case: ("", ""),
    heading: "Mức độ bao phủ của các ca kiểm tra",
    subtitle: "{a}; số ca kiểm tra: {b}",
    exercised_of: "Phần đã được kiểm tra (số ca kiểm tra: {a}): {b}",
    about: "Các ca kiểm tra những quy định nào, theo ghi nhận của chính chương trình. Một mệnh đề được tính với giá trị đúng hoặc sai nếu nó \
            có giá trị đó và kết luận phụ thuộc vào nó: với giá trị kia, cả điều kiện sẽ cho kết quả khác.",
    legend: [
        " cả dòng đã được kiểm tra, ",
        " một phần đã được kiểm tra, ",
        " chưa được kiểm tra; số bên cạnh là số ca.",
    ],
    shares: ["đã được kiểm tra", "được kiểm tra một phần", "chưa được kiểm tra"],
    of: "trên",
    kinds_title: "Loại quy định",
    files_title: "Tệp",
    kind: "Loại",
    file: "Tệp",
    exercised: "Đã kiểm tra",
    all: "Trên tổng số",
    share: "Tỷ lệ",
    bar: "Thanh",
    counts_when: "Được tính khi …",
    kinds: [
        "quy tắc",
        "ngoại lệ",
        "thông báo",
        "trường hợp của định nghĩa",
        "dòng và bậc",
        "định mức",
        "khi thiếu dữ liệu",
        "mệnh đề",
        "trạng thái dữ liệu",
        "kết quả",
    ],
    meanings: [
        "đưa ra lý do của kết quả; việc đình chỉ thì loại bỏ một lý do",
        "một mình nó ngăn quy tắc áp dụng (bị đình chỉ thì cho áp dụng), hoặc cho định nghĩa giá trị",
        "có trong quyết định",
        "cho định nghĩa giá trị",
        "dòng của bảng được áp dụng, bậc của biểu được đạt tới",
        "giá trị được dùng",
        "được áp dụng khi thiếu dữ liệu",
        "đúng ở một ca, sai ở ca khác, và mỗi lần kết luận đều phụ thuộc vào nó",
        "dữ liệu được dùng ở trạng thái này: đã biết, không có dữ liệu, cơ sở dữ liệu không trả lời, chưa hỏi",
        "quyết định có kết quả này",
    ],
    ends_in: "{a}, kết quả",
    nothing_missing: "Tất cả đã được kiểm tra.",
    missing: "Những gì chưa được kiểm tra ({a})",
    clause: "mệnh đề",
    truth: ["đúng", "sai"],
    states: ["đã biết", "không có dữ liệu", "cơ sở dữ liệu không trả lời", "chưa hỏi"],
    gaps: Gaps {
        reason: "không lần nào đưa ra lý do",
        suspended_reason: "không lần nào loại bỏ một lý do",
        value: "không lần nào cho giá trị",
        difference: "không lần nào một mình làm thay đổi kết luận",
        notice: "không lần nào được hiển thị",
        suspended_notice: "không lần nào loại bỏ một thông báo",
        row: "không lần nào được áp dụng",
        band: "không lần nào được đạt tới",
        norm: "không lần nào được dùng",
        stand_in: "không lần nào thay cho dữ liệu",
        handler: "không lần nào quyết định",
        when_true: "giá trị đúng không lần nào ảnh hưởng đến kết luận",
        when_false: "giá trị sai không lần nào ảnh hưởng đến kết luận",
        outcome: "không lần nào là kết quả",
        undetermined: "quyết định không lần nào chưa xác định",
        not_in_force: "không lần nào hết hiệu lực",
    },
    never_true_nor_false: "cả đúng lẫn sai không lần nào ảnh hưởng đến kết luận",
    never_read_while: "không lần nào được dùng ở trạng thái: {a}",
    never_outcome: "không lần nào là kết quả: {a}",
    nor_inside: "bên trong cũng chưa được kiểm tra",
    and_more: "và {a} ca nữa",
    which: "Ca nào kiểm tra gì",
    goals_of: "Những gì được kiểm tra, {a}",
    line: "Dòng",
    goal: "Kiểm tra gì",
    cases: "Số ca",
    which_cases: "Các ca",
};
