//! What may be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use spiffcast_engine::scenario::ExtraSale;

use crate::answer::ReportFormat;
use crate::app::{accuracy, earnings, identity};
use crate::auth::{Permission, Role};
use crate::config::ReaderPolicy;

/// Answers what-if questions about partner incentive programs.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Folder of imported data, answers and indexes [default: ./spiffcast-data,
    /// and the demo company while nothing is imported there].
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to do; `serve` when left out.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  something broke
  2  the command line is wrong
  3  the question needs a choice (see --answer)
  4  the question could not be read, or is not answered yet
  5  a file or a scenario has findings
  6  nothing of that name

Environment:
  OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL   connect a language model
  AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY,
  AZURE_OPENAI_DEPLOYMENT, AZURE_OPENAI_API_VERSION  connect one on Azure
  SPIFFCAST_READER                                auto, built-in or llm
  SPIFFCAST_LLM_SUMMARY                           true: summaries in the model's words
  QDRANT_URL, QDRANT_API_KEY                      use a Qdrant server
  SPIFFCAST_AUDIT_KEY_FILE                        key of the audit trail, elsewhere than in the data folder
  SPIFFCAST_LOG                                   what is logged, such as spiffcast=debug";

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the browser pages and the HTTP API.
    Serve(Serve),
    /// Answer a question.
    Ask(Ask),
    /// Show how a question is read, as JSON, without simulating it.
    Read {
        /// The question.
        question: String,
        /// A choice that answers a clarification; may be repeated.
        #[arg(long = "answer", value_name = "FIELD=CHOICE", value_parser = choice)]
        answers: Vec<(String, String)>,
    },
    /// Simulate a scenario from a JSON file (`-` for standard input).
    Simulate {
        /// The scenario, as `ask --json` prints it.
        file: PathBuf,
        /// Print the answer as JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// Check a folder of tables and programs and make it the data that serves.
    Import {
        /// The folder.
        source: PathBuf,
    },
    /// What a partner has earned, to the cent, to the end of the data; how far its next
    /// marks are; what more sales would pay.
    Earnings {
        /// Partner identifier.
        partner: String,
        /// An imagined sale, such as PX-100=20@2026-08; may be repeated.
        #[arg(long = "what-if", value_name = "SKU=UNITS@YYYY-MM", value_parser = earnings::parse_extra)]
        what_if: Vec<ExtraSale>,
        /// Only periods that end in this one, such as 2026-Q2 or 2026.
        #[arg(long)]
        period: Option<String>,
        /// Why this transaction was counted or not, instead of the statement.
        #[arg(long, value_name = "TRANSACTION", conflicts_with_all = ["what_if", "period", "outlook"])]
        why: Option<String>,
        /// What the quarter will probably pay, exact and forecast apart, instead of the
        /// statement.
        #[arg(long, conflicts_with = "period")]
        outlook: bool,
        /// Print JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// How a partner's pay under a program came about, step by step.
    Explain {
        /// Partner identifier.
        partner: String,
        /// Program identifier.
        program: String,
        /// Such as 2026-Q2, 2026-05, 2025, "H1 2026" or 2026-01-01..2026-03-31.
        period: String,
        /// Print JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// Compare the recorded payouts with what the rules give.
    Reconcile {
        /// Print JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// What is due by program and month, and what open periods are heading to.
    Accruals {
        /// Only this program.
        #[arg(long, value_name = "ID")]
        program: Option<String>,
        /// Print JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// Look the program files over for what cannot be meant.
    Check {
        /// A folder of tables and programs that is not imported; the data that
        /// serves when left out.
        source: Option<PathBuf>,
        /// Print JSON and nothing else.
        #[arg(long)]
        json: bool,
    },
    /// How good forecasts have been here: past changes forecast again from what was
    /// known before them, against what came. Kept until the data change.
    Backtest(Backtest),
    /// Score a reader on questions with expected readings (data/questions/README.md).
    Evaluate(Evaluate),
    /// Write the report of an answer.
    Report {
        /// Identifier of the answer.
        id: String,
        /// Format of the report.
        #[arg(long, value_enum)]
        format: Format,
        /// File to write; standard output when left out.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Who may sign in, their passwords and API keys.
    #[command(subcommand)]
    User(User),
    /// The trail of what was done, each row sealed over the one before it.
    #[command(subcommand)]
    Audit(Audit),
    /// Put the database, the imported data and the settings into one file, with the head
    /// of the audit trail beside it; also while a server runs. The key of the trail is
    /// not in it.
    Backup {
        /// The file, which must not be there yet; the head goes to FILE.head.
        file: PathBuf,
    },
    /// Put a backup in the place of what the data folder holds, once its audit trail and
    /// data are verified. No server may run on it.
    Restore {
        /// The file that `backup` wrote.
        file: PathBuf,
        /// Also where what is there is newer than the backup, or cannot be read; it is put
        /// aside, not removed.
        #[arg(long)]
        replace: bool,
    },
    /// The demo company.
    #[command(subcommand)]
    Demo(Demo),
}

/// `audit`.
#[derive(Debug, Clone, Subcommand)]
pub enum Audit {
    /// Go through the trail and name the first row that is not as it was written.
    Verify {
        /// A head that was kept elsewhere: finds rows missing at the end, and a trail
        /// that was written anew.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print the number and the seal of the last row, to keep elsewhere.
    Head,
    /// Write every row as a line of JSON.
    Export {
        /// File to write, which must not be there yet; standard output when left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// `user`.
#[derive(Debug, Clone, Subcommand)]
pub enum User {
    /// Add somebody. The password is asked for, unless a flag says otherwise.
    Add {
        /// What the person signs in with.
        login: String,
        /// manager, designer, partner, finance, auditor or administrator.
        #[arg(long)]
        role: Role,
        /// Name on pages; the login when left out.
        #[arg(long)]
        name: Option<String>,
        /// Identifier of the partner, for role partner.
        #[arg(long, value_name = "P")]
        partner: Option<String>,
        /// Regions that a manager is limited to, with commas.
        #[arg(long, value_name = "A,B", value_delimiter = ',')]
        regions: Vec<String>,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// List everybody.
    List,
    /// Keep somebody out: sessions end, keys stop working.
    Disable {
        /// The login.
        login: String,
    },
    /// Let somebody in again.
    Enable {
        /// The login.
        login: String,
    },
    /// Give somebody a new password; sessions end.
    Password {
        /// The login.
        login: String,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Make an API key of somebody and print it, this once.
    Key {
        /// The login.
        login: String,
        /// What the key may do, with commas, such as ask,answers-read.
        #[arg(long, value_name = "S,S", value_delimiter = ',', required = true)]
        scopes: Vec<Permission>,
        /// What the key is for.
        #[arg(long, default_value = "made at the terminal")]
        name: String,
        /// Days until it is over.
        #[arg(long, value_name = "DAYS", default_value_t = identity::keys::DAYS_DEFAULT)]
        expires: u32,
    },
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, Args)]
pub struct PasswordFrom {
    /// Read it from the first line of standard input.
    #[arg(long, conflicts_with = "one_time")]
    pub password_stdin: bool,
    /// Make one, print it, and ask for another at the first sign-in.
    #[arg(long)]
    pub one_time: bool,
}

/// `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Address to listen on; of this machine (loopback), unless somebody was added who
    /// can sign in to imported data.
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
}

impl Default for Serve {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8787)) }
    }
}

/// `ask`.
#[derive(Debug, Clone, Args)]
pub struct Ask {
    /// The question.
    #[arg(required_unless_present = "set", default_value = "", hide_default_value = true)]
    pub question: String,
    /// A choice that answers a clarification; may be repeated.
    #[arg(long = "answer", value_name = "FIELD=CHOICE", value_parser = choice)]
    pub answers: Vec<(String, String)>,
    /// Identifier of the answer that this question follows up on.
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
    /// Sets a field of the conversation's scenario instead of reading a question; may
    /// be repeated. Such as options[0].levers[0].value=6 or "period=Q4 2026".
    #[arg(long, value_name = "FIELD=VALUE", value_parser = choice, requires = "conversation", conflicts_with_all = ["question", "answers"])]
    pub set: Vec<(String, String)>,
    /// The partner who asks: "what if I sell 20 more?" is about its own earnings.
    #[arg(long, value_name = "ID")]
    pub partner: Option<String>,
    /// Print the answer as JSON and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// `backtest`.
#[derive(Debug, Clone, Args)]
pub struct Backtest {
    /// Past days that sales are forecast from as the rules stood; those of past
    /// changes come on top.
    #[arg(long, default_value_t = accuracy::ORIGINS)]
    pub origins: usize,
    /// Longest look at a change, in months, and how far ahead sales are forecast.
    #[arg(long, default_value_t = accuracy::MONTHS)]
    pub months: usize,
    /// Compute again what is kept.
    #[arg(long)]
    pub again: bool,
    /// Print JSON and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// `evaluate`.
#[derive(Debug, Clone, Args)]
pub struct Evaluate {
    /// The questions: one JSON object a line.
    pub file: PathBuf,
    /// Who reads first; as the settings have it when left out.
    #[arg(long, value_enum)]
    pub reader: Option<Reader>,
    /// A generated company that the questions are about; the data that serves when
    /// left out.
    #[arg(long, value_enum, conflicts_with = "data")]
    pub company: Option<Set>,
    /// Only the first questions of the file.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Print JSON and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// Readers by the word typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// Built-in where it is certain, else the language model.
    Auto,
    /// Built-in only.
    BuiltIn,
    /// The language model first.
    Llm,
}

impl From<Reader> for ReaderPolicy {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::Auto => Self::Auto,
            Reader::BuiltIn => Self::BuiltIn,
            Reader::Llm => Self::Llm,
        }
    }
}

/// Generated companies that question sets come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Set {
    /// The demo company.
    Demo,
    /// The second company: other words, euros, a fiscal year from April.
    Harrow,
}

/// `demo`.
#[derive(Debug, Clone, Subcommand)]
pub enum Demo {
    /// Generate a company with a known truth.
    Generate {
        /// Seed: the same seed gives the same company.
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// Folder to write to; must be absent or empty.
        #[arg(long)]
        out: PathBuf,
        /// Also write the truth (what the company's response really is) to a file.
        #[arg(long)]
        truth: Option<PathBuf>,
    },
}

/// Report formats by the word typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Markdown.
    Md,
    /// A workbook, with sums that stay live.
    Xlsx,
    /// JSON.
    Json,
    /// A document for paper and screens.
    Pdf,
}

impl From<Format> for ReportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Md => Self::Markdown,
            Format::Xlsx => Self::Xlsx,
            Format::Json => Self::Json,
            Format::Pdf => Self::Pdf,
        }
    }
}

fn choice(text: &str) -> Result<(String, String), String> {
    text.split_once('=').map(|(field, id)| (field.trim().to_owned(), id.trim().to_owned())).ok_or_else(|| {
        format!("{text:?} is not FIELD=VALUE, such as options[0].levers[0].operation=relative")
    })
}
