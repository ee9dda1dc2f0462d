//! The notation of grammars: `a | b`, `a || b`, `a && b`, `a b`, brackets, functions, and `?`, `*`,
//! `+`, `#`, `{a,b}` after a part.

/// A part of a grammar.
#[derive(Debug)]
pub(super) enum Node {
    /// A keyword.
    Word(String),
    /// A kind of value, or another grammar.
    Part(String),
    /// A slash or a comma.
    Sign(char),
    /// A function with its arguments.
    Function(String, Box<Node>),
    /// All, in this order.
    Sequence(Vec<Node>),
    /// The first one that agrees.
    Either(Vec<Node>),
    /// All, in any order.
    All(Vec<Node>),
    /// One or more, in any order.
    Any(Vec<Node>),
    /// A number of times, with commas between if the last field says so.
    Repeated(Box<Node>, usize, usize, bool),
}

/// Parses a definition. The definitions are constants of this crate.
pub(super) fn parse(text: &str) -> Node {
    Reader { rest: text }.alternatives()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_ascii_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn alternatives(&mut self) -> Node {
        self.joined("|", Self::options, Node::Either)
    }

    fn options(&mut self) -> Node {
        self.joined("||", Self::together, Node::Any)
    }

    fn together(&mut self) -> Node {
        self.joined("&&", Self::sequence, Node::All)
    }

    fn joined(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Node,
        join: fn(Vec<Node>) -> Node,
    ) -> Node {
        let first = part(self);
        let mut all = vec![first];
        while self.eat(sign) {
            all.push(part(self));
        }
        match (all.len(), all.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                all.extend(last);
                join(all)
            }
        }
    }

    fn sequence(&mut self) -> Node {
        let mut all = Vec::new();
        loop {
            self.rest = self.rest.trim_ascii_start();
            if self.rest.is_empty() || self.rest.starts_with(['|', '&', ']', ')']) {
                return match all.len() {
                    1 => all.remove(0),
                    _ => Node::Sequence(all),
                };
            }
            let part = self.part();
            all.push(self.repeated(part));
        }
    }

    fn part(&mut self) -> Node {
        if self.eat("[") {
            let inside = self.alternatives();
            self.eat("]");
            return inside;
        }
        for sign in [',', '/'] {
            if self.eat(sign.encode_utf8(&mut [0; 4])) {
                return Node::Sign(sign);
            }
        }
        if self.eat("<") {
            let (name, rest) = self.rest.split_once('>').unwrap_or((self.rest, ""));
            self.rest = rest;
            return Node::Part(name.to_owned());
        }
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if !rest.starts_with('(') {
            // A sign that is none of the notation would never end the loop.
            self.rest = rest.strip_prefix(|_: char| end == 0).unwrap_or(rest);
            return Node::Word(word.to_owned());
        }
        self.eat("(");
        let arguments = self.alternatives();
        self.eat(")");
        Node::Function(word.to_owned(), Box::new(arguments))
    }

    fn repeated(&mut self, part: Node) -> Node {
        const MANY: usize = usize::MAX;
        let commas = self.rest.starts_with('#');
        let (least, most) = match self.rest.bytes().next() {
            Some(b'?') => (0, 1),
            Some(b'*') => (0, MANY),
            Some(b'+' | b'#') => (1, MANY),
            Some(b'{') => {
                let (count, rest) = self.rest.split_once('}').unwrap_or((self.rest, ""));
                let count = count.trim_start_matches('{');
                let (least, most) = count.split_once(',').unwrap_or((count, count));
                self.rest = rest;
                let number = |text: &str| text.parse().unwrap_or(MANY);
                return Node::Repeated(Box::new(part), number(least), number(most), false);
            }
            _ => return part,
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        self.repeated(Node::Repeated(Box::new(part), least, most, commas))
    }
}

#[cfg(test)]
impl Node {
    /// Returns the names of all parts.
    pub(super) fn parts(&self) -> Vec<String> {
        match self {
            Self::Part(name) => vec![name.clone()],
            Self::Function(_, inside) | Self::Repeated(inside, ..) => inside.parts(),
            Self::Sequence(all) | Self::Either(all) | Self::All(all) | Self::Any(all) => {
                all.iter().flat_map(Self::parts).collect()
            }
            Self::Word(_) | Self::Sign(_) => Vec::new(),
        }
    }
}
