//! Pages and documents of real answers through the router: which option the figures on
//! top are of, what a page may weigh, where one lands after a correction.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use calamine::{Reader, Xlsx};
use scraper::{Html, Selector};
use spiffcast::answer::{Answer, ReportFormat};
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::Role;
use spiffcast::config::Settings;
use spiffcast::reports::format;
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use spiffcast_engine::simulation::DRAWS_DEFAULT;
use tower::ServiceExt;

use crate::journeys::PAGE;
use crate::people::{People, Person};

/// The demo company, and a manager who looks at it.
pub struct Desk {
    pub state: Arc<State>,
    router: Router,
    manager: Person,
    _folder: tempfile::TempDir,
    people: People,
}

impl Desk {
    pub async fn open() -> Self {
        Self::open_with(200).await
    }

    async fn open_with(draws: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::load(None, |_| None).expect("defaults");
        settings.data_dir = folder.path().to_owned();
        settings.draws = draws;
        let state = Arc::new(State::open(settings).await.expect("the demo company"));
        let people = People::demo().await;
        let manager = people.enter(Role::Manager).await;
        let router = router(state.clone(), people.accounts.clone(), Options::default());
        Self { state, router, manager, _folder: folder, people }
    }

    pub async fn ask(&self, question: &str) -> Answer {
        let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
        let answer = self.state.ask(request, Progress::new()).await.expect("an answer");
        assert!(answer.forecast.is_some(), "{question}: {:?}", answer.reading);
        answer
    }

    /// The page of an answer, with what is asked of it (`?option=2`, or nothing).
    pub async fn page(&self, answer: &Answer, query: &str) -> (String, Html) {
        let path = format!("/answers/{}{query}", answer.run.id);
        let request = self.manager.sends(Request::get(path)).header("host", "127.0.0.1");
        let (_, _, text) = self.send(request.body(Body::empty()).expect("a request")).await;
        let page = Html::parse_document(&text);
        (text, page)
    }

