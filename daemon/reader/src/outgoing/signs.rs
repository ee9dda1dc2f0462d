//! Lists of Markdown whose marks are signs: `+ 100 EUR` and `- 20 EUR` are no bullets.

use super::edits::{Edit, Edits};
use comrak::nodes::{AstNode, ListType, NodeValue};

/// Makes text of a list with `+` that has amounts, or that stands beside a list with `-`, and of the lists
/// with `-` beside it.
pub(super) fn plus<'a>(list: &'a AstNode<'a>, edits: &mut Edits) {
    let beside = [list.previous_sibling(), list.next_sibling()];
    let minus: Vec<_> = beside
        .into_iter()
        .flatten()
        .filter(|list| is_minus(list))
        .collect();
    let has_tasks = list.children().any(is_task);
    if has_tasks || (minus.is_empty() && !list.children().any(has_amount)) {
        return;
    }
    for list in std::iter::once(list).chain(minus) {
        escape(list, edits);
    }
}

fn escape<'a>(list: &'a AstNode<'a>, edits: &mut Edits) {
    let NodeValue::List(kind) = list.data.borrow().value else {
        return;
    };
    let mark = char::from(kind.bullet_char);
    let mut is_below_blocks = false;
    for item in list.children() {
        let line = item.data.borrow().sourcepos.start.line;
        // A line directly below the list of an item would belong to that list.
        let edit = match is_below_blocks {
            true => Edit::EscapeApart(mark),
            false => Edit::Escape(mark),
        };
        edits.insert(line, edit);
        is_below_blocks = item.children().count() > 1;
    }
}

fn is_minus<'a>(list: &'a AstNode<'a>) -> bool {
    let is_bullets = matches!(&list.data.borrow().value,
        NodeValue::List(list) if list.list_type == ListType::Bullet && list.bullet_char == b'-');
    is_bullets && !list.children().any(is_task)
}

fn is_task<'a>(item: &'a AstNode<'a>) -> bool {
    matches!(item.data.borrow().value, NodeValue::TaskItem(_))
}

/// Returns whether the first paragraph of an item has a number or a sign of a currency.
fn has_amount<'a>(item: &'a AstNode<'a>) -> bool {
    let parts = item
        .first_child()
        .into_iter()
        .flat_map(AstNode::descendants);
    let mut texts =
        parts.filter_map(|node| node.data.borrow().value.text().map(|text| text.to_string()));
    texts.any(|text| text.contains(|c: char| c.is_ascii_digit() || "$£€¥₹₩₽₺₴¢".contains(c)))
}
