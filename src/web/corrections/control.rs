//! What forms are made of. Knows no scenario: it says what is shown and under which name
//! it is sent.

/// How a field is edited.
pub struct Editor {
    /// What is filled in, in the order of the page.
    pub parts: Vec<Part>,
    /// How to say it; empty for nothing.
    pub hint: String,
}

/// Controls that belong together.
pub struct Part {
    /// What they are about; empty for nothing.
    pub legend: String,
    /// The controls.
    pub controls: Vec<Control>,
}

/// What can be filled in.
pub enum Control {
    /// Sent and not shown.
    Hidden {
        /// Name of the form's field.
        name: String,
        /// Its value.
        value: String,
    },
    /// A line of text.
    Text {
        /// Name of the form's field.
        name: String,
        /// What it is, where the name of the field does not say it; empty for nothing.
        label: String,
        /// What stands there.
        value: String,
        /// Name of the list it offers from; empty for none.
        list: &'static str,
        /// Whether it may stay empty.
        optional: bool,
    },
    /// One of several.
    Choose {
        /// Name of the form's field.
        name: String,
        /// What it is, where the name of the field does not say it; empty for nothing.
        label: String,
        /// The choices.
        choices: Vec<Choice>,
    },
    /// Any of several.
    Boxes {
        /// Name of the boxes.
        name: String,
        /// The boxes.
        choices: Vec<Choice>,
    },
}

/// One of a list.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it stands now.
    pub chosen: bool,
}

impl Choice {
    /// A choice; `now` is the value that stands.
    pub fn of(value: impl Into<String>, label: impl Into<String>, now: &str) -> Self {
        let value = value.into();
        Self { chosen: value == now, label: label.into(), value }
    }
}

impl Control {
    /// Sent and not shown.
    pub fn hidden(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Hidden { name: name.into(), value: value.into() }
    }

    /// A line that must be filled in.
    pub fn text(name: impl Into<String>, label: &str, value: impl Into<String>) -> Self {
        let (name, value, label) = (name.into(), value.into(), label.to_owned());
        Self::Text { name, label, value, list: "", optional: false }
    }

    /// A line that may stay empty.
    pub fn optional(name: impl Into<String>, label: &str, value: impl Into<String>) -> Self {
        let (name, value, label) = (name.into(), value.into(), label.to_owned());
        Self::Text { name, label, value, list: "", optional: true }
    }

    /// One of several; what stands now is among them, known or not.
    pub fn choose(name: impl Into<String>, label: &str, now: &str, mut choices: Vec<Choice>) -> Self {
        if !now.is_empty() && !choices.iter().any(|choice| choice.chosen) {
            choices.push(Choice::of(now, now, now));
        }
        Self::Choose { name: name.into(), label: label.to_owned(), choices }
    }

    /// The same with what was typed.
    fn again(&mut self, fields: &[(String, String)]) {
        let sent = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        match self {
            Self::Hidden { .. } => {}
            Self::Text { name, value, .. } => {
                if let Some(typed) = sent(name) {
                    *value = typed;
                }
            }
            Self::Choose { name, choices, .. } => {
                if let Some(chosen) = sent(name) {
                    choices.iter_mut().for_each(|choice| choice.chosen = choice.value == chosen);
                }
            }
            Self::Boxes { name, choices } => {
                let ticked = |value: &str| fields.iter().any(|(n, v)| n == name && v == value);
                choices.iter_mut().for_each(|choice| choice.chosen = ticked(&choice.value));
            }
        }
    }
}

impl Editor {
    /// One line of controls.
    pub fn line(controls: Vec<Control>, hint: impl Into<String>) -> Self {
        Self { parts: vec![Part { legend: String::new(), controls }], hint: hint.into() }
    }

    /// The same with what was typed.
    pub fn again(mut self, fields: &[(String, String)]) -> Self {
        self.parts.iter_mut().flat_map(|part| &mut part.controls).for_each(|control| control.again(fields));
        self
    }
}
