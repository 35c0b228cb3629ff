//! Reads a page of worked examples: headings, fenced TOML and captioned tables.
//! Everything else on the page is words for people. Knows nothing of payouts.

use std::collections::BTreeSet;

/// One Markdown file.
#[derive(Debug, Default)]
pub struct Page {
    /// Terms that every program of the page starts from.
    pub defaults: toml::Table,
    /// In the order of the page.
    pub examples: Vec<Example>,
}

/// What stands below one `## ` heading.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The heading.
    pub name: String,
    /// What the `Shows:` line names.
    pub shows: BTreeSet<String>,
    /// One block a program version.
    pub programs: Vec<toml::Table>,
    /// One block a change that a scenario makes.
    pub levers: Vec<toml::Table>,
    /// Those above the first heading of the page, then its own.
    pub tables: Vec<Table>,
}

/// A table and the words before its colon.
#[derive(Debug, Clone)]
pub struct Table {
    /// `Sales`, `Owed`, …
    pub caption: String,
    /// Column names, lower case.
    pub columns: Vec<String>,
    /// In the order of the page.
    pub rows: Vec<Row>,
}

/// A row of a table; empty cells are left out.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: usize,
    /// Among the rows of its table, from 1.
    pub number: usize,
    cells: Vec<(String, String)>,
}

impl Row {
    /// The cell of a column, unless it is empty or the column left out.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.as_str())
    }

    /// The cell of a column, or what holds where it is left out.
    pub fn or<'r>(&'r self, column: &str, default: &'r str) -> &'r str {
        self.get(column).unwrap_or(default)
    }
}

impl Example {
    /// The tables of one caption.
    pub fn tables<'e>(&'e self, caption: &'e str) -> impl Iterator<Item = &'e Table> {
        self.tables.iter().filter(move |t| t.caption == caption)
    }

    /// Their rows.
    pub fn rows<'e>(&'e self, caption: &'e str) -> impl Iterator<Item = &'e Row> {
        self.tables(caption).flat_map(|t| &t.rows)
    }
}

/// Reads a page.
///
/// # Errors
/// Everything that cannot be read, by line.
pub fn read(text: &str) -> Result<Page, Vec<String>> {
    let mut reader = Reader::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        at = reader.step(&lines, at);
    }
    reader.page.examples.extend(reader.open.take());
    if reader.wrong.is_empty() { Ok(reader.page) } else { Err(reader.wrong) }
}

#[derive(Default)]
struct Reader {
    page: Page,
    open: Option<Example>,
    shared: Vec<Table>,
    caption: String,
    wrong: Vec<String>,
}

impl Reader {
    /// Reads what begins on line `at` (from 0) and gives the line after it.
    fn step(&mut self, lines: &[&str], at: usize) -> usize {
        let line = lines[at].trim();
        let run = |more: fn(&str) -> bool| lines[at..].iter().take_while(|l| more(l.trim())).count();
        if let Some(info) = line.strip_prefix("```") {
            let length = lines[at + 1..].iter().position(|l| l.trim() == "```");
            let length = length.unwrap_or(lines.len() - at - 1);
            self.fence(info, &lines[at + 1..at + 1 + length].join("\n"), at + 1);
            return at + length + 2;
        }
        if line.starts_with('|') {
            let rows = run(|l| l.starts_with('|'));
            self.table(&lines[at..at + rows], at + 1);
            return at + rows;
        }
        if let Some(name) = line.strip_prefix("## ") {
            self.page.examples.extend(self.open.take());
            self.open =
                Some(Example { name: name.to_owned(), tables: self.shared.clone(), ..Example::default() });
        } else if let Some(names) = line.strip_prefix("Shows:") {
            let names = names.trim().trim_end_matches('.').split(',').map(|n| n.trim().to_owned());
            if let Some(open) = &mut self.open {
                open.shows.extend(names);
            }
        }
        if !line.is_empty() {
            self.caption = line.strip_suffix(':').unwrap_or_default().to_owned();
        }
        at + 1
    }

    fn fence(&mut self, info: &str, text: &str, line: usize) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => return self.wrong.push(format!("line {line}: not TOML: {error}")),
        };
        match (info.trim(), &mut self.open) {
            ("toml", None) => self.page.defaults = table,
            ("toml", Some(open)) => open.programs.push(table),
            ("toml lever", Some(open)) => open.levers.push(table),
            (other, _) => self.wrong.push(format!("line {line}: a block of `{other}` has no meaning here")),
        }
    }

    fn table(&mut self, lines: &[&str], first: usize) {
        let cells = |line: &str| -> Vec<String> {
            let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
            inner.split('|').map(|c| c.trim().to_owned()).collect()
        };
        let columns: Vec<String> = cells(lines[0]).iter().map(|c| c.to_lowercase()).collect();
        let mut rows = Vec::new();
        for (at, line) in lines.iter().enumerate().skip(2) {
            let found = cells(line);
            let line = first + at;
            if found.len() != columns.len() {
                self.wrong.push(format!("line {line}: {} cells, but {} columns", found.len(), columns.len()));
            }
            let cells = columns.iter().cloned().zip(found).filter(|(_, cell)| !cell.is_empty()).collect();
            rows.push(Row { line, number: at - 1, cells });
        }
        let table = Table { caption: std::mem::take(&mut self.caption), columns, rows };
        match &mut self.open {
            Some(open) => open.tables.push(table),
            None => self.shared.push(table),
        }
    }
}
