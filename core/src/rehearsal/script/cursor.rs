//! A place in one line of a file, and the error that points at it.

/// Why a file cannot be read: where, what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}; write {would_be_right}")]
pub struct FileError {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right: reads on after "write".
    pub would_be_right: String,
}

/// Reads one line from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) file: &'a str,
    pub(crate) number: usize,
    line: &'a str,
    pos: usize,
    /// The column of the line's first character, where it is a part of a longer line.
    first_column: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(file: &'a str, number: usize, line: &'a str) -> Self {
        Self {
            file,
            number,
            line,
            pos: 0,
            first_column: 1,
        }
    }

    pub(crate) fn starting_at(mut self, column: usize) -> Self {
        self.first_column = column;
        self
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.line.get(self.pos..).unwrap_or("")
    }

    pub(crate) fn at_end(&self) -> bool {
        self.rest().trim().is_empty()
    }

    /// The column of the next character, from 1.
    pub(crate) fn column(&self) -> usize {
        let before = self.line.get(..self.pos).unwrap_or(self.line);
        self.first_column + before.chars().count()
    }

    pub(crate) fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    pub(crate) fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.pos += length;
        &rest[..length]
    }

    /// Takes `literal` if it is next.
    pub(crate) fn eat(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.pos += literal.len();
        }
        found
    }

    /// Takes the next word (up to white space, `>`, `:` or `[`) and the white space after it.
    pub(crate) fn name(&mut self) -> &'a str {
        let name = self.take_while(|c| !c.is_whitespace() && !matches!(c, '>' | ':' | '['));
        self.skip_space();
        name
    }

    /// Takes all that is left.
    pub(crate) fn take_rest(&mut self) -> &'a str {
        let rest = self.rest();
        self.pos = self.line.len();
        rest
    }

    /// An error at the next character.
    pub(crate) fn error(&self, what: impl Into<String>, right: impl Into<String>) -> FileError {
        FileError {
            file: self.file.to_owned(),
            line: self.number,
            column: self.column(),
            what: what.into(),
            would_be_right: right.into(),
        }
    }
}