    pub async fn post(&self, body: &str) -> (StatusCode, String, String) {
        let request = self.manager.sends(Request::post("/ask")).header("host", "127.0.0.1");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    /// Any page, as somebody sees it.
    async fn shown(&self, path: &str, to: &Person) -> Html {
        let request = to.sends(Request::get(path)).header("host", "127.0.0.1").body(Body::empty());
        let (_, _, text) = self.send(request.expect("a request")).await;
        Html::parse_document(&text)
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        let place = parts.headers.get("location").map(|v| v.to_str().expect("text").to_owned());
        (parts.status, place.unwrap_or_default(), String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    }

    async fn report(&self, answer: &Answer, format: ReportFormat) -> Vec<u8> {
        self.state.report(answer.clone(), format).await.expect("a report")
    }
}

/// The texts of what matches, with single blanks and without word joiners.
pub fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    let text = |e: scraper::ElementRef<'_>| e.text().collect::<String>().replace('\u{2060}', "");
    page.select(&selector).map(|e| text(e).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn net(answer: &Answer, option: usize) -> String {
    let mean = answer.forecast.as_ref().expect("a forecast").metrics["net"].difference[option].mean;
    let mean = mean.expect("a mean");
    format::signed(mean, format::money(mean, "USD"))
}

/// Two options of which the first leaves less.
const WORSE_FIRST: &str = "compare the Product X SPIFF +5% with the Product X SPIFF -40% in Q3";

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_on_top_are_of_the_option_that_the_headline_names() {
    let desk = Desk::open().await;
    let answer = desk.ask(WORSE_FIRST).await;
    let labels: Vec<&str> = answer
        .reading
        .scenario
        .as_ref()
        .expect("a scenario")
        .options
        .iter()
        .map(|o| o.label.as_str())
        .collect();
    let mean = |i: usize| answer.forecast.as_ref().expect("a forecast").metrics["net"].difference[i].mean;
    let best = usize::from(mean(1) > mean(0));
    assert_eq!(best, 1, "the case is of a first option that is not the best: {labels:?}");
    let (_, page) = desk.page(&answer, "").await;
    assert!(all(&page, "h1")[0].contains(labels[best]), "{:?}", all(&page, "h1"));
    let named = all(&page, ".keys-of");
    assert_eq!(named, [format!("The option that leaves the most on average: {}", labels[best])]);
    let keys = all(&page, ".key-value");
    assert!(keys.contains(&net(&answer, best)) && !keys.contains(&net(&answer, 0)), "{keys:?}");
    let limits = all(&page, "details:has(#limits) > summary");
    assert!(limits.len() == 1 && limits[0].contains(labels[best]), "{limits:?}");
    // The figures of the first are one link away, with the same on top.
    let (_, page) = desk.page(&answer, "?option=1").await;
    assert!(all(&page, "#figures-1")[0].starts_with(labels[0]), "{:?}", all(&page, "#figures-1"));
    assert_eq!(all(&page, ".keys-of"), named);

    // Documents name it too, and tell the limits of it alone.
    let text = String::from_utf8(desk.report(&answer, ReportFormat::Markdown).await).expect("UTF-8");
    let limits = text.split_once("## Caps and tiers on the way").expect("limits").1;
    let limits = limits.split_once("\n## ").map_or(limits, |(own, _)| own);
    assert!(limits.contains(labels[best]), "{limits}");
    let held = spiffcast::reports::sentences::limits(answer.forecast.as_ref().expect("a forecast"), best);
    let other = spiffcast::reports::sentences::limits(answer.forecast.as_ref().expect("a forecast"), 0);
    assert!(held != other && held.iter().all(|line| limits.contains(line.as_str())), "{limits}");
    let book = desk.report(&answer, ReportFormat::Xlsx).await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(book)).expect("a workbook that opens");
    let cells = book.worksheet_range("Assumptions").expect("a sheet");
    let rows: Vec<(String, String)> = cells.rows().map(|r| (r[0].to_string(), r[1].to_string())).collect();
    for line in &held {
        assert!(rows.contains(&(labels[best].to_owned(), line.clone())), "{line} in {rows:?}");
    }
}

/// Eight options of as many programs.
const EIGHT: &str = "compare the Product X SPIFF +5%, the Product Y Sprint +10%, the Edge Gateway SPIFF +10%, \
    the Cloud Pilot SPIFF paused, the Edge Unit Rebate paused, the Referral Commission paused, \
    the New Customer Bonus paused and the Registered Deal Commission paused in Q3";

#[tokio::test(flavor = "multi_thread")]
async fn eight_options_of_real_programs_stay_within_what_a_page_may_weigh() {
    let desk = Desk::open().await;
    let answer = desk.ask(EIGHT).await;
    let options = &answer.reading.scenario.as_ref().expect("a scenario").options;
    assert_eq!(options.len(), 8);
    for shown in [1, 8] {
        let (text, page) = desk.page(&answer, &format!("?option={shown}")).await;
        eprintln!("eight options, option {shown} shown: {} bytes of HTML", text.len());
        assert!(text.len() as i64 <= PAGE, "{} bytes", text.len());
        assert_eq!(all(&page, "nav.drawn a").len(), 8, "every option is one link away");
        assert_eq!(all(&page, "nav.drawn a[aria-current]"), [options[shown - 1].label.as_str()]);
        assert_eq!(all(&page, "table.figures:not(.side):not(.beats)").len(), 1);
        // Its fields are corrected here; those of the others on their own pages.
        let own = format!("input[name='set.options[{}].levers[0].program']", shown - 1);
        assert_eq!(all(&page, &own).len(), 1);
        let other = if shown == 1 { 2 } else { 1 };
        let chip = format!("a.chip[href^='?option={other}#field-']");
        assert!(!all(&page, &chip).is_empty(), "the fields of the others have a link");
        assert_eq!(all(&page, "datalist").len(), 2);
        // Rules and past changes are those of its programs, and the charts left out are there.
        let program = &options[shown - 1].levers[0].program;
        let own = format!("#rules a.citation[href^='/programs/{program}/']");
        assert!(
            all(&page, &own).len() == all(&page, "#rules a.citation").len() && !all(&page, &own).is_empty()
        );
        let (more, other) = desk.page(&answer, &format!("?option={shown}&charts=more")).await;
        assert!(more.len() as i64 <= PAGE, "{} bytes", more.len());
        assert!(all(&other, "h2").iter().any(|h| h.starts_with("Who moves")));
        assert!(all(&page, "h2").iter().any(|h| h.starts_with("From revenue")));
        assert_eq!(all(&page, "datalist#offered-programs option").len(), desk.state.company().programs.len());
    }
    let two = desk.ask("compare the Product X SPIFF +5% with the Quarterly Volume Rebate paused in Q3").await;
    for shown in [1, 2] {
        let (text, _) = desk.page(&two, &format!("?option={shown}")).await;
        eprintln!("two unlike options, option {shown} shown: {} bytes of HTML", text.len());
        assert!(text.len() as i64 <= PAGE, "{} bytes", text.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_by_name_opens_the_answer_at_what_moved() {
    let desk = Desk::open().await;
    let answer = desk.ask("raise the Product X SPIFF 5% for Q3").await;
    let (_, page) = desk.page(&answer, "").await;
    let program =
        "input[name='set.options[0].levers[0].program'][list='offered-programs'][value='Product X SPIFF']";
    assert_eq!(all(&page, program).len(), 1);
    let body =
        format!("conversation={}&set.options%5B0%5D.levers%5B0%5D.program=edge+gateway+SPIFF", answer.run.id);
    let (status, place, text) = desk.post(&body).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let id = place.strip_prefix("/answers/").and_then(|p| p.strip_suffix("#moved")).expect("where it moved");
    let kept = desk.state.answer(id).await.expect("read").expect("kept");
    let lever = &kept.reading.scenario.as_ref().expect("a scenario").options[0].levers[0];
    assert_eq!(lever.program, "spiff-edge");
    let (_, page) = desk.page(&kept, "").await;
    assert_eq!(all(&page, "h2#moved[tabindex='-1']").len(), 1, "the heading can take the focus");
    // A name that no program has is said, and a question leads to the top.
    let nowhere = format!("conversation={}&set.options%5B0%5D.levers%5B0%5D.program=Nowhere", answer.run.id);
    let (status, _, text) = desk.post(&nowhere).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("There is no program"), "{text}");
    let (_, place, _) = desk.post("question=pause+the+Product+X+SPIFF+for+Q3").await;
    assert!(!place.contains('#'), "{place}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_box_to_ask_in_is_on_every_page_of_those_who_may_ask() {
    let desk = Desk::open().await;
    let answer = desk.ask("raise the Product X SPIFF 5% for Q3").await;
    let own = format!("/answers/{}", answer.run.id);
    let pages = [
        "/",
        "/programs",
        "/programs/spiff-product-x",
        "/programs/spiff-product-x/v3",
        "/programs/spiff-product-x/changes",
        "/scenarios",
        "/accuracy",
        "/data",
        "/earnings",
        "/earnings?partner=P-0001",
        "/drafts",
        "/account",
        "/nothing-here",
        own.as_str(),
    ];
    let finance = desk.people.enter(Role::Finance).await;
    for path in pages {
        let page = desk.shown(path, &desk.manager).await;
        assert_eq!(all(&page, "form[data-ask][action='/ask'] #question").len(), 1, "{path}");
        assert_eq!(all(&page, "#question").len(), 1, "{path}");
        let page = desk.shown(path, &finance).await;
        assert!(all(&page, "form[data-ask]").is_empty(), "{path} for who may not ask");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_come_before_tables_and_every_section_of_the_contents_is_there() {
    let desk = Desk::open().await;
    for question in ["raise the Product X SPIFF 5% for Q3", WORSE_FIRST] {
        let answer = desk.ask(question).await;
        let (text, page) = desk.page(&answer, "").await;
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is on the page"));
        assert!(at("keys-row") < at("<svg aria-hidden=\"true\" class=\"chart wide\""));
        assert!(at("<svg aria-hidden=\"true\" class=\"chart wide\"") < at("class=\"figures"), "{question}");
        assert!(at("id=\"figures-1\"") < at("id=\"words-h\"") && at("id=\"words-h\"") < at("id=\"reading\""));
        let links = Selector::parse(".contents a").expect("a selector");
        let anchors: Vec<&str> = page.select(&links).filter_map(|a| a.value().attr("href")).collect();
        assert!(anchors.len() > 8, "{anchors:?}");
        for anchor in anchors {
            assert_eq!(all(&page, &format!("[id='{}']", &anchor[1..])).len(), 1, "{anchor}");
        }
        // Folded without a script, and a link to what is inside can unfold it.
        for inside in ["rules", "evidence", "assumed"] {
            assert_eq!(all(&page, &format!("details.fold:not([open]) > #{inside}")).len(), 1, "{inside}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_the_rules_shows_the_program_it_is_about() {
    let desk = Desk::open().await;
    for (question, programs) in [
        ("What is the cap of the Product X SPIFF?", "Product X SPIFF"),
        ("What is the cap of the Support Plan SPIFF?", "Support Plan SPIFF"),
    ] {
        let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
        let answer = desk.state.ask(request, Progress::new()).await.expect("an answer");
        let (text, page) = desk.page(&answer, "").await;
        let fields: Vec<(String, String)> =
            all(&page, ".field dt").into_iter().zip(all(&page, ".field dd > :first-child")).collect();
        assert!(fields.contains(&("Program".to_owned(), programs.to_owned())), "{fields:?}");
        assert!(!text.contains("not settled yet"), "{fields:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn past_changes_are_drawn_and_told_in_a_table() {
    let desk = Desk::open().await;
    let answer = desk.ask("raise the Product X SPIFF 5% for Q3").await;
    let held = &answer.forecast.as_ref().expect("a forecast").precedents;
    assert!(!held.is_empty(), "the SPIFF was changed before");
    let (text, page) = desk.page(&answer, "").await;
    let rows = all(&page, "#precedents table.precedents tbody tr");
    assert_eq!(rows.len(), held.len());
    let drawn = all(&page, "#precedents figure[data-chart] .chart.wide .hit");
    assert_eq!(drawn.len(), held.len().min(8), "each can be pointed at");
    assert_eq!(all(&page, "#precedents [data-readout]").len(), 1);
    for (p, row) in held.iter().zip(rows).take(8) {
        let (before, after) = (format::count(p.units_before), format::count(p.units_after));
        assert!(row.contains(&before) && row.contains(&after), "{row}");
        let said = format!("{before} units in the 3 months before, {after} in the 3 months from it");
        assert!(text.contains(&said), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_net_depends_on_is_told_of_the_option_that_is_shown() {
    let desk = Desk::open_with(DRAWS_DEFAULT).await;
    let answer = desk.ask(WORSE_FIRST).await;
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let labels = answer.reading.scenario.as_ref().expect("a scenario").options.iter();
    for (option, label) in labels.map(|o| o.label.clone()).enumerate() {
        let (_, page) = desk.page(&answer, &format!("?option={}", option + 1)).await;
        let title = format!("What the net result depends on: {label}");
        assert!(all(&page, "h2").contains(&title), "{:?}", all(&page, "h2"));
        let bar = forecast.tornado.iter().find(|bar| bar.option == option).expect("a bar");
        let end = format::signed(bar.net_low, format::money(bar.net_low, "USD"));
        let tables = all(&page, "section[aria-labelledby^='tornado'] td").concat();
        assert!(tables.contains(&end), "{end} in {tables}");
        let mut book: Xlsx<_> =
            Xlsx::new(std::io::Cursor::new(desk.report(&answer, ReportFormat::Xlsx).await))
                .expect("a workbook");
        let sheet = book.worksheet_range("Assumptions").expect("a sheet");
        let told: Vec<String> = sheet.rows().map(|row| row[0].to_string()).collect();
        assert!(told.contains(&format!("What the net of {label} depends on")), "{told:?}");
    }
    // The text tells it of the option that leaves the most, by its name.
    let text = desk.report(&answer, ReportFormat::Markdown).await;
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("the net of Product X SPIFF -40%"), "{text}");
}
